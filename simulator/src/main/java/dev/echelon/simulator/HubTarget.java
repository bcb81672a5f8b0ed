package dev.echelon.simulator;

import java.nio.file.Path;

/** The hub on which a fleet is simulated. */
public sealed interface HubTarget {
    /** A hub of the simulator's own, which lives as long as the simulator. */
    static HubTarget own() {
        return new Own(0);
    }

    /** A hub that is there already, named by a kubeconfig file (its current context). It must serve ACM's kinds. */
    static HubTarget at(Path kubeconfig) {
        return new External(kubeconfig);
    }

    /** @param port to listen on at 127.0.0.1; 0 takes a free one */
    record Own(int port) implements HubTarget {
    }

    /** @param kubeconfig says where it is and how to log in */
    record External(Path kubeconfig) implements HubTarget {
    }
}

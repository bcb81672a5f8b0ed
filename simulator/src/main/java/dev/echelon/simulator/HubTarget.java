package dev.echelon.simulator;

import java.nio.file.Path;

/** The hub on which a fleet is simulated. */
public sealed interface HubTarget {
    /** Where nobody else can reach it: nothing of a simulated hub is protected. */
    String LOOPBACK = "127.0.0.1";

    /** A hub of the simulator's own, which lives as long as the simulator. */
    static HubTarget own() {
        return new Own(LOOPBACK, 0);
    }

    /** A hub that is there already, named by a kubeconfig file (its current context). It must serve ACM's kinds. */
    static HubTarget at(Path kubeconfig) {
        return new External(kubeconfig);
    }

    /**
     * @param host the address to listen on
     * @param port 0 takes a free one
     */
    record Own(String host, int port) implements HubTarget {
    }

    /** @param kubeconfig says where it is and how to log in */
    record External(Path kubeconfig) implements HubTarget {
    }
}

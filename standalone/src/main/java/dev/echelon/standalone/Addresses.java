package dev.echelon.standalone;

import java.io.PrintStream;

/** Tells a user how to reach what runs. */
final class Addresses {

    private Addresses() {}

    static void print(PrintStream out, Stack.Running running) {
        out.println();
        out.println("  API, reads   " + running.api() + "      kubectl --server " + running.api() + " get cgu -A");
        out.println("  API, writes  " + running.access().https() + "      kubectl --kubeconfig "
                + running.access().kubeconfig() + " get cgu -A");
        out.println("               with its token, also for curl: " + running.access().tokenFile());
        out.println("  hub          kubectl --kubeconfig " + running.hubKubeconfig()
                + " get managedclusters,policies -A");
        running.fleet().ifPresent(fleet -> {
            out.println("  spokes       kubectl --kubeconfig " + fleet.kubeconfig()
                    + " --context " + fleet.spokeNames().getFirst()
                    + " get jobs -A   (one context for each of the " + fleet.spokeNames().size() + " spokes)");
        });
        out.println("  Kafka        " + running.bootstrapServers()
                + "      topics echelon.commands, echelon.audit, ...");
        out.println("  health       " + running.api() + "/q/health      metrics: /q/metrics");
        out.println("  log          " + running.log());
        out.println();
    }
}

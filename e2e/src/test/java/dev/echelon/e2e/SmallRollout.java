package dev.echelon.e2e;

import static org.awaitility.Awaitility.await;

import dev.echelon.contract.CguId;
import dev.echelon.embeddedkafka.EmbeddedKafka;
import dev.echelon.simulator.HubTarget;
import dev.echelon.simulator.Simulator;
import dev.echelon.simulator.scenario.GeneratedFleet;
import dev.echelon.standalone.client.KubeHttp;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A rollout over four clusters through one process of each service, for what the processes show of it. */
final class SmallRollout {

    static final GeneratedFleet FLEET = new GeneratedFleet("fleet", 4);
    static final CguId CGU = new CguId("fleet", "watched-closely");

    private static final List<String> SERVICES =
            List.of("cgu-api", "scheduler", "spoke-executor", "compliance-watcher");
    private static final List<String> POLICIES = FLEET.policies("policy", 1);
    private static final String CGUS = "/apis/ran.openshift.io/v1alpha1/namespaces/fleet/clustergroupupgrades";

    private SmallRollout() {}

    /** What is looked at when the rollout has completed and everything still runs. */
    interface Then {
        void run(String bootstrapServers, List<Replica> services) throws Exception;
    }

    /** @param own configuration of all services, by property name */
    static void run(Path folder, Map<String, String> own, Then then) throws Exception {
        List<Replica> services = new ArrayList<>();
        try (EmbeddedKafka kafka = EmbeddedKafka.builder().directory(folder.resolve("kafka")).start();
                Simulator simulator = Simulator.start(FLEET.scenario(POLICIES), HubTarget.own())) {
            Path kubeconfig = folder.resolve("hub.kubeconfig");
            simulator.writeKubeconfig(kubeconfig);
            Map<String, String> configuration = new HashMap<>(own);
            configuration.put("echelon.kafka.bootstrap-servers", kafka.bootstrapServers());
            configuration.put("echelon.leader-election.namespace", "default");
            configuration.put("kubeconfig", kubeconfig.toString());
            for (String service : SERVICES) {
                services.add(new Replica(service, service, folder, configuration).launch());
            }
            services.forEach(Replica::awaitReady);
            KubeHttp hub = new KubeHttp(URI.create(simulator.hubUrl()));
            await("the hub to have evaluated the policy").atMost(Duration.ofSeconds(60)).until(() -> hub.get(
                            "/apis/policy.open-cluster-management.io/v1/namespaces/fleet/policies/policy-1")
                    .path("status").path("status").size() == FLEET.clusters());
            KubeHttp api = new KubeHttp(services.getFirst().url());
            api.create(CGUS, FLEET.cgu(CGU.name(), POLICIES, 2));
            await("the rollout to end").atMost(Duration.ofSeconds(120)).until(() ->
                    api.get(CGUS + "/" + CGU.name()).path("status").path("status").has("completedAt"));
            then.run(kafka.bootstrapServers(), services);
        } finally {
            for (Replica service : services) {
                service.close();
            }
        }
    }
}

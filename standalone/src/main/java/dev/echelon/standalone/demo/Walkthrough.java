package dev.echelon.standalone.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.echelon.contract.CguId;
import dev.echelon.contract.audit.AuditEvent;
import dev.echelon.standalone.client.KubeHttp;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The walkthrough "Using TALM to update clusters", step by step, through the same HTTP APIs that kubectl uses: the CGU
 * goes to cgu-api, labels and policies to the hub, jobs and logs are read from the spokes.
 *
 * <p>Succeeds when every state of the walkthrough was seen by a watcher, in order, both spokes run 4.12.5, the policy
 * is compliant on both, and nothing on the hub enforces any more.
 */
public final class Walkthrough {

    private static final CguId CGU = new CguId("ztp-policies", "update-europe-snos");
    private static final String POLICY = "europe-snos-upgrade-version-412-5";
    private static final String CGUS = "/apis/ran.openshift.io/v1alpha1/clustergroupupgrades";
    private static final String CGUS_IN_NAMESPACE =
            "/apis/ran.openshift.io/v1alpha1/namespaces/ztp-policies/clustergroupupgrades";
    private static final String CGU_PATH = CGUS_IN_NAMESPACE + "/" + CGU.name();
    private static final String POLICY_PATH =
            "/apis/policy.open-cluster-management.io/v1/namespaces/ztp-policies/policies/" + POLICY;
    private static final String POLICIES = "/apis/policy.open-cluster-management.io/v1/policies";
    private static final String PLACEMENTS =
            "/apis/cluster.open-cluster-management.io/v1beta1/namespaces/ztp-policies/placements";
    private static final String BINDINGS =
            "/apis/policy.open-cluster-management.io/v1/namespaces/ztp-policies/placementbindings";
    private static final String OWN =
            "?labelSelector=openshift-cluster-group-upgrades%2FclusterGroupUpgrade%3D" + CGU.name();
    private static final List<String> SPOKES = List.of("sno1", "sno2");
    private static final Pattern PULL_COUNT = Pattern.compile("\\[(\\d+)/(\\d+)]");
    private static final Duration POLL = Duration.ofMillis(100);

    private final Screen screen;
    private final KubeHttp api;
    private final KubeHttp hub;
    private final Map<String, KubeHttp> spokes;
    private final Map<String, String> kafka;
    private final Duration patience;

    /**
     * @param bootstrapServers of a broker that lets everybody in
     * @param patience how long one step may take before the demo gives up with a reason
     */
    public Walkthrough(
            PrintStream out,
            boolean colour,
            KubeHttp api,
            KubeHttp hub,
            Map<String, KubeHttp> spokes,
            String bootstrapServers,
            Duration patience) {
        this(out, colour, api, hub, spokes, Map.of("bootstrap.servers", bootstrapServers), patience);
    }

    /**
     * @param kafka how the broker is reached, by Kafka's own property names
     * @param patience how long one step may take before the demo gives up with a reason
     */
    public Walkthrough(
            PrintStream out,
            boolean colour,
            KubeHttp api,
            KubeHttp hub,
            Map<String, KubeHttp> spokes,
            Map<String, String> kafka,
            Duration patience) {
        this.screen = new Screen(out, InstantSource.system(), colour);
        this.api = api;
        this.hub = hub;
        this.kafka = Map.copyOf(kafka);
        this.patience = patience;
        this.spokes = Map.copyOf(spokes);
    }

    /**
     * Runs all steps.
     *
     * @throws DemoFailure when a step does not come true in time
     */
    public void run() throws Exception {
        try (AuditTrail trail = new AuditTrail(kafka, event -> screen.audit(line(event)))) {
            fleet();
            label();
            // Watching begins before there is anything to see, so that no state is missed, however short.
            try (StateWatch watch = new StateWatch(api, CGU, this::showState)) {
                apply();
                precache(watch);
                notEnabled(watch);
                enable();
                backup(watch);
                remediate();
                completed(watch);
            }
        } finally {
            screen.answered();
        }
    }

    private void fleet() throws Exception {
        screen.step(
                1, "The hub has two spokes and one inform policy, which covers only sno2: there alone is a copy of it");
        awaitEvaluated(List.of("sno2"));
        show("kubectl get managedclusters", hub, "/apis/cluster.open-cluster-management.io/v1/managedclusters", false);
        show("kubectl get policies -A", hub, POLICIES, true);
        show(
                "kubectl --context sno2 get clusterversion",
                spokes.get("sno2"),
                "/apis/config.openshift.io/v1/clusterversions",
                false);
    }

    private void label() throws Exception {
        screen.step(2, "sno1 gets the labels that the policy is bound to; the policy then covers both");
        screen.command("kubectl label managedcluster sno1 du-zone=europe logicalGroup=active");
        hub.merge(
                "/apis/cluster.open-cluster-management.io/v1/managedclusters/sno1",
                "{\"metadata\":{\"labels\":{\"du-zone\":\"europe\",\"logicalGroup\":\"active\"}}}");
        screen.answer("managedcluster.cluster.open-cluster-management.io/sno1 labeled");
        awaitEvaluated(SPOKES);
        show("kubectl get policies -A", hub, POLICIES, true);
    }

    private void awaitEvaluated(List<String> wanted) throws Exception {
        await(
                "the policy to be evaluated on " + wanted,
                () -> hub.get(POLICIES),
                list -> evaluated(list).containsAll(wanted));
    }

    /** The clusters that have a copy of the policy with a state. */
    private static Set<String> evaluated(JsonNode policies) {
        Set<String> clusters = new HashSet<>();
        for (JsonNode policy : policies.path("items")) {
            if (policy.at("/metadata/name").asText().endsWith("." + POLICY)
                    && !policy.at("/status/compliant").asText().isEmpty()) {
                clusters.add(policy.at("/metadata/namespace").asText());
            }
        }
        return clusters;
    }

    private void apply() throws Exception {
        screen.step(3, "The ClusterGroupUpgrade is applied, not yet enabled: pre-caching begins");
        String resource = resource();
        screen.command("cat deploy/samples/update-europe-snos.yaml");
        screen.answer(resource);
        screen.command("kubectl apply -f deploy/samples/update-europe-snos.yaml");
        api.create(CGUS_IN_NAMESPACE, resource);
        screen.answer("clustergroupupgrade.ran.openshift.io/update-europe-snos created");
    }

    private void precache(StateWatch watch) throws Exception {
        awaitState(watch, "PrecacheSpecIsWellFormed", "Precaching spec is valid and consistent");
        awaitState(watch, "InProgress", "Precaching in progress for 2 clusters");
        for (String spoke : SPOKES) {
            jobOnSpoke(spoke, "openshift-talo-pre-cache", "pre-cache");
        }
        screen.command("kubectl --context sno2 -n openshift-talo-pre-cache logs job/pre-cache -f");
        followPulls("sno2");
    }

    private void notEnabled(StateWatch watch) throws Exception {
        awaitState(watch, "NotEnabled", "Not enabled");
        screen.step(4, "All spokes are pre-cached; the upgrade waits to be enabled");
        show("kubectl get cgu -A", api, CGUS, true);
    }

    private void enable() throws Exception {
        screen.step(5, "The maintenance window opens: enable it. Each spoke is backed up first");
        screen.command("kubectl patch cgu update-europe-snos -n ztp-policies --type merge"
                + " --patch '{\"spec\":{\"enable\":true}}'");
        api.merge(CGU_PATH, "{\"spec\":{\"enable\":true}}");
        screen.answer("clustergroupupgrade.ran.openshift.io/update-europe-snos patched");
    }

    private void backup(StateWatch watch) throws Exception {
        awaitState(watch, "InProgress", "Backup in progress for 2 clusters");
        for (String spoke : SPOKES) {
            jobOnSpoke(spoke, "openshift-talo-backup", "backup-agent");
        }
        awaitState(watch, "BackupCompleted", "Backup is completed for all clusters");
        awaitState(watch, "InProgress", "Remediating non-compliant policies");
    }

    private void remediate() throws Exception {
        screen.step(6, "The policy is enforced; ClusterVersion works its way to 4.12.5");
        await(
                "the hub to select both spokes for the enforcing Placement",
                () -> hub.get(PLACEMENTS + OWN),
                list -> list.path("items").path(0).path("status").path("numberOfSelectedClusters").asInt() == 2);
        show("kubectl get placements -n ztp-policies", hub, PLACEMENTS, false);
        String path = "/apis/config.openshift.io/v1/clusterversions";
        for (String spoke : SPOKES) {
            await(
                    spoke + " to work towards 4.12.5",
                    () -> spokes.get(spoke).table(path),
                    table -> table.toString().contains("Working towards 4.12.5")
                            || table.toString().contains("Cluster version is 4.12.5"));
            show("kubectl --context " + spoke + " get clusterversion", spokes.get(spoke), path, false);
        }
        for (String spoke : SPOKES) {
            await(
                    spoke + " to run 4.12.5",
                    () -> spokes.get(spoke).table(path),
                    table -> table.toString().contains("Cluster version is 4.12.5"));
            show("kubectl --context " + spoke + " get clusterversion", spokes.get(spoke), path, false);
        }
    }

    private void completed(StateWatch watch) throws Exception {
        awaitState(watch, "Completed", "All clusters are compliant with all the managed policies");
        await(
                "the bookkeeping to end with status.status.completedAt",
                () -> api.get(CGU_PATH),
                cgu -> cgu.path("status").path("status").has("completedAt"));
        screen.step(7, "Completed: the policy is compliant on both, and nothing enforces it any more");
        await("the policy to be compliant", () -> hub.get(POLICY_PATH), p -> "Compliant"
                .equals(p.path("status").path("compliant").asText()));
        show("kubectl get policies -n ztp-policies", hub, POLICY_PATH.substring(0, POLICY_PATH.lastIndexOf('/')),
                false);
        requireNone("Placement", PLACEMENTS);
        requireNone("PlacementBinding", BINDINGS);
        screen.note("no Placement and no PlacementBinding of the CGU is left on the hub");
        show("kubectl get cgu -A", api, CGUS, true);
        requireOrder(watch.seen());
    }

    /** The states of the walkthrough, in its order; others may stand between them. */
    private static void requireOrder(List<StateWatch.State> seen) {
        List<String> wanted = List.of(
                "PrecacheSpecIsWellFormed",
                "Precaching in progress for 2 clusters",
                "NotEnabled",
                "Backup in progress for 2 clusters",
                "BackupCompleted",
                "Remediating non-compliant policies",
                "Completed");
        int next = 0;
        for (StateWatch.State state : seen) {
            if (next < wanted.size()
                    && (state.state().equals(wanted.get(next)) || state.details().equals(wanted.get(next)))) {
                next++;
            }
        }
        if (next < wanted.size()) {
            throw new DemoFailure("a watcher should have seen, in order, " + wanted + "; '" + wanted.get(next)
                    + "' was missing in " + seen);
        }
    }

    private void jobOnSpoke(String spoke, String namespace, String job) throws Exception {
        String path = "/apis/batch/v1/namespaces/" + namespace + "/jobs";
        await(
                "job " + job + " on " + spoke,
                () -> spokes.get(spoke).find(path + "/" + job).isPresent(),
                present -> present);
        show("kubectl --context " + spoke + " -n " + namespace + " get jobs", spokes.get(spoke), path, false);
    }

    /** Shows the first and last lines of the pre-cache log and the count in between, up to the last image. */
    private void followPulls(String spoke) throws Exception {
        String pods = "/api/v1/namespaces/openshift-talo-pre-cache/pods";
        JsonNode items = await(
                "the pod of the pre-cache job on " + spoke,
                () -> spokes.get(spoke).find(pods).map(list -> list.path("items")).orElse(MissingNode.getInstance()),
                found -> !found.isEmpty());
        // Followed, not asked for again and again: the last lines may be gone with the pod when the next question
        // comes.
        String log = pods + "/" + items.get(0).path("metadata").path("name").asText() + "/log?follow=true";
        BlockingQueue<String> lines = new LinkedBlockingQueue<>();
        try (Stream<String> following = spokes.get(spoke).follow(log)) {
            Thread.ofVirtual().name("demo-log").start(() -> readInto(lines, following));
            showPulls(spoke, lines);
        }
    }

    private static void readInto(BlockingQueue<String> lines, Stream<String> following) {
        try {
            following.forEach(lines::add);
        } catch (UncheckedIOException closed) {
            // The one who waits for more lines waits in vain, and says so.
        }
    }

    private void showPulls(String spoke, BlockingQueue<String> lines) throws InterruptedException {
        int shown = 0;
        String last = "";
        long deadline = System.nanoTime() + patience.toNanos();
        for (String line = next(lines, deadline); line != null; line = next(lines, deadline)) {
            Matcher count = PULL_COUNT.matcher(line);
            if (!count.find()) {
                continue;
            }
            int image = Integer.parseInt(count.group(1));
            int total = Integer.parseInt(count.group(2));
            boolean milestone = image <= 2 || image % 50 == 0 || image >= total - 1;
            if (image > shown && milestone) {
                screen.part(line);
            }
            shown = Math.max(shown, image);
            last = shown + "/" + total;
            if (shown == total) {
                screen.answered();
                return;
            }
        }
        throw new DemoFailure("waited " + patience + " for the pre-cache log on " + spoke
                + " to count to its last image;"
                + " it stands at '" + last + "'");
    }

    private static String next(BlockingQueue<String> lines, long deadline) throws InterruptedException {
        return lines.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
    }

    private void awaitState(StateWatch watch, String state, String details) throws Exception {
        await(
                "the CGU to show '" + state + "  " + details + "'",
                watch::seen,
                seen -> seen.contains(new StateWatch.State(state, details)));
    }

    private <T> T await(String what, Callable<T> look, Predicate<T> done) throws Exception {
        long deadline = System.nanoTime() + patience.toNanos();
        T found = look.call();
        while (!done.test(found)) {
            if (System.nanoTime() > deadline) {
                throw new DemoFailure("waited " + patience.toSeconds() + " s for " + what + "; found " + found);
            }
            Thread.sleep(POLL);
            found = look.call();
        }
        return found;
    }

    private void requireNone(String kind, String path) throws IOException, InterruptedException {
        JsonNode list = hub.get(path + OWN).path("items");
        if (!list.isEmpty()) {
            throw new DemoFailure("the CGU has ended but a " + kind + " of it is left on the hub: " + list);
        }
    }

    private void show(String command, KubeHttp server, String path, boolean allNamespaces)
            throws IOException, InterruptedException {
        screen.command(command);
        screen.answer(TableText.of(server.table(path), allNamespaces));
    }

    private void showState(StateWatch.State state) {
        screen.note(String.format("watch  %s   %s   %s   %s", CGU.namespace(), CGU.name(), state.state(),
                state.details()));
    }

    private static String line(AuditEvent event) {
        String type = event.type().replace("dev.echelon.", "").replaceAll("\\.v\\d+$", "");
        return type + "  " + event.data().message() + "  (" + event.data().actor() + ")";
    }

    private static String resource() throws IOException {
        try (InputStream in = Walkthrough.class.getResourceAsStream("/samples/update-europe-snos.yaml")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}

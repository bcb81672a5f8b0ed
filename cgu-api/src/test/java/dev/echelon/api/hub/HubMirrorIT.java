package dev.echelon.api.hub;

import static dev.echelon.api.fixture.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.echelon.api.domain.Wanted;
import dev.echelon.api.fixture.AnsweringScheduler;
import dev.echelon.api.fixture.Broker;
import dev.echelon.api.fixture.RunningApi;
import dev.echelon.api.fixture.TestConfig;
import dev.echelon.hubfixture.RealHub;
import dev.echelon.contract.CguId;
import dev.echelon.contract.Json;
import dev.echelon.contract.command.Command;
import dev.echelon.contract.command.CommandRecord;
import dev.echelon.contract.kafka.KafkaSettings;
import dev.echelon.contract.resource.CguStatus;
import dev.echelon.contract.resource.ClusterGroupUpgrade;
import dev.echelon.contract.resource.Condition;
import dev.echelon.contract.resource.ConditionReason;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.MixedOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The mirror against a real API server, with the CRDs that are shipped. */
class HubMirrorIT {

    private static RealHub hub;
    private static int tests;

    private String namespace;
    private KafkaSettings kafka;
    private AnsweringScheduler scheduler;
    private RunningApi api;
    private KubernetesClient client;
    private HubMirror mirror;
    private final List<String> requests = new CopyOnWriteArrayList<>();

    @BeforeAll
    static void startHub() throws IOException {
        RealHub.missing().ifPresent(reason -> {
            System.out.println("skipped: " + reason);
            Assumptions.abort(reason);
        });
        hub = RealHub.start(Files.createTempDirectory("cgu-api-hub")).withEchelonCrds();
    }

    @AfterAll
    static void stopHub() {
        if (hub != null) {
            hub.close();
        }
    }

    @BeforeEach
    void start() {
        // Each test has its own log; CRs that an earlier one left must not be taken into it.
        cgusOnHub().inAnyNamespace().list().getItems().forEach(cr -> cgusOnHub()
                .inNamespace(cr.getMetadata().getNamespace())
                .withName(cr.getMetadata().getName())
                .edit(left -> {
                    left.getMetadata().setFinalizers(List.of());
                    return left;
                }));
        cgusOnHub().inAnyNamespace().delete();
        await("an empty hub").until(() -> cgusOnHub().inAnyNamespace().list().getItems().isEmpty());
        namespace = "mirror-" + ++tests;
        hub.apply("{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\"" + namespace + "\"}}");
        kafka = Broker.freshTopics();
        scheduler = new AnsweringScheduler(kafka);
        startService();
    }

    private void startService() {
        api = new RunningApi(kafka, TestConfig.DEFAULT, service -> {
            client = hub.newClient();
            mirror = new HubMirror(
                    service.table(),
                    service.desk(),
                    client,
                    (verb, resource) -> requests.add(verb + " " + resource),
                    TestConfig.DEFAULT.statusInterval(),
                    Clock.systemUTC());
            mirror.start();
        });
        await("the hub is mirrored").until(() -> mirror.problem().isEmpty());
    }

    private void stopService() {
        mirror.close();
        client.close();
        api.close();
    }

    @AfterEach
    void stop() {
        if (scheduler != null) {
            stopService();
            scheduler.close();
        }
    }

    @Test
    void aCguAppliedOnTheHubIsHeldAndTakenIn() {
        GenericKubernetesResource cr = create(cgu("from-hub", true));

        ClusterGroupUpgrade taken = awaitInLog("from-hub");
        assertThat(taken.metadata().uid()).isEqualTo(cr.getMetadata().getUid());
        assertThat(taken.spec().clusters()).containsExactly("sno1");
        GenericKubernetesResource held = cgu(namespace, "from-hub");
        assertThat(held.getMetadata().getFinalizers()).containsExactly(ClusterGroupUpgrade.FINALIZER);
        assertThat(held.getMetadata().getAnnotations()).containsKey(Wanted.MIRRORED);
        CommandRecord command = scheduler.commands().getFirst();
        assertThat(command.via()).isEqualTo("hub");
        assertThat(command.actor()).startsWith("hub:");
        assertThat(requests).containsExactly("patch clustergroupupgrades");
    }

    @Test
    void everyListOfConditionsIsShownInOrderHoweverQuicklyTheyFollow() {
        List<String> seen = new CopyOnWriteArrayList<>();
        try (Watch watch = cgusOnHub().inNamespace(namespace).watch(reasons(seen))) {
            create(cgu("quick", true));
            awaitInLog("quick");
            CguId id = new CguId(namespace, "quick");
            long began = System.nanoTime();

            List<Condition> conditions = new ArrayList<>();
            for (ConditionReason reason : List.of(
                    ConditionReason.CLUSTERS_SELECTED, ConditionReason.VALIDATED, ConditionReason.PRECACHE_SPEC_VALID,
                    ConditionReason.NOT_ENABLED)) {
                conditions.add(condition(reason));
                scheduler.show(id, status(2, conditions));
                for (int i = 3; i < 20; i++) {
                    scheduler.show(id, status(i, conditions));
                }
            }

            await("the last status on the hub").until(() -> status(19, conditions).equals(statusOnHub("quick")));
            long intervals = (System.nanoTime() - began) / TestConfig.DEFAULT.statusInterval().toNanos();
            awaitSeen(
                    seen,
                    "",
                    "ClusterSelectionCompleted",
                    "ClusterSelectionCompleted ValidationCompleted",
                    "ClusterSelectionCompleted ValidationCompleted PrecacheSpecIsWellFormed",
                    "ClusterSelectionCompleted ValidationCompleted PrecacheSpecIsWellFormed NotEnabled");
            assertThat(requests.stream().filter("patch clustergroupupgrades/status"::equals).count())
                    .as("72 statuses with 4 lists of conditions; what lies between is coalesced")
                    .isBetween(4L, 4 + 1 + intervals);
        }
    }

    @Test
    void aCguThatCameByRestAppearsOnTheHubAndFollowsItsChanges() {
        api.post(cgus(), cgu("from-rest", true));
        await("the CR").until(() -> cgu(namespace, "from-rest") != null);
        GenericKubernetesResource cr = cgu(namespace, "from-rest");
        assertThat(cr.getMetadata().getFinalizers()).containsExactly(ClusterGroupUpgrade.FINALIZER);
        String before = cr.getMetadata().getAnnotations().get(Wanted.MIRRORED);

        api.patch(cgus() + "/from-rest",
                "{\"metadata\":{\"labels\":{\"team\":\"ran\"}},\"spec\":{\"enable\":false,\"clusters\":[\"sno1\",\"sno2\"]}}");

        await("the change on the hub").untilAsserted(() -> {
            GenericKubernetesResource after = cgu(namespace, "from-rest");
            assertThat(after.<List<String>>get("spec", "clusters")).containsExactly("sno1", "sno2");
            assertThat(after.<Boolean>get("spec", "enable")).isFalse();
            assertThat(after.getMetadata().getLabels()).isEqualTo(Map.of("team", "ran"));
            assertThat(after.getMetadata().getAnnotations().get(Wanted.MIRRORED)).isNotEqualTo(before);
        });
        assertThat(scheduler.commands()).as("what Echelon wrote is no input").hasSize(2);
    }

    @Test
    void anEditOnTheHubIsAnInputAndAnEditByRestIsNotUndoneByIt() {
        create(cgu("both", true));
        awaitInLog("both");
        cgusOnHub().inNamespace(namespace).withName("both").edit(cr -> {
            cr.setAdditionalProperty("spec", Map.of(
                    "enable", false,
                    "clusters", List.of("sno1", "sno2"),
                    "remediationStrategy", Map.of("maxConcurrency", 1)));
            return cr;
        });
        await("the edit in the log").until(() -> !stored("both").spec().enable());

        api.patch(cgus() + "/both", "{\"spec\":{\"clusters\":[\"sno3\"]}}");

        await("the REST edit on the hub").untilAsserted(() -> assertThat(
                        cgu(namespace, "both").<List<String>>get("spec", "clusters"))
                .containsExactly("sno3"));
        assertThat(stored("both").spec().clusters()).containsExactly("sno3");
        assertThat(stored("both").spec().enable()).as("the edit on the hub is kept").isFalse();
        assertThat(scheduler.commands().stream().filter(command -> command.via().equals("hub"))).hasSize(2);
    }

    @Test
    void aDeletionOnTheHubLastsUntilEverythingIsCleanedUp() {
        scheduler.holdsDeletions();
        create(cgu("leaving", true));
        awaitInLog("leaving");

        cgusOnHub().inNamespace(namespace).withName("leaving").delete();

        await("the deletion in the log").until(() -> stored("leaving").metadata().deletionTimestamp() != null);
        assertThat(cgu(namespace, "leaving")).as("held by the finalizer").isNotNull();
        scheduler.finishDeletion(new CguId(namespace, "leaving"));
        await("the CR to go").until(() -> cgu(namespace, "leaving") == null);
        assertThat(scheduler.commands()).hasSize(2);
    }

    @Test
    void aDeletionByRestDeletesTheCr() {
        api.post(cgus(), cgu("rest-leaving", true));
        await("the CR").until(() -> cgu(namespace, "rest-leaving") != null);

        api.delete(cgus() + "/rest-leaving");

        await("the CR to go").until(() -> cgu(namespace, "rest-leaving") == null);
        await("and stay away").during(500, TimeUnit.MILLISECONDS).until(() -> cgu(namespace, "rest-leaving") == null);
        assertThat(scheduler.commands()).hasSize(2);
    }

    @Test
    void aRestartWritesNothingAndHandsNothingIn() {
        create(cgu("steady", true));
        awaitInLog("steady");
        CguStatus status = status(1, List.of(condition(ConditionReason.CLUSTERS_SELECTED)));
        scheduler.show(new CguId(namespace, "steady"), status);
        await("the status on the hub").until(() -> status.equals(statusOnHub("steady")));
        stopService();
        requests.clear();
        int commands = scheduler.commands().size();

        startService();
        CguStatus next = status(
                1, List.of(condition(ConditionReason.CLUSTERS_SELECTED), condition(ConditionReason.VALIDATED)));
        scheduler.show(new CguId(namespace, "steady"), next);
        await("the next status on the hub").until(() -> next.equals(statusOnHub("steady")));

        assertThat(requests).containsExactly("patch clustergroupupgrades/status");
        assertThat(scheduler.commands()).hasSize(commands);
    }

    @Test
    void conditionsThatCameWhileNobodyMirroredAreShownOneByOneAfterwards() {
        create(cgu("late", true));
        awaitInLog("late");
        stopService();
        CguId id = new CguId(namespace, "late");
        List<Condition> conditions = new ArrayList<>();
        for (ConditionReason reason : List.of(ConditionReason.CLUSTERS_SELECTED, ConditionReason.VALIDATED)) {
            conditions.add(condition(reason));
            scheduler.show(id, status(1, conditions));
        }
        List<String> seen = new CopyOnWriteArrayList<>();
        try (Watch watch = cgusOnHub().inNamespace(namespace).watch(reasons(seen))) {
            startService();

            await("both conditions on the hub").until(() -> status(1, conditions).equals(statusOnHub("late")));
            awaitSeen(seen, "", "ClusterSelectionCompleted", "ClusterSelectionCompleted ValidationCompleted");
        }
    }

    @Test
    void aRefusedCrIsLeftAloneUntilItIsEdited() {
        scheduler.refuses(record -> record.command() instanceof Command.Apply apply && !apply.spec().blockingCRs().isEmpty());
        create(cgu("refused", true).replace("\"clusters\"", "\"blockingCRs\":[{\"name\":\"x\"}],\"clusters\""));
        await("the refusal").until(() -> scheduler.commands().size() == 1);
        await("the refusal on the hub").until(() -> statusOnHub("refused").conditions().size() == 1);
        Condition refusal = statusOnHub("refused").conditions().getFirst();
        assertThat(refusal.type() + "=" + refusal.status() + " " + refusal.reason()).isEqualTo("Accepted=False Invalid");
        assertThat(refusal.message()).endsWith("spec.blockingCRs is not supported by this version yet; remove it to go on"
                + " without");

        cgusOnHub().inNamespace(namespace).withName("refused").edit(cr -> {
            cr.setAdditionalProperty("spec", Map.of("remediationStrategy", Map.of("maxConcurrency", 1)));
            return cr;
        });

        awaitInLog("refused");
        assertThat(scheduler.commands()).hasSize(2);
        await("the resource's own status").until(() -> statusOnHub("refused").conditions().isEmpty());
    }

    @Test
    void aCrThatAnotherOperatorHasBegunIsHandedInWithItsStatusAndShowsItOn() {
        stopService();
        CguStatus found = status(1, List.of(
                condition(ConditionReason.CLUSTERS_SELECTED), condition(ConditionReason.VALIDATED)));
        GenericKubernetesResource cr = leftBehind("begun", found);
        List<String> seen = new CopyOnWriteArrayList<>();
        try (Watch watch = cgusOnHub().inNamespace(namespace).watch(reasons(seen))) {
            startService();

            ClusterGroupUpgrade taken = awaitInLog("begun");
            assertThat(taken.status()).isEqualTo(found);
            assertThat(taken.metadata().uid()).isEqualTo(cr.getMetadata().getUid());
            assertThat(taken.metadata().creationTimestamp()).isEqualTo(cr.getMetadata().getCreationTimestamp());
            await("the stamp").until(() ->
                    cgu(namespace, "begun").getMetadata().getAnnotations().containsKey(Wanted.MIRRORED));
            assertThat(statusOnHub("begun")).isEqualTo(found);
            assertThat(seen).containsOnly("ClusterSelectionCompleted ValidationCompleted");
        }
    }

    @Test
    void aCrThatAnotherOperatorHasBegunIsCleanedUpAfterWhereItIsBeingDeleted() {
        stopService();
        leftBehind("leaving", status(1, List.of(condition(ConditionReason.CLUSTERS_SELECTED))));
        cgusOnHub().inNamespace(namespace).withName("leaving").delete();
        scheduler.holdsDeletions();

        startService();

        await("the deletion").until(() -> scheduler.commands().size() == 2);
        assertThat(((Command.Apply) scheduler.commands().getFirst().command()).adopted()).isNotNull();
        assertThat(scheduler.commands().getLast().command()).isInstanceOf(Command.Delete.class);
        assertThat(cgu(namespace, "leaving")).isNotNull();
        scheduler.finishDeletion(new CguId(namespace, "leaving"));
        await("the end").until(() -> cgu(namespace, "leaving") == null);
        assertThat(scheduler.commands()).hasSize(2);
    }

    /** A CR as another operator has it: with the finalizer, and with a status. */
    private GenericKubernetesResource leftBehind(String name, CguStatus status) {
        create(cgu(name, true).replace(
                "\"metadata\":{", "\"metadata\":{\"finalizers\":[\"" + ClusterGroupUpgrade.FINALIZER + "\"],"));
        return cgusOnHub().inNamespace(namespace).withName(name).editStatus(cr -> {
            cr.setAdditionalProperty("status", Json.mapper().convertValue(status, Map.class));
            return cr;
        });
    }

    @Test
    void whatOnlyEchelonsOwnApiRefusesIsTakenInFromTheHub() {
        create(cgu("odd", true).replace(
                "\"maxConcurrency\":1", "\"maxConcurrency\":-3000000000,\"timeout\":3000000000"));

        ClusterGroupUpgrade taken = awaitInLog("odd");

        assertThat(taken.spec().remediationStrategy().maxConcurrency()).isEqualTo(Integer.MIN_VALUE);
        assertThat(taken.spec().remediationStrategy().timeout()).isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    void aStatusThatSomebodyElseWroteIsPutRight() {
        create(cgu("meddled", true));
        awaitInLog("meddled");
        CguStatus status = status(1, List.of(condition(ConditionReason.CLUSTERS_SELECTED)));
        scheduler.show(new CguId(namespace, "meddled"), status);
        await("the status on the hub").until(() -> status.equals(statusOnHub("meddled")));

        cgusOnHub().inNamespace(namespace).withName("meddled").editStatus(cr -> {
            cr.setAdditionalProperty("status", Map.of("computedMaxConcurrency", 77));
            return cr;
        });

        await("the right status on the hub").until(() -> status.equals(statusOnHub("meddled")));
    }

    @Test
    void aHubThatWasAwayIsCaughtUpWith() throws InterruptedException {
        Assumptions.assumeTrue(System.getenv("HUB_KUBECONFIG") == null, "a hub that is not ours is not killed");
        api.post(cgus(), cgu("steadfast", true));
        await("the CR").until(() -> cgu(namespace, "steadfast") != null);
        hub.kill();
        List<Condition> conditions = new ArrayList<>();
        for (ConditionReason reason : List.of(ConditionReason.CLUSTERS_SELECTED, ConditionReason.VALIDATED)) {
            conditions.add(condition(reason));
            scheduler.show(new CguId(namespace, "steadfast"), status(1, conditions));
        }
        assertThat(api.post(cgus(), cgu("meanwhile", true)).status()).as("the API does without a hub").isEqualTo(201);

        hub.runAgain();

        await("the status on the hub")
                .ignoreExceptions()
                .until(() -> status(1, conditions).equals(statusOnHub("steadfast")));
        await("the other CGU on the hub")
                .ignoreExceptions()
                .until(() -> cgu(namespace, "meanwhile") != null);
    }

    @Test
    void aNewCrInPlaceOfAnOldOneIsANewRollout() {
        create(cgu("again", true));
        String first = awaitInLog("again").metadata().uid();
        CguStatus status = status(1, List.of(condition(ConditionReason.CLUSTERS_SELECTED)));
        scheduler.show(new CguId(namespace, "again"), status);
        await("the status on the hub").until(() -> status.equals(statusOnHub("again")));
        stopService();
        cgusOnHub().inNamespace(namespace).withName("again").edit(cr -> {
            cr.getMetadata().setFinalizers(List.of());
            return cr;
        });
        cgusOnHub().inNamespace(namespace).withName("again").delete();
        String second = create(cgu("again", true)).getMetadata().getUid();
        requests.clear();
        scheduler.holdsDeletions();

        startService();

        CguId id = new CguId(namespace, "again");
        await("the end of the old one").until(() -> stored("again").metadata().deletionTimestamp() != null);
        scheduler.show(id, status(2, List.of(condition(ConditionReason.CLUSTERS_SELECTED))));
        scheduler.finishDeletion(id);
        await("the new CR in the log").until(() -> stored("again") != null
                && stored("again").metadata().uid().equals(second));
        assertThat(second).isNotEqualTo(first);
        assertThat(statusOnHub("again")).isEqualTo(CguStatus.EMPTY);
        assertThat(requests).as("the old one's status is not the new one's").doesNotContain("patch clustergroupupgrades/status");
    }

    private static MixedOperation<
                    GenericKubernetesResource, GenericKubernetesResourceList, Resource<GenericKubernetesResource>>
            cgusOnHub() {
        return hub.client().genericKubernetesResources(ClusterGroupUpgrade.API_VERSION, ClusterGroupUpgrade.KIND);
    }

    private static GenericKubernetesResource cgu(String namespace, String name) {
        return cgusOnHub().inNamespace(namespace).withName(name).get();
    }

    private GenericKubernetesResource create(String json) {
        return cgusOnHub()
                .inNamespace(namespace)
                .resource(hub.client().getKubernetesSerialization().unmarshal(json, GenericKubernetesResource.class))
                .create();
    }

    private String cgus() {
        return "/apis/ran.openshift.io/v1alpha1/namespaces/" + namespace + "/clustergroupupgrades";
    }

    private static String cgu(String name, boolean enable) {
        return "{\"apiVersion\":\"ran.openshift.io/v1alpha1\",\"kind\":\"ClusterGroupUpgrade\",\"metadata\":{\"name\":\""
                + name + "\"},\"spec\":{\"enable\":" + enable
                + ",\"clusters\":[\"sno1\"],\"remediationStrategy\":{\"maxConcurrency\":1}}}";
    }

    private ClusterGroupUpgrade awaitInLog(String name) {
        await(name + " in the log").until(() -> stored(name) != null);
        await(name + " is mirrored").until(() -> api.service().table().get(new CguId(namespace, name)).isPresent());
        return stored(name);
    }

    private ClusterGroupUpgrade stored(String name) {
        return scheduler.state(new CguId(namespace, name));
    }

    private CguStatus statusOnHub(String name) {
        try {
            return HubObject.of((com.fasterxml.jackson.databind.node.ObjectNode) dev.echelon.contract.Json.mapper()
                            .readTree(hub.client().getKubernetesSerialization().asJson(cgu(namespace, name))))
                    .status();
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Condition condition(ConditionReason reason) {
        return new Condition(
                reason.type().wire(), reason.status(), reason.reason(), reason.with(), Instant.ofEpochSecond(1_700_000_000));
    }

    private static CguStatus status(int concurrency, List<Condition> conditions) {
        return new CguStatus(
                null, null, concurrency, conditions, null, null, null, null, null, null, null, null, null, null, null);
    }

    /** The watch may lag behind what a request has told; then exactly this has been seen, in this order. */
    private static void awaitSeen(List<String> seen, String... reasons) {
        await("the last one").until(() -> !seen.isEmpty() && seen.getLast().equals(reasons[reasons.length - 1]));
        assertThat(seen.stream().distinct().toList()).containsExactly(reasons);
    }

    private static Watcher<GenericKubernetesResource> reasons(List<String> seen) {
        return new Watcher<>() {
            @Override
            public void eventReceived(Action action, GenericKubernetesResource cr) {
                List<Map<String, String>> conditions = cr.get("status", "conditions");
                seen.add(conditions == null
                        ? ""
                        : String.join(" ", conditions.stream().map(c -> c.get("reason")).toList()));
            }

            @Override
            public void onClose(WatcherException cause) {
                seen.add("watch closed: " + cause.getMessage());
            }
        };
    }
}

package dev.echelon.executor.work;

import static org.assertj.core.api.Assertions.assertThat;

import dev.echelon.contract.CguId;
import dev.echelon.contract.intent.Intent;
import dev.echelon.contract.intent.Intent.Aspect;
import dev.echelon.contract.result.Result;
import dev.echelon.executor.domain.HubKind;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The several things that CGUs want of one spoke at the same time. */
class AspectsTest {

    private static final CguId FIRST = new CguId("upgrades", "first");
    private static final CguId SECOND = new CguId("upgrades", "second");

    private final List<Result> results = new ArrayList<>();
    private final Queue<Runnable> passes = new ArrayDeque<>();
    /** By its clock every alarm is far away: a test says itself when to look again, and no other thread does. */
    private final Timers timers = new Timers(InstantSource.fixed(Instant.EPOCH));
    private final List<String> refused = new ArrayList<>();
    private final ObjectHub hub = new ObjectHub(this::change);
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final Workers workers = new Workers(
            new Setting(hub, results::add, () -> now, timers, passes::add, "", "", Duration.ZERO, Duration.ZERO,
                    Duration.ofMillis(1), Duration.ofMillis(1)),
            _ -> {}, _ -> 3);
    private int offset;

    @BeforeEach
    void takeUp() {
        hub.put(HubKind.CLUSTER, "", "sno1", Map.of("name", "sno1"), Map.of(), Map.of());
        workers.assigned(3);
        workers.caughtUp(3);
        workers.hubSynced();
        run();
    }

    @AfterEach
    void stopTimers() {
        timers.close();
    }

    @Test
    void aTombstoneEndsOneAspectAndNotTheOthers() {
        template("template");
        want(approve(FIRST, subscription()));
        want(work(FIRST, "one"));

        workers.settle(3, approve(FIRST, subscription()).key());
        run();
        hub.remove(HubKind.WORK, "sno1", "one");
        hub.remove(HubKind.VIEW, "sno1", "ptp-view");
        wake();

        assertThat(hub.names(HubKind.WORK)).as("made again").containsExactly("one");
        assertThat(hub.names(HubKind.VIEW)).as("not wanted any more").isEmpty();
        assertThat(answers(Result.WorkSettled.class)).as("answered once").hasSize(1);
    }

    @Test
    void aTombstoneOnAWorkLeavesItAloneAndDoesNotMakeItAgain() {
        template("template");
        want(work(FIRST, "one"));

        settle(FIRST, Aspect.WORK);
        assertThat(hub.names(HubKind.WORK)).as("not deleted").containsExactly("one");
        hub.remove(HubKind.WORK, "sno1", "one");
        wake();

        assertThat(hub.names(HubKind.WORK)).as("not made again").isEmpty();
        assertThat(hub.log()).containsExactly("create WORK one");
        assertThat(results).hasSize(1);
    }

    @Test
    void aTombstoneWhileOneWorkGivesWayToTheNextLeavesItAtThat() {
        template("template");
        want(work(FIRST, "one"));
        want(work(FIRST, "two"));
        settle(FIRST, Aspect.WORK);

        hub.agentActs();
        wake();

        assertThat(hub.names(HubKind.WORK)).isEmpty();
        assertThat(hub.log()).containsExactly("create WORK one", "delete WORK one");
    }

    @Test
    void aTombstoneOnLabelsThatCouldNotBeWrittenSettlesThemQuietlyAndLetsTheOthersGoOn() {
        refused.add("422 invalid");
        want(relabel(FIRST, false, Map.of("state", "before")));
        want(relabel(FIRST, true, Map.of("done", "yes")));
        int told = results.size();

        refused.clear();
        settle(FIRST, Aspect.LABELS_BEFORE);
        wake();

        assertThat(labels()).doesNotContainKey("state").containsEntry("done", "yes");
        assertThat(results.subList(told, results.size())).singleElement()
                .satisfies(result -> assertThat(result.intentId()).isEqualTo("first/labels/true"));
        settle(FIRST, Aspect.LABELS_AFTER);
        hub.put(HubKind.CLUSTER, "", "sno1", Map.of("done", "no"), Map.of(), Map.of());
        wake();
        assertThat(labels()).as("done is done").containsEntry("done", "no");
    }

    @Test
    void aTombstoneOnInstallPlansLeavesViewsAndActionsAndPassesTheTurnOn() {
        want(approve(FIRST, subscription()));
        hub.spokeActs();
        wake();
        hub.spokeActs();
        wake();
        assertThat(hub.names(HubKind.ACTION)).containsExactly("install-x7k2p");
        int told = results.size();

        settle(FIRST, Aspect.INSTALL_PLANS);

        assertThat(hub.names(HubKind.VIEW)).containsExactly("install-x7k2p", "ptp-view");
        assertThat(hub.names(HubKind.ACTION)).containsExactly("install-x7k2p");
        assertThat(results).hasSize(told);
        want(approve(SECOND, subscription()));
        assertThat(owner("ptp-view")).isEqualTo("second");
    }

    @Test
    void theTwoRelabelsOfACguAreDoneInTheOrderOfAskingAlthoughTheFirstIsRefusedForAWhile() {
        refused.add("422 invalid");
        want(relabel(FIRST, true, Map.of("state", "after")));
        want(relabel(FIRST, false, Map.of("state", "before")));
        assertThat(answers(Result.Relabeled.class)).isEmpty();
        assertThat(answers(Result.Stalled.class)).singleElement()
                .extracting(result -> ((Result.Stalled) result).reason()).asString()
                .startsWith("failed to update labels/annotations for cluster: sno1, err: ")
                .contains("422 invalid");

        refused.clear();
        wake();

        assertThat(answers(Result.Relabeled.class)).extracting(Result::intentId)
                .containsExactly("first/labels/true", "first/labels/false");
        assertThat(labels()).containsEntry("state", "before");
    }

    @Test
    void aClusterThatIsNoneIsDoneAndOneThatIsRightCostsNoRequest() {
        hub.put(HubKind.CLUSTER, "", "sno1", Map.of("a", "1"), Map.of(), Map.of());
        want(relabel(FIRST, false, Map.of("a", "1")));
        hub.remove(HubKind.CLUSTER, "", "sno1");
        want(relabel(SECOND, false, Map.of("a", "2")));

        assertThat(hub.log()).isEmpty();
        assertThat(answers(Result.Relabeled.class)).hasSize(2);
    }

    @Test
    void aTemplateThatIsMissingIsToldAndWaitedFor() {
        want(work(FIRST, "one"));
        assertThat(answers(Result.Stalled.class)).singleElement()
                .extracting(result -> ((Result.Stalled) result).reason())
                .isEqualTo("ManifestWorkReplicaSet upgrades/template not found");

        template("template");
        wake();

        assertThat(hub.find(HubKind.WORK, "sno1", "one")).hasValueSatisfying(work -> {
            assertThat(work.content()).isEqualTo(Map.of("spec", Map.of("workload", Map.of("manifests", List.of()))));
            assertThat(work.labels()).isEqualTo(Map.of(
                    "openshift-cluster-group-upgrades/clusterGroupUpgrade", "first",
                    "openshift-cluster-group-upgrades/clusterGroupUpgradeNamespace", "upgrades"));
            assertThat(work.annotations())
                    .isEqualTo(Map.of("openshift-cluster-group-upgrades/expectedValues", ""));
        });
        assertThat(answers(Result.WorkSettled.class)).hasSize(1);
    }

    @Test
    void theNextWorkComesWhenTheOneBeforeIsReallyGoneAndOthersWorksAreLeftAlone() {
        template("template");
        want(work(FIRST, "one"));
        hub.put(HubKind.WORK, "sno1", "foreign", Map.of(), Map.of(), Map.of());
        want(work(FIRST, "two"));
        assertThat(hub.names(HubKind.WORK)).containsExactly("foreign", "one");
        assertThat(answers(Result.WorkSettled.class)).hasSize(1);

        hub.remove(HubKind.WORK, "sno1", "foreign");
        hub.agentActs();
        wake();

        assertThat(hub.names(HubKind.WORK)).containsExactly("two");
        assertThat(answers(Result.WorkSettled.class)).hasSize(2);
    }

    @Test
    void installPlansAreApprovedForOneCguAtATimeInTheOrderOfAsking() {
        want(approve(FIRST, subscription()));
        want(approve(SECOND, subscription()));
        assertThat(owner("ptp-view")).isEqualTo("first");

        want(approve(FIRST));

        assertThat(answers(Result.ApprovalsStopped.class)).hasSize(1);
        assertThat(owner("ptp-view")).isEqualTo("second");
    }

    @Test
    void aStaleApprovalIsMadeAnewAndAGoodOneIsLeftAlone() {
        want(approve(FIRST, subscription()));
        hub.spokeActs();
        wake();
        // The spoke shows the plan; before it carries the action out, the plan changes.
        ObjectHub spoke = hub;
        spoke.spokeActs();
        spoke.planChanges();
        wake();
        assertThat(hub.log()).containsOnlyOnce("create ACTION install-x7k2p");
        spoke.spokeActs();
        assertThat(hub.isApproved()).as("refused: the version is an old one").isFalse();
        wake();
        assertThat(hub.log()).endsWith("delete ACTION install-x7k2p", "create ACTION install-x7k2p");

        spoke.spokeActs();
        wake();
        assertThat(hub.isApproved()).isTrue();
        assertThat(hub.names(HubKind.ACTION)).containsExactly("install-x7k2p");
        want(new Intent.ApproveInstallPlans(FIRST, "first/plans/stop", "sno1", List.of(), true));
        assertThat(hub.names(HubKind.ACTION)).isEmpty();
        assertThat(hub.names(HubKind.VIEW)).isEmpty();
    }

    private void change(Runnable change) {
        if (!refused.isEmpty()) {
            throw HubException.refused("patch", 422, refused.getFirst());
        }
        change.run();
    }

    private void template(String name) {
        hub.put(HubKind.TEMPLATE, "upgrades", name, Map.of(), Map.of(), Map.of(
                "spec", Map.of("manifestWorkTemplate", Map.of("workload", Map.of("manifests", List.of())))));
    }

    private Map<String, String> labels() {
        return hub.find(HubKind.CLUSTER, "", "sno1").orElseThrow().labels();
    }

    private String owner(String view) {
        return hub.find(HubKind.VIEW, "sno1", view).orElseThrow().labels()
                .get("openshift-cluster-group-upgrades/clusterGroupUpgrade");
    }

    private List<Result> answers(Class<? extends Result> type) {
        return results.stream().filter(type::isInstance).toList();
    }

    private void want(Intent intent) {
        workers.want(3, intent.key(), intent, offset++);
        run();
    }

    /** As the scheduler does it. */
    private void settle(CguId cgu, Aspect aspect) {
        workers.settle(3, Intent.spokeKey(cgu, "sno1", aspect));
        run();
    }

    private void wake() {
        now = now.plusSeconds(60);
        workers.spokeChanged("sno1");
        run();
    }

    private void run() {
        while (!passes.isEmpty()) {
            passes.remove().run();
        }
    }

    private static Intent relabel(CguId cgu, boolean afterwards, Map<String, String> add) {
        return new Intent.Relabel(cgu, cgu.name() + "/labels/" + afterwards, "sno1", afterwards, add, List.of(),
                Map.of(), List.of());
    }

    private static Intent work(CguId cgu, String name) {
        return new Intent.RollOutWork(
                cgu, cgu.name() + "/work/" + name, "sno1", new Intent.Work("template", name));
    }

    private static Intent approve(CguId cgu, Intent.SubscriptionView... subscriptions) {
        return new Intent.ApproveInstallPlans(
                cgu, cgu.name() + "/plans/" + subscriptions.length, "sno1", List.of(subscriptions), false);
    }

    private static Intent.SubscriptionView subscription() {
        return new Intent.SubscriptionView(
                "operators.coreos.com/v1alpha1", "openshift-ptp", "ptp", "du-upgrades-subscription-ptp", "ptp-view");
    }
}

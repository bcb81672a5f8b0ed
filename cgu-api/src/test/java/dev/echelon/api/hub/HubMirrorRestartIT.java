package dev.echelon.api.hub;

import static dev.echelon.api.fixture.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.echelon.contract.CguId;
import dev.echelon.contract.resource.CguStatus;
import dev.echelon.contract.resource.Condition;
import dev.echelon.contract.resource.ConditionReason;
import io.fabric8.kubernetes.client.Watch;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** The mirror after it, or the hub, was away. */
class HubMirrorRestartIT extends HubMirrorFixture {

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

        assertThat(requests.sent()).containsExactly("patch clustergroupupgrades/status");
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
        assertThat(requests.sent()).as("the old one's status is not the new one's")
                .doesNotContain("patch clustergroupupgrades/status");
    }
}

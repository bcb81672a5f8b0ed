package dev.echelon.api.hub;

import static dev.echelon.api.fixture.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.echelon.api.domain.Wanted;
import dev.echelon.api.fixture.TestConfig;
import dev.echelon.contract.CguId;
import dev.echelon.contract.command.Command;
import dev.echelon.contract.command.CommandRecord;
import dev.echelon.contract.resource.CguStatus;
import dev.echelon.contract.resource.ClusterGroupUpgrade;
import dev.echelon.contract.resource.Condition;
import dev.echelon.contract.resource.ConditionReason;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.Watch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The mirror against a real API server: what is done on the hub is taken in, and what Echelon has is shown there. */
class HubMirrorIT extends HubMirrorFixture {

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
        assertThat(requests.sent()).as("nothing is read before it is patched")
                .containsExactly("patch clustergroupupgrades");
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
            assertThat(requests.sent().stream().filter("patch clustergroupupgrades/status"::equals).count())
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
}

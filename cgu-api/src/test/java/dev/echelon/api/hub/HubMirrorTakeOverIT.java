package dev.echelon.api.hub;

import static dev.echelon.api.fixture.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.echelon.api.domain.Wanted;
import dev.echelon.contract.CguId;
import dev.echelon.contract.Json;
import dev.echelon.contract.command.Command;
import dev.echelon.contract.resource.CguStatus;
import dev.echelon.contract.resource.ClusterGroupUpgrade;
import dev.echelon.contract.resource.ConditionReason;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.Watch;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** The mirror and the CRs that another operator has begun (contract 18). */
class HubMirrorTakeOverIT extends HubMirrorFixture {

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
}

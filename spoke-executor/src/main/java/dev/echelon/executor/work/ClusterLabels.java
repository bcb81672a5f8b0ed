package dev.echelon.executor.work;

import dev.echelon.contract.CguId;
import dev.echelon.contract.intent.Intent;
import dev.echelon.contract.result.Result;
import dev.echelon.executor.domain.HubKind;
import dev.echelon.executor.domain.Relabeling;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * Labels and annotations of one ManagedCluster: each intent once, in the order of asking. One that cannot be carried
 * out holds up those that its own CGU asked for later, but not those of others.
 */
final class ClusterLabels {

    private final String cluster;
    private final Setting setting;
    private final ReportedStates reported;
    private final Tries tries;

    ClusterLabels(String cluster, Setting setting, ReportedStates reported) {
        this.cluster = cluster;
        this.setting = setting;
        this.reported = reported;
        this.tries = new Tries(setting);
    }

    /** @return when to look again although nothing happens */
    Instant pass(List<Intent.Relabel> inOrder, BooleanSupplier stopped) {
        tries.keep(inOrder);
        Instant wake = Instant.MAX;
        Set<CguId> heldUp = new HashSet<>();
        for (Intent.Relabel intent : inOrder) {
            if (stopped.getAsBoolean()) {
                return Instant.MAX;
            }
            if (tries.isDone(intent) || heldUp.contains(intent.cgu())) {
                continue;
            }
            // What was done must not be done again after a restart: others may have changed the labels since.
            Instant again = reported.isAnswered(Result.Relabeled.class, intent.id())
                    ? Instant.MAX
                    : tries.run(intent, () -> carryOut(intent));
            if (again.equals(Instant.MAX)) {
                tries.done(intent);
            } else {
                heldUp.add(intent.cgu());
                wake = Instants.earlier(wake, again);
            }
        }
        return wake;
    }

    private void carryOut(Intent.Relabel intent) {
        try {
            Relabeling.change(intent, setting.hub().find(HubKind.CLUSTER, "", cluster))
                    .ifPresent(setting.hub()::apply);
        } catch (HubException e) {
            throw e.as(Relabeling.failed(cluster, e.getMessage()));
        }
        setting.results().publish(
                new Result.Relabeled(intent.cgu(), intent.id(), setting.clock().instant(), cluster));
    }
}

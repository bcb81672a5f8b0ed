package dev.echelon.executor.work;

import dev.echelon.contract.intent.Intent;
import dev.echelon.contract.result.Result;
import dev.echelon.executor.domain.Change;
import dev.echelon.executor.domain.HubKind;
import dev.echelon.executor.domain.InstallPlans;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * The approval of install plans on one spoke. The views and actions of a plan have the plan's name, whoever makes them,
 * so this is done for one CGU at a time: the one that asked first has the turn for as long as it wants Subscriptions
 * looked at. Stopping needs no turn, because it goes by the CGU's labels.
 */
final class PlanApprovals {

    /** After which a plan that is not approved yet is looked at again although no view has changed. */
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(30);

    /** Making one change can show the next to make: the Subscription's view, the plan's, the action. */
    private static final int ROUNDS = 4;

    private final String cluster;
    private final Setting setting;
    private final ReportedStates reported;
    private final Tries tries;

    PlanApprovals(String cluster, Setting setting, ReportedStates reported) {
        this.cluster = cluster;
        this.setting = setting;
        this.reported = reported;
        this.tries = new Tries(setting);
    }

    /** @return when to look again although nothing happens */
    Instant pass(List<Intent.ApproveInstallPlans> inOrder, BooleanSupplier stopped) {
        tries.keep(inOrder);
        Instant wake = Instant.MAX;
        for (Intent.ApproveInstallPlans intent : inOrder) {
            if (stopped.getAsBoolean()) {
                return Instant.MAX;
            }
            if (intent.subscriptions().isEmpty() && !tries.isDone(intent)) {
                wake = Instants.earlier(wake, stop(intent));
            }
        }
        Optional<Intent.ApproveInstallPlans> turn =
                inOrder.stream().filter(intent -> !intent.subscriptions().isEmpty()).findFirst();
        return turn.isEmpty() ? wake : Instants.earlier(wake, approve(turn.get(), stopped));
    }

    private Instant stop(Intent.ApproveInstallPlans intent) {
        Instant again = tries.run(intent, () -> {
            InstallPlans.stop(intent, setting.hub().ofCgus(HubKind.VIEW, cluster),
                            setting.hub().ofCgus(HubKind.ACTION, cluster))
                    .forEach(setting.hub()::apply);
            if (!reported.isAnswered(Result.ApprovalsStopped.class, intent.id())) {
                setting.results().publish(
                        new Result.ApprovalsStopped(intent.cgu(), intent.id(), setting.clock().instant(), cluster));
            }
        });
        if (again.equals(Instant.MAX)) {
            tries.done(intent);
        }
        return again;
    }

    private Instant approve(Intent.ApproveInstallPlans intent, BooleanSupplier stopped) {
        boolean[] pending = new boolean[1];
        Instant again = tries.run(intent, () -> {
            for (int round = 0; round < ROUNDS && !stopped.getAsBoolean(); round++) {
                InstallPlans.Next next = InstallPlans.next(intent,
                        name -> setting.hub().find(HubKind.VIEW, cluster, name),
                        name -> setting.hub().find(HubKind.ACTION, cluster, name));
                pending[0] = next.pending();
                if (next.changes().isEmpty()) {
                    return;
                }
                for (Change change : next.changes()) {
                    if (stopped.getAsBoolean()) {
                        return;
                    }
                    setting.hub().apply(change);
                }
            }
        });
        return pending[0] ? Instants.earlier(again, setting.clock().instant().plus(LOOK_AGAIN)) : again;
    }
}

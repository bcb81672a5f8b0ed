package dev.echelon.executor.work;

import dev.echelon.contract.intent.Intent;
import dev.echelon.contract.result.Result;
import dev.echelon.executor.domain.Change;
import dev.echelon.executor.domain.HubKind;
import dev.echelon.executor.domain.SeenObject;
import dev.echelon.executor.domain.WorkRollOut;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * The ManifestWorks of CGUs on one spoke. CGUs are independent of each other here, as their works' names are. A work
 * that is wanted is kept up for as long as it is; only the first time is answered.
 */
final class ClusterWorks {

    private final String cluster;
    private final Setting setting;
    private final ReportedStates reported;
    private final Tries tries;

    ClusterWorks(String cluster, Setting setting, ReportedStates reported) {
        this.cluster = cluster;
        this.setting = setting;
        this.reported = reported;
        this.tries = new Tries(setting);
    }

    /** @return when to look again although nothing happens */
    Instant pass(List<Intent.RollOutWork> inOrder, BooleanSupplier stopped) {
        tries.keep(inOrder);
        Instant wake = Instant.MAX;
        for (Intent.RollOutWork intent : inOrder) {
            if (stopped.getAsBoolean()) {
                return Instant.MAX;
            }
            wake = Instants.earlier(wake, tries.run(intent, () -> carryOut(intent)));
        }
        return wake;
    }

    private void carryOut(Intent.RollOutWork intent) {
        WorkRollOut.deleteOthers(intent, own(intent)).forEach(setting.hub()::apply);
        List<SeenObject> own = own(intent);
        if (intent.work() == null || WorkRollOut.isThere(intent, own)) {
            answer(intent);
        } else if (own.isEmpty()) {
            // Until the one before is really gone, the watch says so.
            create(intent);
            answer(intent);
        }
    }

    private void create(Intent.RollOutWork intent) {
        String namespace = intent.cgu().namespace();
        String name = intent.work().template();
        Optional<SeenObject> template = setting.hub().read(HubKind.TEMPLATE, namespace, name);
        if (template.isEmpty()) {
            throw HubException.missing(HubKind.TEMPLATE.kind() + " " + namespace + "/" + name);
        }
        setting.hub().apply(new Change.Ensure(WorkRollOut.work(intent, template.get())));
    }

    private List<SeenObject> own(Intent.RollOutWork intent) {
        return WorkRollOut.of(intent.cgu(), setting.hub().ofCgus(HubKind.WORK, cluster));
    }

    private void answer(Intent.RollOutWork intent) {
        if (!tries.isDone(intent)) {
            if (!reported.isAnswered(Result.WorkSettled.class, intent.id())) {
                setting.results().publish(
                        new Result.WorkSettled(intent.cgu(), intent.id(), setting.clock().instant(), cluster));
            }
            tries.done(intent);
        }
    }
}

package dev.echelon.scheduler.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.echelon.contract.Json;
import dev.echelon.contract.intent.Intent.SubscriptionView;
import dev.echelon.contract.intent.Intent.Work;
import dev.echelon.contract.observation.Compliance;
import dev.echelon.contract.observation.ObservedWork;
import dev.echelon.contract.observation.ObservedBlocker;
import dev.echelon.contract.resource.CguSpec;
import dev.echelon.contract.resource.CguStatus.ClusterState;
import dev.echelon.contract.result.SpokeState;
import dev.echelon.scheduler.Fleet;
import dev.echelon.scheduler.Golden;
import dev.echelon.scheduler.domain.Fact;
import dev.echelon.scheduler.domain.Lifecycle;
import dev.echelon.scheduler.domain.Lifecycle.CleanUp;
import dev.echelon.scheduler.domain.Lifecycle.LastBatch;
import dev.echelon.scheduler.domain.Lifecycle.Rollout;
import dev.echelon.scheduler.domain.Progress;
import dev.echelon.scheduler.domain.RolloutPolicy;
import dev.echelon.scheduler.domain.Spoke;
import dev.echelon.scheduler.domain.SpokeObjects;
import dev.echelon.scheduler.domain.SpokeObjects.Approvals;
import dev.echelon.scheduler.domain.SpokeObjects.CurrentWork;
import dev.echelon.scheduler.domain.StateView;
import dev.echelon.scheduler.domain.Upgrade;
import dev.echelon.scheduler.domain.WorkingCopy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** State that was stored by one version is read by the next. */
class StateJsonTest {

    private static final Instant AT = Instant.parse("2026-01-10T08:00:00.123Z");
    private static final Rollout ROLLOUT = new Rollout(
            List.of(
                    new RolloutPolicy("p1", "ns", Optional.empty()),
                    new RolloutPolicy("p2", "ns", Optional.of(Duration.ofSeconds(90)))),
            3);

    private static final Rollout WORKS =
            new Rollout(List.of(), 1, List.of(new Work("t1", "ns.t1-x7k2p")), Map.of());
    private static final Rollout SUBSCRIPTIONS = new Rollout(
            List.of(new RolloutPolicy("p1", "ns", Optional.empty())),
            1,
            List.of(),
            Map.of(
                    "p1",
                    List.of(new SubscriptionView(
                            "operators.coreos.com/v1alpha1", "openshift-ptp", "ptp", "c-ns-subscription-ptp", "x"))));

    private static final Rollout TAKEN_OVER = new Rollout(
            List.of(new RolloutPolicy("p1", "ns", Optional.empty())), 1, List.of(), Map.of(), true);

    static Stream<Lifecycle> lifecycles() {
        Lifecycle settling = new Lifecycle.Settling(Optional.of(new LastBatch(3, AT)), new CleanUp(true, 2));
        return Stream.of(
                new Lifecycle.Preparing(),
                new Lifecycle.Precaching(),
                new Lifecycle.NotEnabled(),
                new Lifecycle.Blocked(),
                new Lifecycle.BackingUp(),
                new Lifecycle.BetweenBatches(ROLLOUT, 1, 0),
                new Lifecycle.Remediating(ROLLOUT, 2, AT, 1, 4),
                new Lifecycle.Remediating(WORKS, 1, AT, 1, 0),
                new Lifecycle.BetweenBatches(SUBSCRIPTIONS, 0, 0),
                new Lifecycle.Remediating(TAKEN_OVER, 1, AT, 1, 0),
                settling,
                new Lifecycle.Settling(Optional.empty(), new CleanUp(false, 0)),
                new Lifecycle.Finished(AT),
                new Lifecycle.Deleting(settling, new CleanUp(false, 1)));
    }

    @ParameterizedTest
    @MethodSource("lifecycles")
    void everyStateIsReadAsItWasWritten(Lifecycle lifecycle) {
        assertThat(StateJson.read(StateJson.write(new Holder(lifecycle)), Holder.class).lifecycle())
                .isEqualTo(lifecycle);
    }

    static Stream<Spoke.Stage> stages() {
        return Stream.of(
                new Spoke.Stage.Waiting(),
                new Spoke.Stage.InProgress(0, Optional.empty()),
                new Spoke.Stage.InProgress(1, Optional.of(new Spoke.Soak(AT, AT.plusSeconds(90)))),
                new Spoke.Stage.Completed(),
                new Spoke.Stage.TimedOut(2),
                new Spoke.Stage.RollingOut(0),
                new Spoke.Stage.WorkTimedOut(1));
    }

    @ParameterizedTest
    @MethodSource("stages")
    void everyStageIsReadAsItWasWritten(Spoke.Stage stage) {
        Spoke spoke = spoke(stage);

        assertThat(StateJson.read(StateJson.write(spoke), Spoke.class)).isEqualTo(spoke);
    }

    @Test
    void aWholeCguIsReadAsItWasWritten() {
        Fleet fleet = Fleet.of("a").withPolicy("p1").withBlocker("w1", ObservedBlocker.State.FAILED, "a");
        CguSpec.Actions actions = new CguSpec.Actions(
                new CguSpec.AfterCompletion(null, Map.of("done", ""), null, true, null, List.of("x")), null);
        CguSpec spec = fleet.spec().actions(actions).blockedBy("w1").config("c").build();
        WorkingCopy cgu = new WorkingCopy(Nothing.YET);

        cgu.fold(new Fact.Created(Fleet.CGU, Fleet.UID, AT, Map.of(), Map.of(), spec));
        cgu.fold(new Fact.FleetObserved(fleet.snapshot(1, AT)));

        Progress progress = cgu.progress().orElseThrow();
        assertThat(progress.afterCompletion()).contains(actions.afterCompletion());
        assertThat(StateJson.read(StateJson.write(progress), Progress.class)).isEqualTo(progress);
        Upgrade upgrade = cgu.upgrade().orElseThrow();
        assertThat(StateJson.read(StateJson.write(upgrade), Upgrade.class)).isEqualTo(upgrade);
    }

    @Test
    void theStoredFormIsKept() throws JsonProcessingException {
        StringBuilder all = new StringBuilder();
        for (Object piece : Stream.concat(lifecycles().map(Holder::new), stages().map(StateJsonTest::spoke))
                .toList()) {
            all.append(Json.mapper()
                            .writerWithDefaultPrettyPrinter()
                            .writeValueAsString(Json.mapper().readTree(new String(
                                    StateJson.write(piece), StandardCharsets.UTF_8))))
                    .append('\n');
        }

        Golden.check("stored-state.json", all.toString());
    }

    @Test
    void whatCannotBeReadStopsTheStream() {
        assertThatThrownBy(() -> StateJson.read("{".getBytes(StandardCharsets.UTF_8), Progress.class))
                .isInstanceOf(BrokenStoreException.class)
                .hasMessage("a stored Progress cannot be read");
    }

    private static Spoke spoke(Spoke.Stage stage) {
        return new Spoke(
                Optional.of(new Spoke.Job(SpokeState.ACTIVE, "uid/precache/1/a", AT, Optional.of(AT.plusSeconds(60)))),
                Optional.empty(),
                2,
                stage,
                List.of(Compliance.COMPLIANT, Compliance.NOT_MATCHED),
                List.of(0, 1),
                List.of(new Spoke.Outcome(7, new ClusterState(null, null, "a", "complete"))),
                Optional.of("uid/clean-precache/1/a"),
                Optional.of("uid/clean-backup/1/a"),
                false,
                List.of("uid/labels-after/1/a"),
                new SpokeObjects(
                        new CurrentWork(
                                true,
                                Map.of("x", new ObservedWork(false, false, "", Map.of("conditions", List.of("c")))),
                                Optional.empty()),
                        new Approvals(2, -1, true, Optional.of("uid/stop-approving/2/a")),
                        Map.of(0, 3L)));
    }

    /** The state of a CGU that does not exist. */
    private enum Nothing implements StateView {
        YET;

        @Override
        public Optional<Upgrade> upgrade() {
            return Optional.empty();
        }

        @Override
        public Optional<Progress> progress() {
            return Optional.empty();
        }

        @Override
        public Optional<Spoke> spoke(String cluster) {
            return Optional.empty();
        }

        @Override
        public Map<String, Spoke> spokes() {
            return Map.of();
        }

        @Override
        public boolean answered(String commandId) {
            return false;
        }
    }

    private record Holder(Lifecycle lifecycle) {}
}

package dev.echelon.scheduler.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.echelon.contract.resource.CguStatus;
import dev.echelon.contract.resource.Condition;
import java.util.List;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/**
 * A rollout that is taken over at any moment, by what its resource shows then, shows the same as before, and ends where it
 * would have ended. A failure names the seed.
 */
class AdoptionPropertyTest {

    @Property(tries = 300)
    void whoTakesARolloutOverBringsItToTheSameEnd(@ForAll long seed, @ForAll @IntRange(max = 120) int events) {
        RandomRollout uninterrupted = rollout(seed, events);
        Assume.that(isThere(uninterrupted));
        RandomRollout takenOver = rollout(seed, events).takenOver();

        CguStatus found = uninterrupted.story.cgu().status();
        assertThat(takenOver.story.shown().getFirst().status()).isEqualTo(found);
        assertThat(takenOver.story.told().getFirst().data().details()).doesNotContainKey("problems");
        takenOver.seeFleet();
        uninterrupted.endWell();
        takenOver.endWell();

        assertThat(takenOver.isFinished()).isTrue();
        assertThat(takenOver.story.intents()).isEmpty();
        CguStatus end = takenOver.story.cgu().status();
        CguStatus expected = uninterrupted.story.cgu().status();
        assertThat(conditions(end)).isEqualTo(conditions(expected));
        assertThat(end.clusters()).containsExactlyInAnyOrderElementsOf(expected.clusters());
        assertThat(end.remediationPlan()).isEqualTo(expected.remediationPlan());
        assertThat(end.safeResourceNames()).allSatisfy((key, name) ->
                assertThat(found.safeResourceNames().getOrDefault(key, name)).isEqualTo(name));
        assertThat(end.status().startedAt()).isEqualTo(expected.status().startedAt());
    }

    @Property(tries = 200)
    void invariantsHoldAfterATakeOver(@ForAll long seed, @ForAll @IntRange(max = 120) int events) {
        RandomRollout begun = rollout(seed, events);
        Assume.that(isThere(begun));
        RandomRollout takenOver = begun.takenOver();

        takenOver.goOn(60);

        assertThat(takenOver.summary()).containsKey("facts");
    }

    private static RandomRollout rollout(long seed, int events) {
        RandomRollout rollout = new RandomRollout(seed, true);
        rollout.live(events);
        rollout.seeFleet();
        return rollout;
    }

    private static boolean isThere(RandomRollout rollout) {
        return rollout.story.memory().progress()
                .filter(progress -> !(progress.lifecycle() instanceof Lifecycle.Deleting))
                .isPresent();
    }

    private static List<String> conditions(CguStatus status) {
        return status.conditions().stream().map(AdoptionPropertyTest::text).toList();
    }

    private static String text(Condition condition) {
        return condition.type() + "=" + condition.status() + " " + condition.reason() + ": " + condition.message();
    }
}

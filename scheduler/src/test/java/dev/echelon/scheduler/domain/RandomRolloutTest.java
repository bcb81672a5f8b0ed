package dev.echelon.scheduler.domain;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Invariants over random fleets, interleavings and repeats. A failure names the seed, which is the whole case. */
class RandomRolloutTest {

    @Property(tries = 200)
    void invariantsHoldWhateverHappens(@ForAll long seed) {
        RandomRollout rollout = new RandomRollout(seed);

        rollout.live(120);

        assertThat(rollout.summary()).containsKey("facts");
    }

    @Property(tries = 150)
    void everyCguThatCanEndEnds(@ForAll long seed) {
        RandomRollout rollout = new RandomRollout(seed);
        rollout.live(40);

        rollout.endWell();

        assertThat(rollout.story.memory().progress().isEmpty() || rollout.isFinished())
                .as("it ended, and did not stay in %s", rollout.story.memory().progress())
                .isTrue();
        assertThat(rollout.story.intents()).isEmpty();
    }
}

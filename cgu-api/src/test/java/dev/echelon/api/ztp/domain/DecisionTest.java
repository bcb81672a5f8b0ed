package dev.echelon.api.ztp.domain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The decision table, row by row (ZTP contract 3). */
class DecisionTest {

    @Test
    void theFirstRowThatMatchesDecides() {
        assertThat(Decision.of(Optional.empty(), DecisionTest::notAsked)).isEqualTo(Decision.UNKNOWN);
        assertThat(Decision.of(cluster(true, false, true), DecisionTest::notAsked)).isEqualTo(Decision.TERMINATING);
        assertThat(Decision.of(cluster(true, true, false), DecisionTest::notAsked)).isEqualTo(Decision.COMPLETE);
        assertThat(Decision.of(cluster(true, false, false), () -> true)).isEqualTo(Decision.HAS_CGU);
        assertThat(Decision.of(cluster(false, false, false), () -> true)).isEqualTo(Decision.HAS_CGU);
        assertThat(Decision.of(cluster(false, false, false), () -> false)).isEqualTo(Decision.NOT_READY);
        assertThat(Decision.of(cluster(true, false, false), () -> false)).isEqualTo(Decision.CREATE);
    }

    private static Optional<ClusterState> cluster(boolean available, boolean done, boolean terminating) {
        return Optional.of(new ClusterState("sno1", "uid", available, done, terminating));
    }

    private static boolean notAsked() {
        throw new AssertionError("the hub was asked for a ClusterGroupUpgrade that does not matter");
    }
}

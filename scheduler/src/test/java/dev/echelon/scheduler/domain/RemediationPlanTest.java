package dev.echelon.scheduler.domain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class RemediationPlanTest {

    @Test
    void canariesComeFirstAndAloneAndCompliantClustersAreLeftOut() {
        RemediationPlan plan =
                RemediationPlan.plan(List.of("a", "b", "c", "d", "e", "f"), List.of("d"), 2, c -> !c.equals("b"));

        assertThat(plan.batches()).containsExactly(List.of("d"), List.of("a", "c"), List.of("e", "f"));
        assertThat(plan.compliant()).containsExactly("b");
    }

    @Test
    void aCompliantCanaryGetsNoBatchAndCountsAsCompliant() {
        RemediationPlan plan = RemediationPlan.plan(List.of("a", "b"), List.of("a"), 2, c -> !c.equals("a"));

        assertThat(plan.batches()).containsExactly(List.of("b"));
        assertThat(plan.compliant()).containsExactly("a");
    }

    @Test
    void aRepeatedCanaryGetsOneBatch() {
        assertThat(RemediationPlan.plan(List.of("a", "b"), List.of("b", "b"), 2, _ -> true).batches())
                .containsExactly(List.of("b"), List.of("a"));
    }

    @Test
    void aCanaryThatWasFilteredOutIsNotTakenForCompliant() {
        RemediationPlan plan = RemediationPlan.plan(List.of("a"), List.of("gone"), 2, _ -> true);

        assertThat(plan.batches()).containsExactly(List.of("a"));
        assertThat(plan.compliant()).isEmpty();
    }

    @Test
    void theLastBatchMayBeShorter() {
        assertThat(RemediationPlan.plan(List.of("a", "b", "c"), List.of(), 2, _ -> true).batches())
                .containsExactly(List.of("a", "b"), List.of("c"));
    }

    @Test
    void withNoWorkThereIsNoBatch() {
        assertThat(RemediationPlan.plan(List.of("a"), List.of(), 1, _ -> false).batches()).isEmpty();
    }

    @Test
    void canaryBatchesAreCountedInThePlan() {
        List<List<String>> batches = List.of(List.of("d"), List.of("a"), List.of("e", "f"));

        assertThat(RemediationPlan.canaryBatches(batches, List.of("d", "b"))).isEqualTo(1);
        assertThat(RemediationPlan.canaryBatches(batches, List.of())).isZero();
    }

    @Test
    void concurrencyIsTheWishOnlyWhereItIsBelowTheNumberOfClusters() {
        assertThat(ComputedConcurrency.of(2, 5)).isEqualTo(2);
        assertThat(List.of(0, -3, 5, 9)).allSatisfy(wish -> assertThat(ComputedConcurrency.of(wish, 5)).isEqualTo(5));
    }
}

package dev.echelon.scheduler.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.echelon.contract.resource.Condition;
import dev.echelon.contract.resource.ConditionReason;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The walk through the list of contract 6.2. */
class ConditionsTest {

    private static final Instant T0 = Instant.parse("2026-01-10T08:00:00Z");
    private static final Instant T1 = T0.plusSeconds(60);

    private List<Condition> list = List.of();

    @Test
    void theListFollowsTheContractsTable() {
        set(ConditionReason.CLUSTERS_SELECTED, T0);
        set(ConditionReason.VALIDATED, T0);
        set(ConditionReason.NOT_ENABLED, T0);
        assertThat(types()).containsExactly("ClustersSelected=True", "Validated=True", "Progressing=False");

        set(ConditionReason.MISSING_POLICIES, T0, "[p]");
        assertThat(types()).containsExactly("ClustersSelected=True", "Progressing=False", "Validated=False");

        set(ConditionReason.VALIDATED, T0);
        assertThat(types()).containsExactly("ClustersSelected=True", "Progressing=False", "Validated=True");

        set(ConditionReason.REMEDIATING, T0);
        assertThat(types()).containsExactly("ClustersSelected=True", "Validated=True", "Progressing=True");

        set(ConditionReason.PROGRESS_COMPLETED, T0);
        set(ConditionReason.SUCCEEDED, T0);
        assertThat(types())
                .containsExactly("ClustersSelected=True", "Validated=True", "Progressing=False", "Succeeded=True");
    }

    @Test
    void theTransitionTimeChangesOnlyWithTheStatus() {
        set(ConditionReason.NOT_ENABLED, T0);
        set(ConditionReason.NOT_STARTED, T1);
        assertThat(list.getFirst().lastTransitionTime()).isEqualTo(T0);
        assertThat(list.getFirst().reason()).isEqualTo("NotStarted");

        set(ConditionReason.REMEDIATING, T1);
        assertThat(list.getFirst().lastTransitionTime()).isEqualTo(T1);
    }

    @Test
    void settingWhatStandsChangesNothing() {
        set(ConditionReason.NOT_ENABLED, T0);
        List<Condition> before = list;

        set(ConditionReason.NOT_ENABLED, T1);

        assertThat(list).isSameAs(before);
    }

    @Test
    void timesAreWholeSeconds() {
        set(ConditionReason.NOT_ENABLED, T0.plusMillis(987));

        assertThat(list.getFirst().lastTransitionTime()).isEqualTo(T0);
    }

    private void set(ConditionReason reason, Instant at, Object... values) {
        list = Conditions.set(list, Conditions.of(reason, at, values));
    }

    private List<String> types() {
        return list.stream().map(c -> c.type() + "=" + c.status()).toList();
    }
}

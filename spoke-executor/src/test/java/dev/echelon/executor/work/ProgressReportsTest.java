package dev.echelon.executor.work;

import static org.assertj.core.api.Assertions.assertThat;

import dev.echelon.executor.domain.JobReport.Progress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProgressReportsTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private final ProgressReports reports = new ProgressReports();
    private final List<Integer> told = new ArrayList<>();

    @Test
    void whatIsNewIsToldAtMostOnceInTenSecondsAndNothingTwice() {
        assertThat(tell(1, 0)).isEqualTo(Instant.MAX);
        assertThat(tell(1, 20)).isEqualTo(Instant.MAX);
        assertThat(tell(2, 21)).isEqualTo(Instant.MAX);
        assertThat(tell(3, 25)).as("too early").isEqualTo(NOW.plusSeconds(31));
        assertThat(tell(4, 31)).isEqualTo(Instant.MAX);

        assertThat(told).containsExactly(1, 2, 4);
    }

    @Test
    void theLastOneIsToldAtOnceWhereItIsNew() {
        tell(1, 0);
        reports.tellLast(progress(1), progress -> told.add(progress.done()));
        reports.tellLast(progress(2), progress -> told.add(progress.done()));

        assertThat(told).containsExactly(1, 2);
    }

    private Instant tell(int done, int second) {
        return reports.tell(progress(done), NOW.plusSeconds(second), progress -> told.add(progress.done()));
    }

    private static Progress progress(int done) {
        return new Progress(done, 10, 0, 0, null);
    }
}

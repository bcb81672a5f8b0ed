package dev.echelon.executor.work;

import dev.echelon.executor.domain.JobReport;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;

/** Passes on what a job says of its progress: what is new, and no more often than every ten seconds. */
final class ProgressReports {

    private static final Duration APART = Duration.ofSeconds(10);

    private JobReport.Progress told;
    private Instant notBefore = Instant.MIN;

    /** @return when to come again to tell it; {@link Instant#MAX} where nothing is left to tell */
    Instant tell(JobReport.Progress progress, Instant now, Consumer<JobReport.Progress> publish) {
        if (progress.equals(told)) {
            return Instant.MAX;
        }
        if (now.isBefore(notBefore)) {
            return notBefore;
        }
        publish.accept(progress);
        told = progress;
        notBefore = now.plus(APART);
        return Instant.MAX;
    }

    /** The last one, before the job's end is reported: told at once. */
    void tellLast(JobReport.Progress progress, Consumer<JobReport.Progress> publish) {
        if (!progress.equals(told)) {
            publish.accept(progress);
            told = progress;
        }
    }
}

package dev.echelon.scheduler.domain;

import dev.echelon.contract.result.Result.JobProgress;

/** How far a spoke's job says that it is: told, and nothing more. A report not later than the known one is old. */
final class JobReports {

    private JobReports() {}

    static void reported(Draft draft, JobProgress report) {
        boolean news = draft.state()
                .spoke(report.cluster())
                .filter(spoke -> spoke.cleaning(report.workload()).isEmpty())
                .flatMap(spoke -> spoke.job(report.workload()))
                .filter(job -> job.intentId().equals(report.intentId()))
                .filter(job -> !job.state().isFinal())
                .filter(job -> job.reportedAt().filter(at -> !report.at().isAfter(at)).isEmpty())
                .isPresent();
        if (news) {
            draft.emit(new Fact.JobProgressed(report));
        }
    }
}

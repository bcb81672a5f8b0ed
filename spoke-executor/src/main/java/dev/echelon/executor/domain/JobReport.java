package dev.echelon.executor.domain;

import dev.echelon.contract.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a workload says of itself on its Job (docs/spoke-agents.md, "What a run reports"). Workloads of others say
 * nothing, which is no error.
 */
public record JobReport(Map<String, Object> fields) {

    private static final String ANNOTATION = "echelon.dev/progress";

    /**
     * How far the job is.
     *
     * @param secondsLeft null where the job has no estimate
     */
    public record Progress(int done, int total, long bytes, long bytesPerSecond, Long secondsLeft) {}

    /** Reads it from a job as it lies on the spoke; empty where the job says nothing that can be understood. */
    public static Optional<JobReport> of(Map<String, Object> job) {
        Object text = Trees.map(Trees.map(job.get("metadata")).get("annotations")).get(ANNOTATION);
        if (!(text instanceof String json)) {
            return Optional.empty();
        }
        try {
            return Optional.of(new JobReport(
                    Trees.map(Json.read(json.getBytes(StandardCharsets.UTF_8), Map.class))));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** How far it is; empty before it knows how much there is to do. */
    public Optional<Progress> progress() {
        int total = (int) Trees.number(fields.get("imagesTotal"));
        return total <= 0
                ? Optional.empty()
                : Optional.of(new Progress(
                        (int) Trees.number(fields.get("imagesDone")),
                        total,
                        Trees.number(fields.get("bytes")),
                        Trees.number(fields.get("bytesPerSecond")),
                        fields.get("etaSeconds") instanceof Number left ? Long.valueOf(left.longValue()) : null));
    }

    /** Why a job failed that was not to be tried again: what it left, or where to look when it left nothing. */
    static String whyFailed(String job, Optional<JobReport> report) {
        return report.flatMap(JobReport::reason)
                .map(reason -> "job " + job + " failed: " + reason)
                .orElse("job " + job + " failed; its pod's log on the cluster says why");
    }

    /** Why it failed, in the job's own words with its exit code; empty where it does not say. */
    public Optional<String> reason() {
        if (!(fields.get("message") instanceof String message) || message.isBlank()) {
            return Optional.empty();
        }
        StringBuilder reason = new StringBuilder(message.strip());
        if (fields.get("failed") instanceof List<?> failed && !failed.isEmpty()) {
            Map<String, Object> first = Trees.map(failed.getFirst());
            if (first.get("image") instanceof String image && !message.contains(image)) {
                reason.append("; ").append(image).append(": ").append(first.getOrDefault("reason", "not pulled"));
            }
        }
        if (fields.get("exitCode") instanceof Number code) {
            reason.append(" (exit code ").append(code.longValue()).append(')');
        }
        return Optional.of(reason.toString());
    }
}

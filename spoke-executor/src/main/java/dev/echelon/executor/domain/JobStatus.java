package dev.echelon.executor.domain;

import java.util.List;
import java.util.Map;

/** What a job's view says about the job (contract 10.4, "Job status"). */
public enum JobStatus {
    ACTIVE,
    SUCCEEDED,
    DEADLINE_EXCEEDED,
    BACKOFF_LIMIT_EXCEEDED,
    /** The job exists and its controller has not said anything about it yet, which is never an error. */
    PENDING,
    /** The job failed for a reason that the contract does not name. */
    UNKNOWN_FAILURE;

    /** Reads a job as it lies on the spoke. */
    public static JobStatus of(Map<String, Object> job) {
        Map<String, Object> status = Trees.map(job.get("status"));
        if (Trees.number(status.get("active")) > 0) {
            return ACTIVE;
        }
        if (Trees.number(status.get("succeeded")) > 0) {
            return SUCCEEDED;
        }
        if (!(status.get("conditions") instanceof List<?> conditions)) {
            return PENDING;
        }
        JobStatus found = PENDING;
        for (Object element : conditions) {
            Map<String, Object> condition = Trees.map(element);
            if ("Failed".equals(condition.get("type")) && "True".equals(condition.get("status"))) {
                switch (String.valueOf(condition.get("reason"))) {
                    case "DeadlineExceeded" -> {
                        return DEADLINE_EXCEEDED;
                    }
                    case "BackoffLimitExceeded" -> {
                        return BACKOFF_LIMIT_EXCEEDED;
                    }
                    default -> found = UNKNOWN_FAILURE;
                }
            }
        }
        return found;
    }
}

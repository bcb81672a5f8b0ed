package dev.echelon.scheduler.domain;

import dev.echelon.contract.Json;
import dev.echelon.contract.resource.CguStatus;
import java.nio.charset.StandardCharsets;

/** A status as TALM may have left it: JSON, of which tests change the parts that matter to them. */
record FoundStatus(
        String conditions,
        String plan,
        String clusters,
        String policies,
        String names,
        String run,
        String more) {

    static final String VALID =
            """
            {"type": "ClustersSelected", "status": "True", "reason": "ClusterSelectionCompleted",
             "message": "All selected clusters are valid", "lastTransitionTime": "2026-01-10T06:00:00Z"},
            {"type": "Validated", "status": "True", "reason": "ValidationCompleted",
             "message": "Completed validation", "lastTransitionTime": "2026-01-10T06:00:01Z"}""";

    private static final String POLICIES =
            """
            , "managedPoliciesForUpgrade": [
                {"name": "p1", "namespace": "ztp-policies"}, {"name": "p2", "namespace": "ztp-policies"}],
            "managedPoliciesNs": {"p1": "ztp-policies", "p2": "ztp-policies"},
            "placements": ["talms-name-1", "talms-name-2"],
            "placementBindings": ["talms-name-1", "talms-name-2"]""";

    private static final String NAMES =
            """
            "ztp-policies/update-europe-snos-p1-placement": "talms-name-1",
            "ztp-policies/update-europe-snos-p2-placement": "talms-name-2\"""";

    /** Three clusters in three batches; nothing has started. */
    static FoundStatus beforeStart() {
        return new FoundStatus(VALID, "[[\"a\"], [\"b\"], [\"c\"]]", "[]", POLICIES, NAMES, "{}", "");
    }

    /** Started at 07:00, between two batches of three. */
    static FoundStatus beforeBatchTwo() {
        return beforeStart()
                .withCondition("Progressing", "True", "InProgress", "Remediating non-compliant policies")
                .withClusters("{\"name\": \"a\", \"state\": \"complete\"}")
                .withRun("\"startedAt\": \"2026-01-10T07:00:00Z\", \"currentBatch\": 2");
    }

    /** As {@link #beforeBatchTwo}; the second batch has run since 07:20. */
    static FoundStatus inBatchTwo(String progressOfB) {
        return beforeBatchTwo().inBatch(2, "{\"b\": " + progressOfB + "}");
    }

    static FoundStatus inBatchTwo() {
        return inBatchTwo("{\"state\": \"InProgress\", \"policyIndex\": 0}");
    }

    /** Timed out in its second batch. */
    static FoundStatus ended() {
        return beforeStart()
                .withCondition("Progressing", "False", "TimedOut", "Policy remediation took too long")
                .withCondition("Succeeded", "False", "TimedOut", "Policy remediation took too long")
                .withClusters("""
                        {"name": "a", "state": "complete"},
                        {"name": "b", "state": "timedout", "currentPolicy": {"name": "p1", "status": "NonCompliant"}}""")
                .inBatch(2, "{\"b\": {\"state\": \"InProgress\", \"policyIndex\": 0}}");
    }

    FoundStatus withCondition(String type, String status, String reason, String message) {
        return new FoundStatus(
                conditions + """
                        , {"type": "%s", "status": "%s", "reason": "%s", "message": "%s",
                           "lastTransitionTime": "2026-01-10T07:00:00Z"}""".formatted(type, status, reason, message),
                plan, clusters, policies, names, run, more);
    }

    FoundStatus withPlan(String json) {
        return new FoundStatus(conditions, json, clusters, policies, names, run, more);
    }

    FoundStatus withClusters(String entries) {
        return new FoundStatus(conditions, plan, "[" + entries + "]", policies, names, run, more);
    }

    FoundStatus withoutPolicies() {
        return new FoundStatus(conditions, plan, clusters, "", "", run, more);
    }

    FoundStatus withName(String key, String name) {
        String entry = "\"" + key + "\": \"" + name + "\"";
        return new FoundStatus(
                conditions, plan, clusters, policies, names.isEmpty() ? entry : names + ", " + entry, run, more);
    }

    FoundStatus withRun(String fields) {
        return new FoundStatus(conditions, plan, clusters, policies, names, "{" + fields + "}", more);
    }

    FoundStatus inBatch(int batch, String progress) {
        return withRun("""
                "startedAt": "2026-01-10T07:00:00Z", "currentBatch": %d,
                "currentBatchStartedAt": "2026-01-10T07:20:00Z",
                "currentBatchRemediationProgress": %s""".formatted(batch, progress));
    }

    /** Further fields, each after a comma. */
    FoundStatus with(String fields) {
        return new FoundStatus(conditions, plan, clusters, policies, names, run, more + fields);
    }

    CguStatus build() {
        String json = """
                {"conditions": [%s], "computedMaxConcurrency": 1, "remediationPlan": %s, "clusters": %s%s,
                 "safeResourceNames": {%s}, "status": %s%s}"""
                .formatted(conditions, plan, clusters, policies, names, run, more);
        return Json.read(json.getBytes(StandardCharsets.UTF_8), CguStatus.class);
    }
}

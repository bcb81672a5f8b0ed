package dev.echelon.standalone.bench;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.echelon.contract.Json;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What the benchmark measured.
 *
 * @param wallSeconds from the submission of the CGU until a client sees {@code completedAt}
 * @param hubRequestsByVerb of the four services, during the rollout
 */
@JsonPropertyOrder({
    "clusters", "policies", "maxConcurrency", "wallSeconds", "batchStep", "hubRequests", "hubRequestsByVerb",
    "hubRequestsByService", "components", "kafkaRecords", "cores", "jdk"
})
record BenchReport(
        int clusters,
        int policies,
        int maxConcurrency,
        double wallSeconds,
        Percentiles batchStep,
        long hubRequests,
        Map<String, Long> hubRequestsByVerb,
        Map<String, Long> hubRequestsByService,
        List<Cost> components,
        Map<String, Long> kafkaRecords,
        int cores,
        String jdk) {

    /**
     * What a component cost.
     *
     * @param cpuSeconds during the measured rollout
     * @param peakMiB resident, since the component started; 0 where the system does not tell
     */
    record Cost(String name, double cpuSeconds, long peakMiB) {}

    /** Milliseconds. */
    record Percentiles(int steps, long p50Millis, long p99Millis, long maxMillis) {

        /** Nearest-rank percentiles; all zero where nothing was measured. */
        static Percentiles of(List<Duration> durations) {
            if (durations.isEmpty()) {
                return new Percentiles(0, 0, 0, 0);
            }
            List<Duration> sorted = durations.stream().sorted().toList();
            return new Percentiles(
                    sorted.size(), rank(sorted, 0.50), rank(sorted, 0.99), sorted.getLast().toMillis());
        }

        private static long rank(List<Duration> sorted, double share) {
            int index = (int) Math.ceil(share * sorted.size()) - 1;
            return sorted.get(Math.max(0, index)).toMillis();
        }
    }

    /** One line, for machines. */
    String json() {
        return new String(Json.write(this), StandardCharsets.UTF_8);
    }

    /** For people. */
    String table() {
        StringBuilder text = new StringBuilder();
        row(text, "clusters / policies / maxConcurrency", clusters + " / " + policies + " / " + maxConcurrency);
        row(text, "wall time", String.format(Locale.ROOT, "%.2f s", wallSeconds));
        row(text, "batch compliant -> next enforced", String.format(
                Locale.ROOT,
                "p50 %d ms, p99 %d ms, max %d ms (%d steps)",
                batchStep.p50Millis(), batchStep.p99Millis(), batchStep.maxMillis(), batchStep.steps()));
        row(text, "hub requests", hubRequests + " " + hubRequestsByVerb);
        row(text, "  by service", hubRequestsByService.toString());
        components.forEach(cost -> row(
                text,
                cost.name(),
                String.format(Locale.ROOT, "%.2f CPU s, peak %d MiB", cost.cpuSeconds(), cost.peakMiB())));
        row(text, "Kafka records", kafkaRecords.toString());
        row(text, "machine", cores + " cores, JDK " + jdk);
        return text.toString();
    }

    private static void row(StringBuilder text, String name, String value) {
        text.append(String.format(Locale.ROOT, "  %-38s %s%n", name, value));
    }
}

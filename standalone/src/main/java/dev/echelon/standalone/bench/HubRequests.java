package dev.echelon.standalone.bench;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The hub requests that the services counted, read from their Prometheus metrics.
 *
 * @param counts by service and verb
 */
record HubRequests(Map<Key, Long> counts) {

    private static final Pattern SAMPLE =
            Pattern.compile("^echelon_hub_requests_total\\{([^}]*)}\\s+([0-9.eE+]+)", Pattern.MULTILINE);
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"([^\"]*)\"");

    record Key(String service, String verb) {}

    /** Adds up the samples in one or several services' metrics. */
    static HubRequests in(String metrics) {
        Map<Key, Long> counts = new java.util.HashMap<>();
        Matcher sample = SAMPLE.matcher(metrics);
        while (sample.find()) {
            Map<String, String> labels = new TreeMap<>();
            Matcher label = LABEL.matcher(sample.group(1));
            while (label.find()) {
                labels.put(label.group(1), label.group(2));
            }
            Key key = new Key(labels.getOrDefault("service", "?"), labels.getOrDefault("verb", "?"));
            counts.merge(key, (long) Double.parseDouble(sample.group(2)), Long::sum);
        }
        return new HubRequests(Map.copyOf(counts));
    }

    /** What came since an earlier reading. */
    HubRequests since(HubRequests earlier) {
        Map<Key, Long> difference = new java.util.HashMap<>();
        counts.forEach((key, count) -> {
            long more = count - earlier.counts().getOrDefault(key, 0L);
            if (more > 0) {
                difference.put(key, more);
            }
        });
        return new HubRequests(Map.copyOf(difference));
    }

    long total() {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }

    Map<String, Long> byVerb() {
        return by(Key::verb);
    }

    Map<String, Long> byService() {
        return by(Key::service);
    }

    private Map<String, Long> by(Function<Key, String> name) {
        Map<String, Long> sums = new TreeMap<>();
        counts.forEach((key, count) -> sums.merge(name.apply(key), count, Long::sum));
        return sums;
    }
}

package dev.echelon.simulator.scenario;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.echelon.kubeapi.json.Json;
import dev.echelon.kubeapi.json.MalformedBodyException;
import dev.echelon.simulator.scenario.Scenario.Release;
import dev.echelon.simulator.scenario.Scenario.SpokeSpec;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Reads scenario files. All problems of a file are found in one go; the form is described by {@code
 * scenario.schema.json} beside the shipped scenarios.
 */
public final class ScenarioReader {
    private static final long DEFAULT_BANDWIDTH = 1_500_000_000L;
    private static final int DEFAULT_IMAGES = 183;
    private static final long DEFAULT_IMAGE_BYTES = 20L << 20;
    private static final int MOST_CLUSTERS = 100_000;
    private static final Pattern CLUSTER_NAME = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");
    private static final Pattern NUMBERED = Pattern.compile("[^%]*%(0?[1-9])?d[^%]*");
    private static final List<String> KINDS_OF_FAILURE = List.of("jobFails", "jobExceedsDeadline", "neverComplies",
            "flaps", "slow", "offline");

    private final List<String> problems = new ArrayList<>();

    private ScenarioReader() {
    }

    /**
     * Reads a file, or a shipped scenario by its name ({@code walkthrough}, {@code fleet}).
     *
     * @throws ScenarioException naming everything that is wrong with it
     */
    public static Scenario read(String fileOrName) {
        Path file = Path.of(fileOrName);
        if (Files.exists(file)) {
            try {
                return parse(fileOrName, Files.readAllBytes(file));
            } catch (IOException e) {
                throw new ScenarioException(fileOrName, List.of("cannot be read: " + e.getMessage()));
            }
        }
        if (!fileOrName.contains("/") && !fileOrName.contains(".")) {
            return shipped(fileOrName);
        }
        throw new ScenarioException(fileOrName, List.of(
                "no such file; shipped scenarios are " + String.join(", ", shippedNames())));
    }

    /** The names of the scenarios that come with the simulator. */
    public static List<String> shippedNames() {
        return List.of("walkthrough", "fleet");
    }

    /** A scenario that comes with the simulator. */
    public static Scenario shipped(String name) {
        try (InputStream in = ScenarioReader.class.getResourceAsStream("/scenarios/" + name + ".yaml")) {
            if (in == null) {
                throw new ScenarioException(name, List.of("no such scenario%s; shipped scenarios are %s".formatted(
                        DidYouMean.hint(name, shippedNames()), String.join(", ", shippedNames()))));
            }
            return parse(name, in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Reads a scenario from YAML.
     *
     * @param source what errors call it
     */
    public static Scenario parse(String source, byte[] yaml) {
        JsonNode root;
        try {
            root = Json.parseYaml(yaml);
        } catch (MalformedBodyException e) {
            throw new ScenarioException(source, List.of("is not YAML: " + e.getMessage()));
        }
        ScenarioReader reader = new ScenarioReader();
        Scenario scenario = reader.scenario(root);
        if (!reader.problems.isEmpty()) {
            throw new ScenarioException(source, reader.problems);
        }
        return scenario;
    }

    private Scenario scenario(JsonNode root) {
        try (Fields fields = new Fields(root, "", problems)) {
            String name = fields.required("name");
            long seed = fields.whole("seed", 1, Long.MIN_VALUE, Long.MAX_VALUE);
            double speed = fields.number("speed", 1, 0.001, 100_000);
            boolean instant = fields.flag("instant", false);
            List<Release> releases = fields.list("releases", this::release);
            List<SpokeSpec> clusters = new ArrayList<>();
            Set<String> names = new HashSet<>();
            fields.list("clusters", this::clusters).forEach(some -> some.forEach((path, cluster) -> {
                if (!names.add(cluster.name())) {
                    problems.add("%s: cluster '%s' is there twice".formatted(path, cluster.name()));
                }
                clusters.add(cluster);
            }));
            if (clusters.isEmpty() && root.path("clusters").isEmpty()) {
                problems.add("clusters: expected at least one, found none");
            }
            List<ObjectNode> manifests = fields.list("manifests", this::manifest).stream()
                    .flatMap(Optional::stream).toList();
            Durations durations = fields.object("durations").map(this::durations).orElse(Durations.DEFAULT);
            List<FailureRule> failures = fields.list("failures", (node, path) -> failure(node, path, names)).stream()
                    .flatMap(Optional::stream).toList();
            return new Scenario(name, seed, speed, instant, clusters, manifests, releases, durations, failures);
        }
    }

    private Release release(JsonNode node, String path) {
        try (Fields fields = new Fields(node, path, problems)) {
            return new Release(fields.required("version"), fields.text("image", ""),
                    (int) fields.whole("images", DEFAULT_IMAGES, 1, 100_000),
                    fields.bytes("imageSize", DEFAULT_IMAGE_BYTES));
        }
    }

    /** One cluster, or as many as {@code count} says; by the path of each. */
    private Map<String, SpokeSpec> clusters(JsonNode node, String path) {
        Map<String, SpokeSpec> found = new LinkedHashMap<>();
        try (Fields fields = new Fields(node, path, problems)) {
            boolean many = fields.has("count");
            int count = (int) fields.whole("count", 1, 1, MOST_CLUSTERS);
            String pattern = fields.required("name");
            if (many && !NUMBERED.matcher(pattern).matches()) {
                problems.add("%s: found '%s', expected a pattern with one %%d or %%04d because count is given"
                        .formatted(fields.at("name"), pattern));
                pattern = "unnamed-%d";
            }
            Map<String, String> labels = fields.texts("labels");
            String version = fields.text("version", "4.12.3");
            long bandwidth = fields.rate("bandwidth", DEFAULT_BANDWIDTH);
            String node0 = fields.text("node", "");
            for (int i = 1; i <= count; i++) {
                String name = many ? pattern.formatted(i) : pattern;
                if (pattern.isEmpty()) {
                    break;
                }
                if (!CLUSTER_NAME.matcher(name).matches()) {
                    problems.add("%s: found '%s', expected lower-case letters, digits and '-', at most 63".formatted(
                            fields.at("name"), name));
                    break;
                }
                Map<String, String> own = new TreeMap<>(labels);
                own.put("name", name);
                found.put(many ? "%s (number %d)".formatted(path, i) : path, new SpokeSpec(name, own, version,
                        bandwidth, node0.isEmpty() ? name + ".example.lab" : node0.replace("%s", name)));
            }
        }
        return found;
    }

    private Optional<ObjectNode> manifest(JsonNode node, String path) {
        if (!(node instanceof ObjectNode object)) {
            problems.add("%s: expected a Kubernetes object".formatted(path));
            return Optional.empty();
        }
        for (String needed : List.of("/apiVersion", "/kind", "/metadata/name")) {
            if (object.at(needed).asText().isEmpty()) {
                problems.add("%s%s: required, but not there".formatted(path, needed.replace('/', '.')));
            }
        }
        return Optional.of(object);
    }

    private Durations durations(Fields given) {
        Durations or = Durations.DEFAULT;
        try (Fields fields = given) {
            return new Durations(fields.duration("actionHandling", or.actionHandling()),
                    fields.duration("actionRetention", or.actionRetention()),
                    fields.duration("viewRefresh", or.viewRefresh()),
                    fields.duration("namespaceDeletion", or.namespaceDeletion()),
                    fields.duration("podStart", or.podStart()), fields.duration("backup", or.backup()),
                    fields.duration("job", or.job()), fields.duration("policyApply", or.policyApply()),
                    fields.duration("statusSettle", or.statusSettle()), fields.duration("upgrade", or.upgrade()),
                    fields.duration("offlineDetection", or.offlineDetection()),
                    fields.number("jitter", or.jitter(), 0, 1));
        }
    }

    private Optional<FailureRule> failure(JsonNode node, String path, Set<String> clusters) {
        try (Fields fields = new Fields(node, path, problems)) {
            String kind = fields.word("kind", KINDS_OF_FAILURE);
            Set<String> where = new HashSet<>(fields.list("clusters", (name, at) -> {
                if (!clusters.contains(name.asText())) {
                    problems.add("%s: no cluster is called '%s'%s".formatted(at, name.asText(),
                            DidYouMean.hint(name.asText(), clusters)));
                }
                return name.asText();
            }));
            double share = fields.number("share", 0, 0, 1);
            if (where.isEmpty() == (share == 0)) {
                problems.add("%s: expected either clusters or a share above 0".formatted(path));
            }
            return Optional.ofNullable(failure(kind, fields)).map(what -> new FailureRule(what, where, share));
        }
    }

    private static Failure failure(String kind, Fields fields) {
        return switch (kind) {
            case "jobFails" -> new Failure.JobFails(fields.text("job", "pre-cache"),
                    fields.duration("after", Duration.ofSeconds(3)));
            case "jobExceedsDeadline" -> new Failure.JobExceedsDeadline(fields.text("job", "pre-cache"),
                    fields.duration("after", Duration.ofSeconds(5)));
            case "neverComplies" -> new Failure.NeverComplies(policy(fields));
            case "flaps" -> new Failure.Flaps(policy(fields), fields.duration("every", Duration.ofSeconds(5)));
            case "slow" -> new Failure.Slow(fields.number("factor", 5, 0.001, 1_000_000));
            case "offline" -> new Failure.Offline(fields.duration("from", Duration.ZERO),
                    fields.duration("for", Duration.ofSeconds(30)));
            default -> null;
        };
    }

    private static Optional<String> policy(Fields fields) {
        return Optional.of(fields.text("policy", "")).filter(name -> !name.isEmpty());
    }
}

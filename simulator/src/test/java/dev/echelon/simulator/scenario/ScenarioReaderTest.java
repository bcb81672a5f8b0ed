package dev.echelon.simulator.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.echelon.kubeapi.json.Json;
import dev.echelon.simulator.scenario.Scenario.SpokeSpec;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ScenarioReaderTest {
    private static final String GOOD = "name: s\nclusters: [{name: sno1}]\n";

    private record Bad(String what, String yaml, String problem) {
        @Override
        public String toString() {
            return what;
        }
    }

    static List<Bad> badScenarios() {
        return List.of(new Bad("broken YAML", "name: [", "is not YAML: line "),
                new Bad("no object", "- a", "(root): expected an object, found a list"),
                new Bad("no name", "clusters: [{name: a}]", "name: required, but not there"),
                new Bad("no clusters", "name: s", "clusters: expected at least one, found none"),
                new Bad("misspelt field", GOOD + "sped: 3",
                        "sped: unknown field (did you mean 'speed'?); expected one of name, seed, speed"),
                new Bad("misspelt field of a cluster", "name: s\nclusters: [{name: a, bandwith: 1Gbit/s}]",
                        "clusters[0].bandwith: unknown field (did you mean 'bandwidth'?)"),
                new Bad("speed of nothing", GOOD + "speed: 0",
                        "speed: found 0, expected a number from 0.001 to 100000"),
                new Bad("speed in words", GOOD + "speed: fast", "speed: found 'fast', expected a number"),
                new Bad("bandwidth without unit", "name: s\nclusters: [{name: a, bandwidth: 100}]",
                        "clusters[0].bandwidth: found 100, expected a bandwidth above 0 such as 100Mbit/s"),
                new Bad("label that is no text", "name: s\nclusters: [{name: a, labels: {zone: 1}}]",
                        "clusters[0].labels.zone: expected a text (put it in quotes), found 1"),
                new Bad("name that Kubernetes refuses", "name: s\nclusters: [{name: Sno_1}]",
                        "clusters[0].name: found 'Sno_1', expected lower-case letters"),
                new Bad("name twice", "name: s\nclusters: [{name: a}, {name: a}]",
                        "clusters[1]: cluster 'a' is there twice"),
                new Bad("generator without number", "name: s\nclusters: [{name: a, count: 3}]",
                        "clusters[0].name: found 'a', expected a pattern with one %d or %04d because count is given"),
                new Bad("absurd count", "name: s\nclusters: [{name: 'a%d', count: 100001}]",
                        "clusters[0].count: found 100001, expected a whole number from 1 to 100000"),
                new Bad("misspelt duration", GOOD + "durations: {upgrad: 2s}",
                        "durations.upgrad: unknown field (did you mean 'upgrade'?)"),
                new Bad("duration without unit", GOOD + "durations: {upgrade: 20}",
                        "durations.upgrade: found 20, expected a duration such as 200ms, 20s, 1m30s or PT20S"),
                new Bad("failure of another kind", GOOD + "failures: [{kind: neverComply, share: 1}]",
                        "failures[0].kind: found 'neverComply', expected one of jobFails, jobExceedsDeadline, "
                                + "neverComplies, flaps, slow, offline (did you mean 'neverComplies'?)"),
                new Bad("failure of a stranger", GOOD + "failures: [{kind: slow, clusters: [sno2]}]",
                        "failures[0].clusters[0]: no cluster is called 'sno2' (did you mean 'sno1'?)"),
                new Bad("failure nowhere", GOOD + "failures: [{kind: slow}]",
                        "failures[0]: expected either clusters or a share above 0"),
                new Bad("failure with a field of another kind", GOOD + "failures: [{kind: slow, share: 1, job: x}]",
                        "failures[0].job: unknown field"),
                new Bad("manifest without a name", GOOD + "manifests: [{apiVersion: v1, kind: Namespace}]",
                        "manifests[0].metadata.name: required, but not there"));
    }

    @ParameterizedTest
    @MethodSource("badScenarios")
    void badScenarioIsRefusedWithPathFoundAndExpected(Bad bad) {
        assertThatThrownBy(() -> parse(bad.yaml())).isInstanceOf(ScenarioException.class)
                .hasMessageStartingWith("Scenario test: ").hasMessageContaining(bad.problem());
    }

    @Test
    void allProblemsAreToldAtOnce() {
        assertThatThrownBy(() -> parse("speed: -1\nclusters: [{nam: a}]\ndurations: {upgrade: soon}"))
                .isInstanceOfSatisfying(ScenarioException.class, e -> assertThat(e.problems()).hasSize(5));
    }

    @Test
    void missingFileSaysWhichScenariosAreShipped() {
        assertThatThrownBy(() -> ScenarioReader.read("no/such.yaml"))
                .hasMessageContaining("no/such.yaml: no such file; shipped scenarios are walkthrough, fleet");
        assertThatThrownBy(() -> ScenarioReader.read("walktrough")).hasMessageContaining("did you mean 'walkthrough'?");
    }

    @Test
    void fileIsReadByItsPath(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("mine.yaml"), GOOD);

        assertThat(ScenarioReader.read(file.toString()).clusters()).extracting(SpokeSpec::name).containsExactly("sno1");
    }

    @Test
    void generatorMakesClustersByPattern() {
        Scenario scenario = parse("""
                name: s
                clusters:
                  - {name: 'spoke-%04d', count: 3, labels: {zone: europe}, bandwidth: 100Mbit/s, node: 'node.%s'}
                """);

        assertThat(scenario.clusters()).extracting(SpokeSpec::name)
                .containsExactly("spoke-0001", "spoke-0002", "spoke-0003");
        assertThat(scenario.clusters().getLast()).isEqualTo(new SpokeSpec("spoke-0003",
                Map.of("name", "spoke-0003", "zone", "europe"), "4.12.3", 100_000_000, "node.spoke-0003"));
    }

    @ParameterizedTest
    @CsvSource({"200ms, PT0.2S", "20s, PT20S", "1m30s, PT1M30S", "1h, PT1H", "PT5M, PT5M", "0.5s, PT0.5S"})
    void durationsAreReadAsPeopleWriteThem(String text, Duration duration) {
        assertThat(Fields.duration(text)).contains(duration);
    }

    @ParameterizedTest
    @CsvSource({"''", "20", "20 s", "-3s", "P-1D", "s20"})
    void otherDurationsAreNone(String text) {
        assertThat(Fields.duration(text)).isEmpty();
    }

    @Test
    void shareOfTheFleetIsExactAndTheSameForTheSameSeed() {
        List<String> fleet = IntStream.range(0, 50).mapToObj(i -> "c" + i).toList();
        FailureRule rule = new FailureRule(new Failure.Slow(3), Set.of(), 0.1);

        assertThat(rule.struck(fleet, 7)).hasSize(5).isEqualTo(rule.struck(fleet, 7))
                .isNotEqualTo(rule.struck(fleet, 8));
    }

    @Test
    void shippedScenariosAreReadable() {
        assertThat(ScenarioReader.shippedNames()).allSatisfy(name ->
                assertThat(ScenarioReader.shipped(name).name()).isEqualTo(name));
        String image = "infra.5g-deployment.lab:8443/openshift/release-images@sha256:"
                + "fd65cebce150bac3c622e30e7f762d3173575ae3541b3a7648819cb63e9b63a4";
        assertThat(ScenarioReader.shipped("walkthrough").release(image, "").orElseThrow().images()).isEqualTo(183);
    }

    @Test
    void exampleInTheReadmeIsAScenario() throws Exception {
        String readme = Files.readString(Path.of("README.md"));
        String yaml = readme.substring(readme.indexOf("```yaml") + 7, readme.lastIndexOf("```"));

        Scenario scenario = parse(yaml);

        assertThat(scenario.clusters()).hasSize(101);
        assertThat(scenario.durations()).isEqualTo(Durations.DEFAULT);
        assertThat(scenario.failures()).hasSize(6);
    }

    @Test
    void schemaKnowsTheFieldsThatTheReaderKnows() throws Exception {
        JsonNode schema;
        try (InputStream in = ScenarioReader.class.getResourceAsStream("/scenarios/scenario.schema.json")) {
            schema = Json.parse(in.readAllBytes());
        }

        assertThat(names(schema.at("/properties"))).isEqualTo(known("nonsense: 1", "nonsense"));
        assertThat(names(schema.at("/$defs/cluster/properties"))).isEqualTo(
                known("name: s\nclusters: [{nonsense: 1}]", "clusters[0].nonsense"));
        assertThat(names(schema.at("/$defs/release/properties"))).isEqualTo(
                known("releases: [{nonsense: 1}]", "releases[0].nonsense"));
        assertThat(names(schema.at("/$defs/durations/properties"))).isEqualTo(
                known("durations: {nonsense: 1}", "durations.nonsense"));
        Set<String> kinds = new TreeSet<>();
        for (JsonNode kind : schema.at("/$defs/failure/oneOf")) {
            String name = kind.at("/properties/kind/const").asText();
            kinds.add(name);
            assertThat(names(kind.at("/properties"))).as(name).isEqualTo(
                    known("failures: [{kind: %s, nonsense: 1}]".formatted(name), "failures[0].nonsense"));
        }
        assertThat(kinds).containsExactlyInAnyOrder("flaps", "jobExceedsDeadline", "jobFails", "neverComplies",
                "offline", "slow");
    }

    /** What the reader says that it knows, when it meets a field that it does not know. */
    private static Set<String> known(String yaml, String path) {
        try {
            parse(yaml);
            throw new AssertionError("not refused: " + yaml);
        } catch (ScenarioException e) {
            String problem = e.problems().stream().filter(p -> p.startsWith(path + ": ")).findFirst().orElseThrow();
            return new TreeSet<>(List.of(problem.substring(problem.indexOf("one of ") + 7).split(", ")));
        }
    }

    private static Set<String> names(JsonNode properties) {
        return StreamSupport.stream(((Iterable<String>) properties::fieldNames).spliterator(), false)
                .collect(java.util.stream.Collectors.toCollection(TreeSet::new));
    }

    private static Scenario parse(String yaml) {
        return ScenarioReader.parse("test", yaml.getBytes(StandardCharsets.UTF_8));
    }
}

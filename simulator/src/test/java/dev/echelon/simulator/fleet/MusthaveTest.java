package dev.echelon.simulator.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.echelon.kubeapi.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MusthaveTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{a: 1, b: 2} | {a: 1} | true",
        "{a: 1} | {a: 1.0} | true",
        "{a: 1} | {a: '1'} | false",
        "{a: 1} | {b: 1} | false",
        "{a: {b: 1, c: 2}} | {a: {c: 2}} | true",
        "{history: [{version: 4.12.5, state: Partial}, {version: 4.12.3, state: Completed}]} | "
                + "{history: [{version: 4.12.5, state: Completed}]} | false",
        "{history: [{version: 4.12.5, state: Completed, image: x}, {version: 4.12.3, state: Completed}]} | "
                + "{history: [{version: 4.12.5, state: Completed}]} | true",
        "{a: [2, 1]} | {a: [1, 2]} | true",
        "{a: [1]} | {a: [1, 2]} | false",
        "{a: x} | {a: [x]} | false",
        "{} | {} | true"})
    void everythingWantedMustBeThere(String actual, String wanted, boolean holds) {
        assertThat(Musthave.holds(yaml(actual), yaml(wanted))).isEqualTo(holds);
    }

    @Test
    void makingItTrueTakesNothingAway() {
        JsonNode made = Musthave.make(yaml("{a: {b: 1}, list: [{name: x, v: 1}, {name: y}]}"),
                yaml("{a: {c: 2}, list: [{name: x, v: 2}, {name: z}]}"));

        assertThat(made).isEqualTo(yaml("{a: {b: 1, c: 2}, list: [{name: x, v: 2}, {name: y}, {name: z}]}"));
    }

    @RepeatedTest(50)
    void whatIsMadeHolds() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        JsonNode actual = tree(random, 3);
        JsonNode wanted = tree(random, 3);

        JsonNode made = Musthave.make(actual, wanted);

        assertThat(Musthave.holds(made, wanted)).as("seed %d: %s made of %s for %s", seed, made, actual, wanted)
                .isTrue();
        assertThat(Musthave.make(made, wanted)).as("seed %d: again", seed).isEqualTo(made);
    }

    private static JsonNode tree(Random random, int depth) {
        int kind = depth == 0 ? 2 : random.nextInt(3);
        List<String> parts = new ArrayList<>();
        for (int i = 0; kind < 2 && i < random.nextInt(4); i++) {
            parts.add((kind == 0 ? "k" + i + ": " : "") + tree(random, depth - 1));
        }
        return yaml(kind == 0 ? "{" + String.join(", ", parts) + "}"
                : kind == 1 ? "[" + String.join(", ", parts) + "]" : "v" + random.nextInt(3));
    }

    private static JsonNode yaml(String text) {
        return Json.parseYaml(text.getBytes(StandardCharsets.UTF_8));
    }
}

package dev.echelon.api.domain;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.echelon.contract.Json;
import dev.echelon.kubeapi.json.MergePatch;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class MergeDiffTest {

    @Test
    void onlyWhatDiffersIsInThePatch() throws IOException {
        assertThat(MergeDiff.between(tree("{\"a\":1,\"b\":{\"c\":[1],\"d\":2},\"e\":3}"),
                tree("{\"a\":1,\"b\":{\"c\":[2]},\"f\":4}")))
                .isEqualTo(tree("{\"b\":{\"c\":[2],\"d\":null},\"f\":4,\"e\":null}"));
    }

    @RepeatedTest(50)
    void applyingThePatchGivesWhatWasWanted() {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        ObjectNode from = object(random, 3);
        ObjectNode to = object(random, 3);

        assertThat(MergePatch.apply(from, MergeDiff.between(from, to))).isEqualTo(to);
        assertThat(MergeDiff.between(to, to.deepCopy())).isEmpty();
    }

    private static ObjectNode object(Random random, int depth) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        for (int i = random.nextInt(5); i > 0; i--) {
            object.set("k" + random.nextInt(6), value(random, depth - 1));
        }
        return object;
    }

    private static JsonNode value(Random random, int depth) {
        return switch (random.nextInt(depth > 0 ? 4 : 3)) {
            case 0 -> JsonNodeFactory.instance.numberNode(random.nextInt(3));
            case 1 -> JsonNodeFactory.instance.textNode("t" + random.nextInt(3));
            case 2 -> JsonNodeFactory.instance.arrayNode().add(random.nextInt(2));
            default -> object(random, depth);
        };
    }

    private static JsonNode tree(String json) throws IOException {
        return Json.mapper().readTree(json);
    }
}

package dev.echelon.watcher.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.echelon.contract.observation.ObservedWork;
import dev.echelon.watcher.domain.WorkReading.Expected;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WorkReadingTest {

    private static final Expected NOTHING = new Expected.Values(List.of());
    private static final Expected READY = new Expected.Values(List.of(new ExpectedValue(1, "isReady", "True")));

    @ParameterizedTest(name = "Applied {0}, Available {1}: {2}")
    @CsvSource({"True, True, true", "True, False, false", "Unknown, True, false", "True, , false", ", , false"})
    void aWorkIsCompleteWhenItIsAppliedAndAvailable(String applied, String available, boolean complete) {
        assertThat(WorkReading.read(status(applied, available, List.of()), NOTHING, false).complete())
                .isEqualTo(complete);
    }

    @Test
    void aWorkWithoutStatusIsNotComplete() {
        assertThat(WorkReading.read(Map.of(), NOTHING, true)).isEqualTo(new ObservedWork(false, true, "", Map.of()));
    }

    @ParameterizedTest(name = "{0}={1}: {2} is expected, {3}")
    @CsvSource({
        "String, True, True, true",
        "String, true, True, false",
        "Boolean, true, true, true",
        "Integer, 3, 3, true",
        "Integer, 3, 03, false",
        "JsonRaw, '{\"a\":1}', '{\"a\":1}', true",
        "Float, 1, 1, false"
    })
    void aFeedbackValueIsComparedAsTextByItsType(String type, String value, String expected, boolean complete) {
        Object typed = switch (type) {
            case "Boolean" -> Boolean.valueOf(value);
            case "Integer" -> Integer.valueOf(value);
            default -> value;
        };
        String field = type.substring(0, 1).toLowerCase() + type.substring(1);
        Map<String, Object> status = status("True", "True", List.of(
                manifest(0, "True", "String", "string", "elsewhere"), manifest(1, "True", type, field, typed)));

        assertThat(WorkReading.read(
                                status,
                                new Expected.Values(List.of(new ExpectedValue(1, "isReady", expected))),
                                false)
                        .complete())
                .isEqualTo(complete);
    }

    @Test
    void theManifestIsFoundByItsOrdinalAndHasToHaveSyncedItsFeedback() {
        Map<String, Object> first = manifest(1, "True", "String", "string", "True");
        Map<String, Object> second = manifest(0, "True", "String", "string", "False");
        assertThat(WorkReading.read(status("True", "True", List.of(first, second)), READY, false).complete()).isTrue();
        assertThat(WorkReading.read(status("True", "True", List.of(second)), READY, false).complete()).isFalse();

        Map<String, Object> stale = manifest(1, "False", "String", "string", "True");
        assertThat(WorkReading.read(status("True", "True", List.of(stale)), READY, false).complete()).isFalse();
    }

    @Test
    void expectedValuesThatCannotBeReadAreAProblemAndNothingIsComplete() {
        ObservedWork work = WorkReading.read(
                status("True", "True", List.of()), new Expected.Unreadable("no JSON"), false);

        assertThat(work).isEqualTo(new ObservedWork(false, false, "no JSON", Map.of()));
    }

    @Test
    void theStatusKeepsWhatShowsWhatIsWrong() {
        Map<String, Object> ready = manifest(0, "True", "String", "string", "x");
        Map<String, Object> broken = manifest(1, "False", "String", "string", "x");

        Map<String, Object> trimmed =
                WorkReading.read(status("True", "False", List.of(ready, broken)), NOTHING, false).status();

        assertThat(trimmed).isEqualTo(Map.of("manifests", List.of(
                Map.of(
                        "resourceMeta", Map.of("ordinal", 0),
                        "conditions", List.of(condition("Applied", "True")),
                        "statusFeedback", ready.get("statusFeedback")),
                Map.of("resourceMeta", Map.of("ordinal", 1), "conditions", broken.get("conditions")))));
    }

    @Test
    void aStatusOfAnyFormIsRead() {
        for (Object odd : List.of("text", 1, List.of("text"), Map.of("manifests", "text"))) {
            assertThat(WorkReading.read(Map.of("conditions", odd, "resourceStatus", odd), READY, false).complete())
                    .isFalse();
        }
    }

    private static Map<String, Object> status(String applied, String available, List<Map<String, Object>> manifests) {
        List<Map<String, String>> conditions = new ArrayList<>();
        if (applied != null) {
            conditions.add(condition("Applied", applied));
        }
        if (available != null) {
            conditions.add(condition("Available", available));
        }
        return Map.of("conditions", conditions, "resourceStatus", Map.of("manifests", manifests));
    }

    private static Map<String, Object> manifest(int ordinal, String fedBack, String type, String field, Object value) {
        return Map.of(
                "resourceMeta", Map.of("ordinal", ordinal),
                "conditions", List.of(
                        condition("Applied", "True"),
                        condition("Available", "True"),
                        condition("StatusFeedbackSynced", fedBack)),
                "statusFeedback", Map.of("values", List.of(
                        Map.of("name", "isReady", "fieldValue", Map.of("type", type, field, value)))));
    }

    private static Map<String, String> condition(String type, String status) {
        return Map.of("type", type, "status", status);
    }
}

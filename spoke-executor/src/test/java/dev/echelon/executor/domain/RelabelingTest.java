package dev.echelon.executor.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.echelon.contract.CguId;
import dev.echelon.contract.intent.Intent;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Contract 8, "Per cluster". */
class RelabelingTest {

    @Test
    void onlyWhatIsNotSoIsChangedAndRemovalWinsOverAddition() {
        Intent.Relabel intent = intent(
                Map.of("same", "1", "other", "new", "empty", "", "both", "x"), List.of("both", "gone", "never"),
                Map.of("note", "n"), List.of("old"));

        assertThat(Relabeling.change(intent, cluster(
                Map.of("same", "1", "other", "old", "both", "y", "gone", "z", "kept", "k"), Map.of("old", "o"))))
                .contains(new Change.Relabel("sno1", Map.of("other", "new", "empty", ""), Set.of("both", "gone"),
                        Map.of("note", "n"), Set.of("old")));
    }

    @Test
    void aClusterThatIsRightOrNoneIsLeftAlone() {
        Intent.Relabel intent = intent(Map.of("a", "1"), List.of("b"), Map.of("c", ""), List.of());

        assertThat(Relabeling.change(intent, cluster(Map.of("a", "1"), Map.of("c", "", "d", "x")))).isEmpty();
        assertThat(Relabeling.change(intent, Optional.empty())).isEmpty();
    }

    private static Intent.Relabel intent(Map<String, String> labels, List<String> noLabels,
            Map<String, String> annotations, List<String> noAnnotations) {
        return new Intent.Relabel(new CguId("upgrades", "du"), "id", "sno1", false, labels, noLabels, annotations,
                noAnnotations);
    }

    private static Optional<SeenObject> cluster(Map<String, String> labels, Map<String, String> annotations) {
        return Optional.of(new SeenObject(
                HubKind.CLUSTER, "", "sno1", "uid", "1", false, labels, annotations, Map.of()));
    }
}

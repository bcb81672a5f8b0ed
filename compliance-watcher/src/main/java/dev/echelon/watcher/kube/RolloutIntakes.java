package dev.echelon.watcher.kube;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import dev.echelon.contract.CguId;
import dev.echelon.contract.Json;
import dev.echelon.watcher.domain.ExpectedValue;
import dev.echelon.watcher.domain.HubChange;
import dev.echelon.watcher.domain.PolicyKey;
import dev.echelon.watcher.domain.WorkReading;
import dev.echelon.watcher.domain.WorkReading.Expected;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** The objects that rollouts made, as far as they are looked at: manifest works and placements. */
final class RolloutIntakes {

    static final String EXPECTED_VALUES = "openshift-cluster-group-upgrades/expectedValues";

    private static final ObjectReader JSON =
            Json.mapper().reader().with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private RolloutIntakes() {}

    static Intake<HubManifestWork> works(Consumer<HubChange> changes) {
        return new OwnedIntake<>(
                changes,
                RolloutIntakes::work,
                (key, owner) -> new HubChange.WorkGone(key.namespace(), key.name(), owner));
    }

    static Intake<HubPlacement> placements(Consumer<HubChange> changes) {
        return new OwnedIntake<>(changes, RolloutIntakes::placement, HubChange.PlacementGone::new);
    }

    private static HubChange work(HubManifestWork work, PolicyKey key, CguId owner) {
        Map<String, String> annotations = work.getMetadata().getAnnotations();
        return new HubChange.WorkSeen(
                key.namespace(),
                key.name(),
                owner,
                WorkReading.read(
                        work.getStatus() == null ? Map.of() : work.getStatus(),
                        expected(annotations == null ? "" : annotations.getOrDefault(EXPECTED_VALUES, "")),
                        work.getMetadata().getDeletionTimestamp() != null));
    }

    private static Expected expected(String annotation) {
        if (annotation.isEmpty()) {
            return new Expected.Values(List.of());
        }
        try {
            JsonNode list = JSON.readTree(annotation);
            if (list.isNull()) {
                return new Expected.Values(List.of());
            }
            if (!list.isArray()) {
                return unreadable("expected a list");
            }
            List<ExpectedValue> values = new ArrayList<>();
            for (JsonNode entry : list) {
                JsonNode manifest = entry.path("manifestIndex");
                JsonNode name = entry.path("name");
                JsonNode value = entry.path("value");
                if (!entry.isObject()
                        || !isAbsentOr(manifest, manifest.canConvertToInt() && manifest.isIntegralNumber())
                        || !isAbsentOr(name, name.isTextual())
                        || !isAbsentOr(value, value.isTextual())) {
                    return unreadable("expected a number manifestIndex and texts name and value in " + entry);
                }
                values.add(new ExpectedValue(manifest.asInt(), name.asText(""), value.asText("")));
            }
            return new Expected.Values(values);
        } catch (JsonProcessingException e) {
            return unreadable(e.getOriginalMessage());
        }
    }

    private static boolean isAbsentOr(JsonNode value, boolean fits) {
        return fits || value.isMissingNode() || value.isNull();
    }

    private static Expected unreadable(String reason) {
        return new Expected.Unreadable("annotation " + EXPECTED_VALUES + " is not valid: " + reason);
    }

    private static HubChange placement(HubPlacement placement, PolicyKey key, CguId owner) {
        Optional<String> problem = placement.getStatus() == null
                ? Optional.empty()
                : placement.getStatus().conditions().stream()
                        .filter(condition -> "PlacementSatisfied".equals(condition.type())
                                && "False".equals(condition.status())
                                && "NoManagedClusterSetBindings".equals(condition.reason()))
                        .map(condition -> condition.message() == null ? "" : condition.message())
                        .findFirst();
        return new HubChange.PlacementSeen(key, owner, problem);
    }
}

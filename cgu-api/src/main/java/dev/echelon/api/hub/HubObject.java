package dev.echelon.api.hub;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.echelon.api.domain.HubRules;
import dev.echelon.api.domain.MergeDiff;
import dev.echelon.api.domain.Wanted;
import dev.echelon.contract.CguId;
import dev.echelon.contract.Json;
import dev.echelon.contract.resource.CguStatus;
import dev.echelon.contract.resource.ClusterGroupUpgrade;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * A CR as the hub has it, and the patches that change it.
 *
 * @param tree as it came
 * @param cgu the same, read
 */
record HubObject(ObjectNode tree, ClusterGroupUpgrade cgu) {

    /** Under this name Echelon's own writes stand in the CR's managed fields. */
    static final String FIELD_MANAGER = "echelon-cgu-api";

    /** @throws IllegalArgumentException when it is not a ClusterGroupUpgrade that this version can read */
    static HubObject of(ObjectNode tree) {
        return new HubObject(tree, Json.fromTree(tree, ClusterGroupUpgrade.class));
    }

    CguId id() {
        return cgu.id();
    }

    String uid() {
        return cgu.metadata().uid();
    }

    String resourceVersion() {
        return cgu.metadata().resourceVersion();
    }

    CguStatus status() {
        return cgu.status();
    }

    /**
     * The status of a rollout that somebody has begun; empty where nobody has. A {@linkplain Refusal refusal} says
     * nothing of a rollout.
     */
    Optional<CguStatus> begun() {
        CguStatus status = status();
        CguStatus told = new CguStatus(
                status.backup(),
                status.clusters(),
                status.computedMaxConcurrency(),
                status.conditions().stream().filter(condition -> !Refusal.isOne(condition)).toList(),
                status.copiedPolicies(),
                status.managedPoliciesCompliantBeforeUpgrade(),
                status.managedPoliciesContent(),
                status.managedPoliciesForUpgrade(),
                status.managedPoliciesNs(),
                status.placementBindings(),
                status.placements(),
                status.precaching(),
                status.remediationPlan(),
                status.safeResourceNames(),
                status.status());
        return told.equals(CguStatus.EMPTY) ? Optional.empty() : Optional.of(told);
    }

    String stamp() {
        return cgu.metadata().annotations().getOrDefault(Wanted.MIRRORED, "");
    }

    boolean isDeleting() {
        return cgu.metadata().deletionTimestamp() != null;
    }

    HubRules.OnHub facts() {
        return new HubRules.OnHub(
                uid(),
                cgu.metadata().creationTimestamp(),
                Wanted.of(cgu),
                stamp(),
                cgu.metadata().finalizers().contains(ClusterGroupUpgrade.FINALIZER),
                isDeleting(),
                begun().isPresent());
    }

    /** Whether this is what the hub had before {@code other}. A real API server's versions grow. */
    boolean isOlderThan(HubObject other) {
        try {
            return uid().equals(other.uid())
                    && Long.parseLong(resourceVersion()) < Long.parseLong(other.resourceVersion());
        } catch (NumberFormatException e) {
            return false;
        }
    }

    /** Who last changed more than the status, as far as the hub tells; empty when it does not. */
    Optional<String> lastEditor() {
        String found = "";
        Instant newest = Instant.MIN;
        for (JsonNode entry : tree.at("/metadata/managedFields")) {
            String manager = entry.path("manager").asText();
            Instant time = instant(entry.path("time").asText());
            boolean edit = entry.path("subresource").asText().isEmpty() && !manager.equals(FIELD_MANAGER);
            if (edit && !time.isBefore(newest)) {
                newest = time;
                found = manager;
            }
        }
        return Optional.of(found).filter(manager -> !manager.isEmpty());
    }

    private static Instant instant(String text) {
        try {
            return Instant.parse(text);
        } catch (java.time.format.DateTimeParseException e) {
            return Instant.EPOCH;
        }
    }

    /** Puts the finalizer on, provided that nothing has changed, and the stamp where one is given. */
    ObjectNode holding(String stamp) {
        ObjectNode patch = versioned();
        ArrayNode finalizers = metadata(patch).putArray("finalizers");
        cgu.metadata().finalizers().forEach(finalizers::add);
        finalizers.add(ClusterGroupUpgrade.FINALIZER);
        if (!stamp.isEmpty()) {
            metadata(patch).putObject("annotations").put(Wanted.MIRRORED, stamp);
        }
        return patch;
    }

    /** Takes the finalizer off, provided that nothing has changed. */
    ObjectNode releasing() {
        ObjectNode patch = versioned();
        ArrayNode finalizers = metadata(patch).putArray("finalizers");
        cgu.metadata().finalizers().stream()
                .filter(finalizer -> !finalizer.equals(ClusterGroupUpgrade.FINALIZER))
                .forEach(finalizers::add);
        return patch;
    }

    /** Only writes the stamp. */
    ObjectNode stamping(String stamp) {
        ObjectNode patch = Json.mapper().createObjectNode();
        patch.putObject("metadata").putObject("annotations").put(Wanted.MIRRORED, stamp);
        return patch;
    }

    /** Makes spec, labels and annotations what is wanted, provided that nothing has changed, and writes the stamp. */
    ObjectNode writing(Wanted wanted) {
        ObjectNode patch = versioned();
        ObjectNode metadata = metadata(patch);
        ObjectNode labels = MergeDiff.between(texts(cgu.metadata().labels()), texts(wanted.labels()));
        if (!labels.isEmpty()) {
            metadata.set("labels", labels);
        }
        ObjectNode annotations = MergeDiff.between(texts(Wanted.of(cgu).annotations()), texts(wanted.annotations()));
        annotations.put(Wanted.MIRRORED, wanted.fingerprint());
        metadata.set("annotations", annotations);
        ObjectNode spec = MergeDiff.between(tree.path("spec"), Json.toTree(wanted.spec()));
        if (!spec.isEmpty()) {
            patch.set("spec", spec);
        }
        return patch;
    }

    /** Makes the status what is given, provided that it is still the same object. */
    ObjectNode showing(CguStatus status) {
        ObjectNode patch = Json.mapper().createObjectNode();
        patch.putObject("metadata").put("uid", uid());
        JsonNode shown = tree.path("status").isObject() ? tree.path("status") : Json.mapper().createObjectNode();
        patch.set("status", MergeDiff.between(shown, Json.toTree(status)));
        return patch;
    }

    /** A CR that is not there yet: held, and stamped. */
    static ObjectNode fresh(CguId id, Wanted wanted) {
        ObjectNode cr = Json.mapper().createObjectNode();
        cr.put("apiVersion", ClusterGroupUpgrade.API_VERSION).put("kind", ClusterGroupUpgrade.KIND);
        ObjectNode metadata = cr.putObject("metadata");
        metadata.put("name", id.name()).put("namespace", id.namespace());
        metadata.set("labels", texts(wanted.labels()));
        ObjectNode annotations = texts(wanted.annotations());
        annotations.put(Wanted.MIRRORED, wanted.fingerprint());
        metadata.set("annotations", annotations);
        metadata.putArray("finalizers").add(ClusterGroupUpgrade.FINALIZER);
        cr.set("spec", Json.<ObjectNode>toTree(wanted.spec()));
        return cr;
    }

    private ObjectNode versioned() {
        ObjectNode patch = Json.mapper().createObjectNode();
        patch.putObject("metadata").put("resourceVersion", resourceVersion());
        return patch;
    }

    private static ObjectNode metadata(ObjectNode patch) {
        return (ObjectNode) patch.get("metadata");
    }

    private static ObjectNode texts(Map<String, String> map) {
        ObjectNode node = Json.mapper().createObjectNode();
        map.forEach(node::put);
        return node;
    }
}

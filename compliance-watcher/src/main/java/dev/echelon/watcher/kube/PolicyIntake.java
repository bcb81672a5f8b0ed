package dev.echelon.watcher.kube;

import dev.echelon.watcher.domain.ComplianceReading;
import dev.echelon.watcher.domain.HubChange;
import dev.echelon.watcher.domain.PolicyInspection;
import dev.echelon.watcher.domain.PolicyInspection.Yaml;
import dev.echelon.watcher.domain.PolicyKey;
import dev.echelon.watcher.domain.Replica;
import dev.echelon.watcher.domain.RootPolicyReading;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Policies, root and replicated, which one watch serves. A spec is read when the generation is a new one: a status that
 * changes, which is nearly all that happens to a policy, costs reading the status of a root and nothing of a replica.
 */
final class PolicyIntake implements Intake<HubPolicy> {

    /** What is remembered of a policy, to know what is news and what is gone. */
    private sealed interface Known {

        record Root(String uid, Long generation, PolicyInspection inspection) implements Known {}

        record Replicated(String uid, Long generation, PolicyKey root) implements Known {}
    }

    private final Map<PolicyKey, Known> known = new HashMap<>();
    private final Consumer<HubChange> changes;
    private final Yaml yaml;

    PolicyIntake(Consumer<HubChange> changes, Yaml yaml) {
        this.changes = changes;
        this.yaml = yaml;
    }

    @Override
    public void seen(HubPolicy policy) {
        ObjectMeta metadata = policy.getMetadata();
        PolicyKey key = new PolicyKey(metadata.getNamespace(), metadata.getName());
        Map<String, String> labels = metadata.getLabels() == null ? Map.of() : metadata.getLabels();
        Map<String, Object> spec = policy.getSpec() == null ? Map.of() : policy.getSpec();
        if (!Replica.isReplicated(labels)) {
            root(key, metadata, spec, policy.getStatus());
            return;
        }
        Optional<PolicyKey> root = Replica.rootOf(metadata.getName(), labels);
        if (root.isPresent()) {
            replica(key, metadata, root.get(), spec);
        } else {
            gone(key.namespace(), key.name());
        }
    }

    @Override
    public void gone(String namespace, String name) {
        PolicyKey key = new PolicyKey(namespace, name);
        switch (known.remove(key)) {
            case Known.Root root -> changes.accept(new HubChange.RootPolicyGone(key));
            case Known.Replicated replica -> changes.accept(new HubChange.ReplicaGone(namespace, replica.root()));
            case null -> {}
        }
    }

    private void root(PolicyKey key, ObjectMeta metadata, Map<String, Object> spec, HubPolicy.Status status) {
        PolicyInspection inspection = switch (known.get(key)) {
            case Known.Root(String uid, Long generation, PolicyInspection before)
                    when isSame(uid, generation, metadata) -> before;
            case Known.Replicated replica -> {
                gone(key.namespace(), key.name());
                yield PolicyInspection.inspect(spec, yaml);
            }
            case null, default -> PolicyInspection.inspect(spec, yaml);
        };
        known.put(key, new Known.Root(metadata.getUid(), metadata.getGeneration(), inspection));
        String soak = metadata.getAnnotations() == null
                ? null
                : metadata.getAnnotations().get(RootPolicyReading.SOAK_ANNOTATION);
        changes.accept(new HubChange.RootPolicySeen(
                key, new RootPolicyReading(inspection, RootPolicyReading.soakSeconds(soak), compliance(status))));
    }

    private void replica(PolicyKey key, ObjectMeta metadata, PolicyKey root, Map<String, Object> spec) {
        switch (known.get(key)) {
            case Known.Replicated(String uid, Long generation, PolicyKey before)
                    when isSame(uid, generation, metadata) && before.equals(root) -> {
                return;
            }
            case Known.Root was -> gone(key.namespace(), key.name());
            case null, default -> {}
        }
        known.put(key, new Known.Replicated(metadata.getUid(), metadata.getGeneration(), root));
        changes.accept(new HubChange.ReplicaSeen(Replica.read(key.namespace(), root, spec)));
    }

    private static boolean isSame(String uid, Long generation, ObjectMeta metadata) {
        return generation != null && generation.equals(metadata.getGeneration()) && uid.equals(metadata.getUid());
    }

    private static ComplianceReading compliance(HubPolicy.Status status) {
        if (status == null || status.status() == null) {
            return ComplianceReading.unknown();
        }
        List<ComplianceReading.Entry> entries = status.status().stream()
                .map(entry -> new ComplianceReading.Entry(entry.clustername(), entry.compliant()))
                .toList();
        return ComplianceReading.read(entries);
    }
}

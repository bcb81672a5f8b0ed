package dev.echelon.watcher.kube;

import dev.echelon.watcher.domain.HubChange;
import dev.echelon.watcher.domain.PolicyKey;
import dev.echelon.watcher.domain.Replica;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** PlacementBindings, of which those matter that enforce policies and were not made by a rollout. */
final class BindingIntake implements Intake<HubPlacementBinding> {

    private final Consumer<HubChange> changes;

    BindingIntake(Consumer<HubChange> changes) {
        this.changes = changes;
    }

    @Override
    public void seen(HubPlacementBinding binding) {
        changes.accept(new HubChange.BindingSeen(
                new PolicyKey(binding.getMetadata().getNamespace(), binding.getMetadata().getName()),
                enforced(binding)));
    }

    @Override
    public void gone(String namespace, String name) {
        changes.accept(new HubChange.BindingGone(new PolicyKey(namespace, name)));
    }

    private static Set<String> enforced(HubPlacementBinding binding) {
        Map<String, String> labels = binding.getMetadata().getLabels();
        boolean enforces = binding.getBindingOverrides() != null
                && "enforce".equalsIgnoreCase(binding.getBindingOverrides().remediationAction());
        if (!enforces || labels != null && labels.containsKey(Replica.ROLLOUT_LABEL)) {
            return Set.of();
        }
        List<HubPlacementBinding.Subject> subjects =
                binding.getSubjects() == null ? List.of() : binding.getSubjects();
        return subjects.stream()
                .filter(subject -> "Policy".equals(subject.kind()) && subject.name() != null)
                .map(HubPlacementBinding.Subject::name)
                .collect(Collectors.toSet());
    }
}

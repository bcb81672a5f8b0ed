package dev.echelon.executor;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Spokes that answer at once: carries out ManagedClusterActions on a set of names for each cluster and keeps
 * ManagedClusterViews up to date. A job runs until somebody looks at it, and has succeeded when it is looked at again.
 */
final class FakeFleet implements AutoCloseable {

    private final TestHub hub;
    private final Map<String, Spoke> spokes = new ConcurrentHashMap<>();
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();

    private static final class Spoke {
        private final Set<String> objects = ConcurrentHashMap.newKeySet();
        private final Map<String, GenericKubernetesResource> views = new ConcurrentHashMap<>();
        /** The last answer to each view, so that nothing is said twice. */
        private final Map<String, String> answers = new ConcurrentHashMap<>();
        private final ReentrantLock lock = new ReentrantLock();
    }

    FakeFleet(TestHub hub) {
        this.hub = hub;
        watch(TestHub.ACTIONS, this::carryOut, _ -> {});
        watch(TestHub.VIEWS, this::answer, this::forget);
    }

    private void watch(
            ResourceDefinitionContext kind,
            java.util.function.Consumer<GenericKubernetesResource> added,
            java.util.function.Consumer<GenericKubernetesResource> deleted) {
        hub.client().genericKubernetesResources(kind).inAnyNamespace().inform(new ResourceEventHandler<>() {
            @Override
            public void onAdd(GenericKubernetesResource object) {
                executor.execute(() -> added.accept(object));
            }

            @Override
            public void onUpdate(GenericKubernetesResource before, GenericKubernetesResource object) {}

            @Override
            public void onDelete(GenericKubernetesResource object, boolean finalStateUnknown) {
                deleted.accept(object);
            }
        });
    }

    private void carryOut(GenericKubernetesResource action) {
        String cluster = action.getMetadata().getNamespace();
        Spoke spoke = spokes.computeIfAbsent(cluster, _ -> new Spoke());
        String resource = action.get("spec", "kube", "resource");
        spoke.lock.lock();
        try {
            if ("Delete".equals(action.get("spec", "actionType"))) {
                String name = action.get("spec", "kube", "name");
                spoke.objects.remove(name);
                if (resource.equals("namespace")) {
                    spoke.objects.removeIf(object -> object.startsWith(name + "/"));
                }
            } else {
                String namespace = action.get("spec", "kube", "template", "metadata", "namespace");
                String name = action.get("spec", "kube", "template", "metadata", "name");
                spoke.objects.add(namespace == null ? name : namespace + "/" + resource + "/" + name);
            }
            status(TestHub.ACTIONS, action, """
                    {"status": {"conditions": [{"type": "Completed", "status": "True", "reason": "ActionDone",
                      "message": "done", "lastTransitionTime": "2026-01-01T00:00:00Z"}]}}""");
            spoke.views.values().forEach(view -> look(spoke, view));
        } finally {
            spoke.lock.unlock();
        }
    }

    private void answer(GenericKubernetesResource view) {
        Spoke spoke = spokes.computeIfAbsent(view.getMetadata().getNamespace(), _ -> new Spoke());
        spoke.lock.lock();
        try {
            spoke.views.put(view.getMetadata().getName(), view);
            look(spoke, view);
        } finally {
            spoke.lock.unlock();
        }
    }

    private void forget(GenericKubernetesResource view) {
        Spoke spoke = spokes.get(view.getMetadata().getNamespace());
        if (spoke != null) {
            spoke.views.computeIfPresent(view.getMetadata().getName(), (_, known) ->
                    known.getMetadata().getUid().equals(view.getMetadata().getUid()) ? null : known);
        }
    }

    private void look(Spoke spoke, GenericKubernetesResource view) {
        String namespace = view.get("spec", "scope", "namespace");
        String resource = view.get("spec", "scope", "resource");
        String name = view.get("spec", "scope", "name");
        String singular = resource.endsWith("s") ? resource.substring(0, resource.length() - 1) : resource;
        String key = namespace == null ? name : namespace + "/" + singular + "/" + name;
        boolean there = spoke.objects.contains(key);
        boolean job = singular.equals("job");
        String answer = view.getMetadata().getUid() + " " + there;
        if (answer.equals(spoke.answers.put(view.getMetadata().getName(), answer))) {
            return;
        }
        status(TestHub.VIEWS, view, there ? found(name, job ? "{\"active\": 1}" : "{}") : """
                {"status": {"conditions": [{"type": "Processing", "status": "False", "reason": "GetResourceFailed",
                  "message": "%s \\"%s\\" not found", "lastTransitionTime": "2026-01-01T00:00:00Z"}]}}"""
                .formatted(resource, name));
        if (there && job) {
            executor.execute(() -> status(TestHub.VIEWS, view, found(name, "{\"active\": null, \"succeeded\": 1}")));
        }
    }

    private static String found(String name, String status) {
        return """
                {"status": {"conditions": [{"type": "Processing", "status": "True", "reason": "GetResourceProcessing",
                  "message": "ok", "lastTransitionTime": "2026-01-01T00:00:00Z"}],
                  "result": {"apiVersion": "v1", "kind": "Any", "metadata": {"name": "%s", "uid": "1"},
                    "status": %s}}}"""
                .formatted(name, status);
    }

    private void status(ResourceDefinitionContext kind, GenericKubernetesResource object, String status) {
        // 404: the executor has deleted it meanwhile.
        hub.patchStatus(kind, object.getMetadata().getNamespace(), object.getMetadata().getName(), status);
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}

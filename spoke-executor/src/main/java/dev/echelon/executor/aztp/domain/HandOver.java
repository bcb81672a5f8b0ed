package dev.echelon.executor.aztp.domain;

import dev.echelon.executor.domain.Trees;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * What a cluster that is being installed is given of its policies (ZTP contract 8): the installer applies some objects
 * itself; the others are wrapped in an inner ConfigMap, which the Job on the cluster applies later.
 */
public final class HandOver {

    /** What the installer can apply, as kind and group. */
    private static final Set<String> DIRECT = Set.of(
            "PerformanceProfile.performance.openshift.io",
            "Tuned.tuned.openshift.io",
            "Namespace.",
            "CatalogSource.operators.coreos.com",
            "ContainerRuntimeConfig.machineconfiguration.openshift.io");
    private static final String SUBSCRIPTION = "Subscription.operators.coreos.com";

    private final AztpSettings settings;
    private final Function<Map<String, Object>, String> yaml;

    /** @param yaml writes an object as YAML; keys come to it in order */
    public HandOver(AztpSettings settings, Function<Map<String, Object>, String> yaml) {
        this.settings = settings;
        this.yaml = yaml;
    }

    /** The name of the ConfigMap, which lies in the cluster's namespace on the hub. */
    public static String nameFor(String cluster) {
        return cluster + "-aztp";
    }

    /**
     * The content of the ConfigMap. The same input gives the same text.
     *
     * @param children the cluster's child policies in the order of the list, at least one
     * @throws AztpException when a policy cannot be read or no image is configured
     */
    public Map<String, String> content(AcceleratedCluster cluster, List<ChildPolicy> children) {
        List<Map<String, Object>> direct = new ArrayList<>();
        List<Map<String, Object>> wrapped = new ArrayList<>();
        for (ChildPolicy policy : children) {
            for (Map<String, Object> object : policy.objects()) {
                String kind = groupKind(object);
                if (object.containsKey("spec") || kind.equals("Namespace.")) {
                    Map<String, Object> fresh = new LinkedHashMap<>(object);
                    fresh.put("status", Map.of());
                    if (kind.equals(SUBSCRIPTION)) {
                        fresh.put("spec", approvedByItself(Trees.map(object.get("spec"))));
                    }
                    (DIRECT.contains(kind) ? direct : wrapped).add(fresh);
                }
            }
        }
        if (!wrapped.isEmpty()) {
            direct.add(inner(texts(wrapped)));
        }
        if (settings.image().isEmpty()) {
            throw new AztpException("can't retrieve aztp image pull spec");
        }
        direct.addAll(JobManifests.of(settings, cluster.wantsJob()));
        return texts(direct);
    }

    private static Map<String, Object> approvedByItself(Map<String, Object> subscription) {
        Map<String, Object> spec = new LinkedHashMap<>(subscription);
        spec.put("installPlanApproval", "Automatic");
        return spec;
    }

    private Map<String, Object> inner(Map<String, String> data) {
        return Map.of(
                "apiVersion", "v1",
                "kind", "ConfigMap",
                "metadata", Map.of("name", settings.innerName(), "namespace", settings.innerNamespace()),
                "data", data);
    }

    private Map<String, String> texts(List<Map<String, Object>> objects) {
        Map<String, String> texts = new TreeMap<>();
        objects.forEach(object -> texts.put(key(object), yaml.apply(Trees.map(ordered(object)))));
        return texts;
    }

    private static String key(Map<String, Object> object) {
        Map<String, Object> metadata = Trees.map(object.get("metadata"));
        String name = object.get("kind") + "-" + metadata.getOrDefault("namespace", "") + "-"
                + metadata.getOrDefault("name", "") + ".yaml";
        return name.toLowerCase(Locale.ROOT);
    }

    /** {@code kind.group}; nothing after the dot for the core group. */
    private static String groupKind(Map<String, Object> object) {
        String apiVersion = String.valueOf(object.get("apiVersion"));
        int slash = apiVersion.indexOf('/');
        return object.get("kind") + "." + (slash < 0 ? "" : apiVersion.substring(0, slash));
    }

    private static Object ordered(Object value) {
        return switch (value) {
            case Map<?, ?> map -> {
                Map<String, Object> sorted = new TreeMap<>();
                map.forEach((key, element) -> sorted.put(String.valueOf(key), ordered(element)));
                yield sorted;
            }
            case List<?> list -> list.stream().map(HandOver::ordered).toList();
            case null, default -> value;
        };
    }
}

package dev.echelon.kubeapi;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** All kinds served, immutable; a change makes another catalog. */
record Catalog(Map<String, Map<String, Served>> byVersion) {
    static final Catalog EMPTY = new Catalog(Map.of());

    Catalog with(Served served) {
        Map<String, Map<String, Served>> all = new LinkedHashMap<>(byVersion);
        Map<String, Served> kinds = new LinkedHashMap<>(all.getOrDefault(served.kind().apiVersion(), Map.of()));
        kinds.put(served.kind().plural(), served);
        all.put(served.kind().apiVersion(), kinds);
        return new Catalog(all);
    }

    Catalog without(ResourceKind kind) {
        Map<String, Map<String, Served>> all = new LinkedHashMap<>(byVersion);
        Map<String, Served> kinds = new LinkedHashMap<>(all.getOrDefault(kind.apiVersion(), Map.of()));
        kinds.remove(kind.plural());
        if (kinds.isEmpty()) {
            all.remove(kind.apiVersion());
        } else {
            all.put(kind.apiVersion(), kinds);
        }
        return new Catalog(all);
    }

    Optional<Served> find(String apiVersion, String plural) {
        return Optional.ofNullable(byVersion.getOrDefault(apiVersion, Map.of()).get(plural));
    }

    /** The kinds of one API version, in the order in which they were added; empty where it is not served. */
    List<Served> of(String apiVersion) {
        return List.copyOf(byVersion.getOrDefault(apiVersion, Map.of()).values());
    }

    /** The named groups, sorted; the core group is not among them. */
    List<String> groups() {
        TreeSet<String> groups = new TreeSet<>();
        byVersion.keySet().stream().filter(v -> v.contains("/"))
                .forEach(v -> groups.add(v.substring(0, v.indexOf('/'))));
        return List.copyOf(groups);
    }

    /** The versions of a group as {@code group/version}, the preferred one first. */
    List<String> versions(String group) {
        return byVersion.keySet().stream()
                .filter(v -> group.isEmpty() ? !v.contains("/") : v.startsWith(group + "/"))
                .sorted(Catalog::byMaturity).toList();
    }

    /** As Kubernetes orders versions: v2, v1, v1beta1, v1alpha1. */
    private static int byMaturity(String left, String right) {
        String l = left.substring(left.indexOf('/') + 1);
        String r = right.substring(right.indexOf('/') + 1);
        int maturity = Integer.compare(rank(r), rank(l));
        return maturity != 0 ? maturity : r.compareTo(l);
    }

    private static int rank(String version) {
        return version.contains("alpha") ? 0 : version.contains("beta") ? 1 : 2;
    }
}

package dev.echelon.watcher.domain;

import dev.echelon.contract.CguId;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Who cares about what: the index that makes an event cost what it touches. It answers for a cluster, for a policy name
 * and for whatever else an upgrade can name which upgrades look at them.
 */
final class Interests {

    private final Map<CguId, Tracked> tracked = new HashMap<>();
    private final Map<String, Set<Tracked>> byCluster = new HashMap<>();
    private final Map<String, Set<Tracked>> byPolicyName = new HashMap<>();
    private final Map<Reference, Set<Tracked>> byReference = new HashMap<>();
    private final Set<Tracked> byLabels = new HashSet<>();

    Optional<Tracked> get(CguId cgu) {
        return Optional.ofNullable(tracked.get(cgu));
    }

    Collection<Tracked> all() {
        return tracked.values();
    }

    /** Starts to track, or goes on with another interest. The clusters are indexed by {@link #indexClusters}. */
    Tracked put(CguId cgu, Interest interest) {
        remove(cgu);
        Tracked entry = new Tracked(cgu, interest);
        tracked.put(cgu, entry);
        interest.policyNames().forEach(name -> add(byPolicyName, name, entry));
        interest.references().forEach(reference -> add(byReference, reference, entry));
        if (interest instanceof Interest.BeforeStart before && before.selector().looksAtLabels()) {
            byLabels.add(entry);
        }
        return entry;
    }

    void remove(CguId cgu) {
        Tracked entry = tracked.remove(cgu);
        if (entry != null) {
            entry.interest().policyNames().forEach(name -> take(byPolicyName, name, entry));
            entry.interest().references().forEach(reference -> take(byReference, reference, entry));
            entry.clusters().forEach(cluster -> take(byCluster, cluster, entry));
            byLabels.remove(entry);
        }
    }

    /** Says which clusters an upgrade looks at now. */
    void indexClusters(Tracked entry, Collection<String> clusters) {
        Set<String> before = entry.clusters();
        Set<String> after = new LinkedHashSet<>(clusters);
        if (after.equals(before)) {
            return;
        }
        before.stream().filter(cluster -> !after.contains(cluster)).forEach(cluster -> take(byCluster, cluster, entry));
        after.stream().filter(cluster -> !before.contains(cluster)).forEach(cluster -> add(byCluster, cluster, entry));
        entry.lookAt(after);
    }

    /** Upgrades that have the cluster in their selection or in their plan. */
    Set<Tracked> lookingAt(String cluster) {
        return byCluster.getOrDefault(cluster, Set.of());
    }

    /** Upgrades that have a policy of this name in their list. */
    Set<Tracked> lookingAtPolicy(String name) {
        return byPolicyName.getOrDefault(name, Set.of());
    }

    /** Upgrades before their start that name this. */
    Set<Tracked> naming(Reference reference) {
        return byReference.getOrDefault(reference, Set.of());
    }

    /** Upgrades before their start that select clusters by label. */
    Set<Tracked> lookingAtLabels() {
        return byLabels;
    }

    private static <K> void add(Map<K, Set<Tracked>> index, K key, Tracked entry) {
        index.computeIfAbsent(key, k -> new HashSet<>()).add(entry);
    }

    private static <K> void take(Map<K, Set<Tracked>> index, K key, Tracked entry) {
        index.computeIfPresent(key, (k, entries) -> {
            entries.remove(entry);
            return entries.isEmpty() ? null : entries;
        });
    }
}

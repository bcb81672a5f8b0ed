package dev.echelon.watcher.domain;

import dev.echelon.contract.observation.Compliance;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** What a root policy's status says of each cluster (contract 7.3). */
public sealed interface ComplianceReading {

    /** How the cluster stands to the policy. */
    Compliance of(String cluster);

    /** What a policy says that has no status yet. */
    static ComplianceReading unknown() {
        return new Unknown();
    }

    /** What changes for whom when this reading takes the place of an earlier one. */
    default Changed since(ComplianceReading earlier) {
        if (earlier instanceof Listed(var before) && this instanceof Listed(var after)) {
            Set<String> clusters = new HashSet<>();
            after.forEach((cluster, compliance) -> {
                if (before.get(cluster) != compliance) {
                    clusters.add(cluster);
                }
            });
            before.forEach((cluster, compliance) -> {
                if (!after.containsKey(cluster)) {
                    clusters.add(cluster);
                }
            });
            return new Changed(clusters, false);
        }
        // From or to "no status", which says something of every cluster there is.
        return new Changed(Set.of(), !equals(earlier));
    }

    /**
     * Clusters whose compliance is another one now.
     *
     * @param all whether it may be any cluster; {@code clusters} is empty then
     */
    record Changed(Set<String> clusters, boolean all) {
        public boolean nothing() {
            return !all && clusters.isEmpty();
        }
    }

    /** No status, or none that lists clusters: nobody is compliant. */
    record Unknown() implements ComplianceReading {
        @Override
        public Compliance of(String cluster) {
            return Compliance.NON_COMPLIANT;
        }
    }

    /**
     * A status that lists clusters.
     *
     * @param byCluster never {@link Compliance#NOT_MATCHED}: such clusters are absent
     */
    record Listed(Map<String, Compliance> byCluster) implements ComplianceReading {

        public Listed {
            Objects.requireNonNull(byCluster, "byCluster");
        }

        @Override
        public Compliance of(String cluster) {
            return byCluster.getOrDefault(cluster, Compliance.NOT_MATCHED);
        }
    }

    /**
     * Reads the entries of {@code status.status}. Of several entries for one cluster the first counts.
     *
     * @param entries null when the policy has no status or its status no list
     */
    static ComplianceReading read(List<Entry> entries) {
        if (entries == null) {
            return unknown();
        }
        Map<String, Compliance> byCluster = java.util.HashMap.newHashMap(entries.size());
        for (Entry entry : entries) {
            byCluster.putIfAbsent(entry.cluster(), entry.compliance());
        }
        byCluster.values().removeIf(Compliance.NOT_MATCHED::equals);
        return new Listed(byCluster);
    }

    /**
     * One entry of {@code status.status}.
     *
     * @param compliant the text; null or empty when it is missing
     */
    record Entry(String cluster, String compliant) {
        Compliance compliance() {
            return switch (compliant) {
                case null -> Compliance.NON_COMPLIANT;
                case "", "NonCompliant", "Pending" -> Compliance.NON_COMPLIANT;
                case "Compliant" -> Compliance.COMPLIANT;
                default -> Compliance.NOT_MATCHED;
            };
        }
    }
}

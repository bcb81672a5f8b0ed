package dev.echelon.watcher.kube;

import com.fasterxml.jackson.databind.JsonNode;
import dev.echelon.contract.Json;
import dev.echelon.contract.resource.PreCachingConfig;
import dev.echelon.watcher.domain.HubChange;
import dev.echelon.watcher.domain.PolicyKey;
import dev.echelon.watcher.domain.PrecacheConfigReading;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/** The objects that upgrades name, as far as they are looked at. */
final class NamedIntakes {

    private static final Logger LOG = Logger.getLogger(NamedIntakes.class);

    /** The name of the ConfigMap with the overrides of a namespace. */
    static final String OVERRIDES = "cluster-group-upgrade-overrides";

    /** The keys in it that count (contract 10.3). */
    private static final Set<String> KEYS =
            Set.of("operators.packagesAndChannels", "excludePrecachePatterns", "precache.spaceRequired");

    private NamedIntakes() {}

    static Intake<HubPreCachingConfig> configs(Consumer<HubChange> changes) {
        return new Named<>(
                changes,
                config -> new HubChange.ConfigSeen(key(config), read(config)),
                (namespace, name) -> new HubChange.ConfigGone(new PolicyKey(namespace, name)));
    }

    static Intake<ConfigMap> overrides(Consumer<HubChange> changes) {
        return new Named<>(
                changes,
                map -> new HubChange.OverridesSeen(map.getMetadata().getNamespace(), used(map)),
                (namespace, name) -> new HubChange.OverridesGone(namespace));
    }

    static Intake<HubManifestWorkReplicaSet> templates(Consumer<HubChange> changes) {
        return new Named<>(
                changes,
                template -> new HubChange.TemplateSeen(key(template), manifests(template.getSpec())),
                (namespace, name) -> new HubChange.TemplateGone(new PolicyKey(namespace, name)));
    }

    private record Named<T extends HasMetadata>(
            Consumer<HubChange> changes, Function<T, HubChange> reader, BiFunction<String, String, HubChange> whenGone)
            implements Intake<T> {

        @Override
        public void seen(T object) {
            changes.accept(reader.apply(object));
        }

        @Override
        public void gone(String namespace, String name) {
            changes.accept(whenGone.apply(namespace, name));
        }
    }

    private static PolicyKey key(HasMetadata object) {
        return new PolicyKey(object.getMetadata().getNamespace(), object.getMetadata().getName());
    }

    private static PrecacheConfigReading read(HubPreCachingConfig config) {
        try {
            JsonNode spec = Json.toTree(config.getSpec() == null ? Map.of() : config.getSpec());
            return PrecacheConfigReading.of(Json.fromTree(spec, PreCachingConfig.Spec.class));
        } catch (IllegalArgumentException e) {
            return PrecacheConfigReading.unreadable(config.getMetadata().getName(), "is malformed: " + e.getMessage());
        }
    }

    /** What counts of it; whoever still relies on it is told what has taken its place (contract 10.3). */
    private static Map<String, String> used(ConfigMap map) {
        Map<String, String> counting = counting(map.getData());
        if (!counting.isEmpty()) {
            LOG.warnf(
                    "the ConfigMap %s/%s is deprecated, use a PreCachingConfig (spec.preCachingConfigRef): keys=%s",
                    map.getMetadata().getNamespace(), OVERRIDES, new TreeSet<>(counting.keySet()));
        }
        return counting;
    }

    private static Map<String, String> counting(Map<String, String> data) {
        return data == null
                ? Map.of()
                : data.entrySet().stream()
                        .filter(entry -> KEYS.contains(entry.getKey()) && entry.getValue() != null)
                        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private static int manifests(HubManifestWorkReplicaSet.Spec spec) {
        return spec == null
                        || spec.manifestWorkTemplate() == null
                        || spec.manifestWorkTemplate().workload() == null
                        || spec.manifestWorkTemplate().workload().manifests() == null
                ? 0
                : spec.manifestWorkTemplate().workload().manifests().size();
    }
}

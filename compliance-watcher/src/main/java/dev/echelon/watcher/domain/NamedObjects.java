package dev.echelon.watcher.domain;

import dev.echelon.contract.observation.ObservedTemplate;
import dev.echelon.contract.observation.PrecacheInputs;
import dev.echelon.watcher.domain.HubChange.ConfigGone;
import dev.echelon.watcher.domain.HubChange.ConfigSeen;
import dev.echelon.watcher.domain.HubChange.OverridesGone;
import dev.echelon.watcher.domain.HubChange.OverridesSeen;
import dev.echelon.watcher.domain.HubChange.TemplateGone;
import dev.echelon.watcher.domain.HubChange.TemplateSeen;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** What the hub shows of objects that upgrades name: inputs of pre-caching, templates of manifest works. */
final class NamedObjects {

    private final Map<PolicyKey, PrecacheConfigReading> configs = new HashMap<>();
    private final Map<String, Map<String, String>> overrides = new HashMap<>();
    private final Map<PolicyKey, Integer> templates = new HashMap<>();

    /** @return what it is news of, if it is */
    Optional<Reference> apply(HubChange.OfNamed change) {
        return switch (change) {
            case ConfigSeen(PolicyKey config, PrecacheConfigReading reading) ->
                news(new Reference.Config(config), configs.put(config, reading), reading);
            case ConfigGone(PolicyKey config) -> news(new Reference.Config(config), configs.remove(config), null);
            case OverridesSeen(String namespace, Map<String, String> data) ->
                news(new Reference.Overrides(namespace), overrides.put(namespace, data), data);
            case OverridesGone(String namespace) ->
                news(new Reference.Overrides(namespace), overrides.remove(namespace), null);
            case TemplateSeen(PolicyKey template, int manifests) ->
                news(new Reference.Template(template), templates.put(template, manifests), manifests);
            case TemplateGone(PolicyKey template) ->
                news(new Reference.Template(template), templates.remove(template), null);
        };
    }

    /** Contract 10.3: what the hub adds to the policies. */
    PrecacheInputs precacheInputs(Precaching wanted) {
        PrecacheConfigReading config = wanted.config()
                .map(key -> configs.getOrDefault(key, PrecacheConfigReading.missing(key.name())))
                .orElse(new PrecacheConfigReading(null, ""));
        return new PrecacheInputs(
                config.error(), config.spec(), overrides.getOrDefault(wanted.namespace(), Map.of()));
    }

    /** Contract 13.1: whether a template is there. */
    ObservedTemplate template(PolicyKey template) {
        Integer manifests = templates.get(template);
        return new ObservedTemplate(template.name(), manifests != null, manifests == null ? 0 : manifests);
    }

    private static Optional<Reference> news(Reference of, Object before, Object after) {
        return Objects.equals(before, after) ? Optional.empty() : Optional.of(of);
    }
}

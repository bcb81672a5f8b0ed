package dev.echelon.contract.observation;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/**
 * An object that a policy wants on its clusters, as far as the rules look at it. Objects of other kinds, and objects
 * under {@code complianceType: mustnothave}, are not reported. Texts that are absent in the policy are empty.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = TemplateObject.ClusterVersion.class, name = "ClusterVersion"),
    @JsonSubTypes.Type(value = TemplateObject.Subscription.class, name = "Subscription"),
    @JsonSubTypes.Type(value = TemplateObject.CatalogSource.class, name = "CatalogSource")
})
public sealed interface TemplateObject {

    /** The platform's version (contract 3.5). */
    record ClusterVersion(String upstream, String channel, String version, String image) implements TemplateObject {
        public ClusterVersion {
            upstream = orEmpty(upstream);
            channel = orEmpty(channel);
            version = orEmpty(version);
            image = orEmpty(image);
        }
    }

    /** An operator's subscription (contract 3.7, 10.2): the object itself, and the package and channel it names. */
    record Subscription(String apiVersion, String namespace, String name, String packageName, String channel)
            implements TemplateObject {
        public Subscription {
            apiVersion = orEmpty(apiVersion);
            namespace = orEmpty(namespace);
            name = orEmpty(name);
            packageName = orEmpty(packageName);
            channel = orEmpty(channel);
        }
    }

    /** An operator catalogue (contract 10.2). */
    record CatalogSource(String image) implements TemplateObject {
        public CatalogSource {
            image = orEmpty(image);
        }
    }

    private static String orEmpty(String text) {
        return text == null ? "" : text;
    }
}

package dev.echelon.hubclient;

import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;

/** How the client is told of a kind that it has no classes for. */
public final class HubKinds {

    public static final ResourceDefinitionContext CLUSTERS =
            of("cluster.open-cluster-management.io", "v1", "ManagedCluster", "managedclusters", false);
    public static final ResourceDefinitionContext POLICIES =
            of("policy.open-cluster-management.io", "v1", "Policy", "policies", true);

    private HubKinds() {}

    /** @param namespaced whether its objects are in namespaces */
    public static ResourceDefinitionContext of(
            String group, String version, String kind, String plural, boolean namespaced) {
        return new ResourceDefinitionContext.Builder()
                .withGroup(group)
                .withVersion(version)
                .withKind(kind)
                .withPlural(plural)
                .withNamespaced(namespaced)
                .build();
    }
}

package dev.echelon.simulator.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.echelon.kubeapi.PrinterColumn;
import dev.echelon.kubeapi.ResourceKind;
import dev.echelon.kubeapi.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The kinds that an ACM hub serves, as far as a rollout touches them. Those of ACM are CustomResourceDefinitions of our
 * own ({@code hub/*.yaml} on the class path): the fields that matter are described, what else ACM knows is kept as it
 * is.
 */
public final class HubKinds {
    /** Namespaces, with their phase as a column. */
    public static final ResourceKind NAMESPACE = ResourceKind.clusterScoped("v1", "Namespace", "namespaces", "ns")
            .withStatus().withColumns(PrinterColumn.text("Status", ".status.phase"),
                    PrinterColumn.age("Age", ".metadata.creationTimestamp"));
    /** Clusters that the hub manages. */
    public static final ResourceKind MANAGED_CLUSTER = kind("managedclusters");
    /** Policies, root and replicated. */
    public static final ResourceKind POLICY = kind("policies");
    /** What binds a policy to a placement. */
    public static final ResourceKind PLACEMENT_BINDING = kind("placementbindings");
    /** Which clusters are meant. */
    public static final ResourceKind PLACEMENT = kind("placements");
    /** Which cluster sets a namespace may place on. */
    public static final ResourceKind SET_BINDING = kind("managedclustersetbindings");
    /** What is wanted to be seen of a spoke. */
    public static final ResourceKind VIEW = kind("managedclusterviews");
    /** What is wanted to be done on a spoke. */
    public static final ResourceKind ACTION = kind("managedclusteractions");
    /** Objects wanted on a spoke. */
    public static final ResourceKind MANIFEST_WORK = kind("manifestworks");
    /** Templates of them. */
    public static final ResourceKind MANIFEST_WORK_REPLICA_SET = kind("manifestworkreplicasets");

    private static final List<String> DEFINED = List.of("managedclusters", "policies", "placementbindings",
            "placements", "managedclustersetbindings", "managedclusterviews", "managedclusteractions", "manifestworks",
            "manifestworkreplicasets", "clustergroupupgrades", "precachingconfigs");

    private HubKinds() {
    }

    /** The kinds that need no definition: those that every API server has. */
    public static List<ResourceKind> builtIn() {
        return List.of(NAMESPACE, ResourceKind.namespaced("v1", "ConfigMap", "configmaps", "cm"),
                ResourceKind.namespaced("v1", "Secret", "secrets"),
                ResourceKind.namespaced("v1", "ServiceAccount", "serviceaccounts", "sa"),
                CoreEvents.KIND,
                ResourceKind.namespaced("coordination.k8s.io/v1", "Lease", "leases"));
    }

    /**
     * The definitions of the kinds that ACM, TALM and their like bring, as objects of kind CustomResourceDefinition.
     */
    public static List<ObjectNode> definitions() {
        List<ObjectNode> found = new ArrayList<>();
        DEFINED.forEach(plural -> found.add(definition(plural)));
        return found;
    }

    /** The definition of one kind, by its plural. */
    public static ObjectNode definition(String plural) {
        // Echelon's own are on the class path as they are generated into deploy/crds.
        String resource = switch (plural) {
            case "clustergroupupgrades", "precachingconfigs" -> "/hub/crds/ran.openshift.io_" + plural + ".yaml";
            default -> "/hub/" + plural + ".yaml";
        };
        try (InputStream in = HubKinds.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("no definition of " + plural + " on the class path at " + resource);
            }
            JsonNode read = Json.parseYaml(in.readAllBytes());
            return (ObjectNode) read;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The kind of an object, by its apiVersion and kind; empty where a hub of ours does not have it. */
    public static Optional<ResourceKind> of(String apiVersion, String kind) {
        return Stream.concat(builtIn().stream(), definitions().stream().map(ResourceKind::fromCrd))
                .filter(known -> known.apiVersion().equals(apiVersion) && known.kind().equals(kind)).findFirst();
    }

    private static ResourceKind kind(String plural) {
        return ResourceKind.fromCrd(definition(plural));
    }
}

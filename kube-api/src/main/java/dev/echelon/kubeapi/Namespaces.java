package dev.echelon.kubeapi;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.echelon.kubeapi.json.Json;

/** What is particular about the kind Namespace. */
final class Namespaces {
    static final ResourceKind KIND = ResourceKind.clusterScoped("v1", "Namespace", "namespaces", "ns").withStatus();
    static final String SHELF = KIND.qualifiedPlural();

    private Namespaces() {
    }

    /** A new namespace as the API server completes it: labelled with its own name, and active. */
    static ObjectNode active(ObjectNode namespace) {
        ObjectNode metadata = Json.objectAt(namespace, "metadata");
        ObjectNode labels = Json.with(Json.objectAt(metadata, "labels"), "kubernetes.io/metadata.name",
                metadata.get("name"));
        return phase(Json.with(namespace, "metadata", Json.with(metadata, "labels", labels)), "Active");
    }

    /** As good as none: it says nothing but its name. */
    static ObjectNode bare(String name) {
        ObjectNode namespace = Json.object().put("apiVersion", "v1").put("kind", "Namespace");
        namespace.putObject("metadata").put("name", name);
        return namespace;
    }

    /** A namespace that is being emptied. */
    static ObjectNode terminating(ObjectNode namespace) {
        return phase(namespace, "Terminating");
    }

    private static ObjectNode phase(ObjectNode namespace, String phase) {
        return Json.with(namespace, "status", Json.object().put("phase", phase));
    }
}

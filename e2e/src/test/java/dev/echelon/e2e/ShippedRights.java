package dev.echelon.e2e;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What the manifests let the services do on the hub. */
final class ShippedRights {

    private static final String RBAC = "rbac.authorization.k8s.io/v1";

    private ShippedRights() {}

    /**
     * The right to one verb on one resource.
     *
     * @param service whose account has it
     * @param namespace empty where it holds in all of them
     * @param resource as RBAC has it, with the subresource after a slash
     * @param name empty where it is for all names
     */
    record Right(String service, String namespace, String group, String resource, String verb, String name) {

        /** Whether the request needs this right. */
        boolean isUsedBy(HubAudit.Request request) {
            return request.user().equals(account(service))
                    && !request.isRefused()
                    && request.verb().equals(verb)
                    && request.group().equals(group)
                    && request.resource().equals(resource)
                    && (namespace.isEmpty() || request.namespace().equals(namespace))
                    && (name.isEmpty() || request.name().equals(name));
        }

        @Override
        public String toString() {
            return service + ": " + verb + " " + resource + (group.isEmpty() ? "" : "." + group);
        }
    }

    /** The user that a service is on the hub. */
    static String account(String service) {
        return "system:serviceaccount:echelon:" + service;
    }

    /** The objects of the manifest that concern RBAC. */
    static List<HasMetadata> objects(Path manifests, String service) throws IOException {
        List<HasMetadata> objects = new ArrayList<>();
        for (String document : Files.readString(manifests.resolve(service + ".yaml")).split("\n---\n")) {
            HasMetadata object = new KubernetesSerialization().unmarshal(document);
            if (object.getApiVersion().equals(RBAC)) {
                objects.add(object);
            }
        }
        return objects;
    }

    /** Each right that the manifest gives the service. */
    static List<Right> of(Path manifests, String service) throws IOException {
        List<Right> rights = new ArrayList<>();
        for (HasMetadata object : objects(manifests, service)) {
            switch (object) {
                case ClusterRole role -> role.getRules().forEach(rule -> add(rights, service, "", rule));
                case Role role -> role.getRules()
                        .forEach(rule -> add(rights, service, role.getMetadata().getNamespace(), rule));
                default -> { }
            }
        }
        return rights;
    }

    private static void add(List<Right> rights, String service, String namespace, PolicyRule rule) {
        List<String> names = rule.getResourceNames().isEmpty() ? List.of("") : rule.getResourceNames();
        for (String group : rule.getApiGroups()) {
            for (String resource : rule.getResources()) {
                for (String verb : rule.getVerbs()) {
                    names.forEach(name -> rights.add(new Right(service, namespace, group, resource, verb, name)));
                }
            }
        }
    }
}

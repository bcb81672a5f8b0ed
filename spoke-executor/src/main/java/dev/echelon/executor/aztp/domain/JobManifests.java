package dev.echelon.executor.aztp.domain;

import java.util.List;
import java.util.Map;

/** The objects by which the cluster applies the inner ConfigMap itself (ZTP contract 8). */
final class JobManifests {

    private static final String ACCOUNT = "ztp-profile-accelerator-sa";
    private static final String ROLE = "ztp-profile-accelerator-clusterrole";
    private static final String BINDING = "ztp-profile-accelerator-crb";
    private static final String JOB = "ztp-profile-install-accelerator";
    private static final String RBAC_GROUP = "rbac.authorization.k8s.io";
    private static final String RBAC = RBAC_GROUP + "/v1";

    private JobManifests() {}

    /** @param full all of them; otherwise only the namespace */
    static List<Map<String, Object>> of(AztpSettings settings, boolean full) {
        String namespace = settings.innerNamespace();
        Map<String, Object> home =
                Map.of("apiVersion", "v1", "kind", "Namespace", "metadata", Map.of("name", namespace));
        if (!full) {
            return List.of(home);
        }
        return List.of(
                home,
                Map.of(
                        "apiVersion", "v1",
                        "kind", "ServiceAccount",
                        "metadata", Map.of("name", ACCOUNT, "namespace", namespace)),
                Map.of(
                        "apiVersion", RBAC,
                        "kind", "ClusterRole",
                        "metadata", Map.of("name", ROLE),
                        "rules", List.of(Map.of(
                                "apiGroups", List.of("*"), "resources", List.of("*"), "verbs", List.of("*")))),
                Map.of(
                        "apiVersion", RBAC,
                        "kind", "ClusterRoleBinding",
                        // The namespace means nothing there; upstream's key has it.
                        "metadata", Map.of("name", BINDING, "namespace", namespace),
                        "roleRef", Map.of("apiGroup", RBAC_GROUP, "kind", "ClusterRole", "name", ROLE),
                        "subjects", List.of(
                                Map.of("kind", "ServiceAccount", "name", ACCOUNT, "namespace", namespace))),
                job(settings));
    }

    private static Map<String, Object> job(AztpSettings settings) {
        Map<String, Object> container = Map.of(
                "name", "ztp-accelerator",
                "image", settings.image(),
                "imagePullPolicy", "Always",
                "command", List.of("/aztp"),
                "securityContext", Map.of(
                        "allowPrivilegeEscalation", false,
                        "capabilities", Map.of("drop", List.of("ALL")),
                        "seccompProfile", Map.of("type", "RuntimeDefault")),
                "env", List.of(
                        Map.of("name", "CONFIGMAP_NAME", "value", settings.innerName()),
                        Map.of("name", "CONFIGMAP_NAMESPACE", "value", settings.innerNamespace()),
                        Map.of("name", "END_CONDITION_EXTENSION_TIME", "value", "60s")));
        return Map.of(
                "apiVersion", "batch/v1",
                "kind", "Job",
                "metadata", Map.of("name", JOB, "namespace", settings.innerNamespace()),
                "spec", Map.of(
                        "backoffLimit", 2,
                        "template", Map.of("spec", Map.of(
                                "containers", List.of(container),
                                "nodeSelector", Map.of("node-role.kubernetes.io/master", ""),
                                "restartPolicy", "OnFailure",
                                "serviceAccountName", ACCOUNT,
                                "terminationGracePeriodSeconds", 3))));
    }
}

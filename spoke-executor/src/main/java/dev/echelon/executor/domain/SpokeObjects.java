package dev.echelon.executor.domain;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What the pre-cache and the backup objects have in common (contract 10.5, 10.6, 11). */
final class SpokeObjects {

    /** On the jobs and their pods: the platform may schedule them on the management cores. */
    static final Map<String, Object> MANAGEMENT_WORKLOAD =
            Map.of("target.workload.openshift.io/management", "{\"effect\":\"PreferredDuringScheduling\"}");

    /** For how long a delete that nobody answers is waited for while somebody answers the views. */
    static final Duration DELETES_TAKE = Duration.ofSeconds(20);

    private SpokeObjects() {}

    /** A view of one object on the spoke. Null fields are left out. */
    static HubObject view(String cluster, String name, String resource, String of, String namespace, Integer seconds) {
        Map<String, Object> scope = new HashMap<>();
        scope.put("resource", resource);
        scope.put("name", of);
        if (namespace != null) {
            scope.put("namespace", namespace);
        }
        if (seconds != null) {
            scope.put("updateIntervalSeconds", seconds);
        }
        return new HubObject(HubKind.VIEW, cluster, name, Map.of("spec", Map.of("scope", scope)));
    }

    static HubObject create(String cluster, String name, String resource, Map<String, Object> template) {
        return action(cluster, name, "Create", Map.of("resource", resource, "template", template));
    }

    static HubObject createIn(
            String namespace, String cluster, String name, String resource, Map<String, Object> template) {
        return action(cluster, name, "Create",
                Map.of("resource", resource, "namespace", namespace, "template", template));
    }

    static HubObject delete(String cluster, String name, String resource, String what) {
        return action(cluster, name, "Delete", Map.of("resource", resource, "name", what));
    }

    private static HubObject action(String cluster, String name, String type, Map<String, Object> kube) {
        return new HubObject(
                HubKind.ACTION, cluster, name, Map.of("spec", Map.of("actionType", type, "kube", kube)));
    }

    static List<Change> deleteViews(String cluster, List<String> names) {
        return names.stream()
                .<Change>map(name -> new Change.Delete(HubKind.VIEW, cluster, name))
                .toList();
    }

    static List<Change> deleteActions(String cluster, List<String> names) {
        return names.stream()
                .<Change>map(name -> new Change.Delete(HubKind.ACTION, cluster, name))
                .toList();
    }

    /** Deletes those of the actions that the spoke has not carried out. */
    static List<Change> withdrawWaiting(String cluster, List<String> actions, ObservedSpoke spoke) {
        return deleteActions(cluster, actions.stream().filter(spoke::isWaiting).toList());
    }

    /** The error that contract 10.4 publishes. */
    static String unavailable(String cluster) {
        return "[getActiveConditions] Cluster " + cluster + " is unavailable";
    }

    static Map<String, Object> namespace(String name) {
        return Map.of(
                "apiVersion", "v1",
                "kind", "Namespace",
                "metadata", Map.of(
                        "name", name,
                        "labels", Map.of("pod-security.kubernetes.io/enforce", "privileged"),
                        "annotations", Map.of("workload.openshift.io/allowed", "management")));
    }

    static Map<String, Object> serviceAccount(String namespace, String name) {
        return Map.of(
                "apiVersion", "v1",
                "kind", "ServiceAccount",
                "metadata", Map.of("name", name, "namespace", namespace));
    }

    /** Makes the account of the job an administrator of the spoke. */
    static Map<String, Object> clusterAdmin(String name, String namespace, String account) {
        return Map.of(
                "apiVersion", "rbac.authorization.k8s.io/v1",
                "kind", "ClusterRoleBinding",
                "metadata", Map.of("name", name),
                "roleRef", Map.of(
                        "apiGroup", "rbac.authorization.k8s.io", "kind", "ClusterRole", "name", "cluster-admin"),
                "subjects", List.of(Map.of("kind", "ServiceAccount", "name", account, "namespace", namespace)));
    }

    /** A job of one privileged pod that is never retried. */
    static Map<String, Object> job(String namespace, String name, long deadlineSeconds, Map<String, Object> pod) {
        return Map.of(
                "apiVersion", "batch/v1",
                "kind", "Job",
                "metadata", Map.of("name", name, "namespace", namespace, "annotations", MANAGEMENT_WORKLOAD),
                "spec", Map.of(
                        "activeDeadlineSeconds", deadlineSeconds,
                        "backoffLimit", 0,
                        "template", Map.of(
                                "metadata", Map.of("annotations", MANAGEMENT_WORKLOAD),
                                "spec", pod)));
    }

    static Map<String, Object> privileged() {
        return Map.of("privileged", true, "runAsUser", 0);
    }

    /** {@code /host} itself is empty; the directories of the node are mounted beneath it. */
    static List<Object> volumes(List<HostMount> mounts) {
        List<Object> volumes = new ArrayList<>();
        volumes.add(Map.of("name", "host", "emptyDir", Map.of()));
        mounts.forEach(mount -> volumes.add(mount.volume()));
        return volumes;
    }

    static List<Object> mounts(List<HostMount> mounts) {
        List<Object> all = new ArrayList<>();
        all.add(HostMount.mount("host", "/host", false));
        mounts.forEach(mount -> all.add(mount.mount()));
        return all;
    }
}

package dev.echelon.executor.domain;

import dev.echelon.contract.resource.PrecacheSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The pre-cache objects of one spoke: views and actions on the hub, and what the actions make (contract 10.5, 10.6).
 */
public final class PrecacheObjects {

    public static final String NAMESPACE_VIEW = "view-precache-namespace";
    public static final String CONFIG_MAP_VIEW = "view-precache-spec-configmap";
    public static final String ACCOUNT_VIEW = "view-precache-service-acct";
    public static final String BINDING_VIEW = "view-precache-cluster-role-binding";
    public static final String JOB_VIEW = "view-precache-job";

    /** The views of what the job needs. */
    public static final List<String> DEPENDENCY_VIEWS = List.of(CONFIG_MAP_VIEW, ACCOUNT_VIEW, BINDING_VIEW);

    /** The job's view comes last: while it is there, the others may not be gone yet. */
    public static final List<String> VIEWS =
            List.of(CONFIG_MAP_VIEW, ACCOUNT_VIEW, BINDING_VIEW, NAMESPACE_VIEW, JOB_VIEW);

    static final String ACCOUNT_ACTION = "precache-sa-create";
    static final String BINDING_ACTION = "precache-crb-create";
    static final String CONFIG_MAP_ACTION = "precache-spec-cm-create";
    static final String JOB_ACTION = "precache-job-create";
    public static final List<String> CREATE_ACTIONS =
            List.of("precache-ns-create", ACCOUNT_ACTION, BINDING_ACTION, CONFIG_MAP_ACTION, JOB_ACTION);
    public static final List<String> DELETE_ACTIONS = List.of("precache-ns-delete", "precache-crb-delete");

    static final String NAMESPACE = "openshift-talo-pre-cache";
    static final String ACCOUNT = "pre-cache-agent";
    static final String BINDING = "pre-cache-crb";
    static final String CONFIG_MAP = "pre-cache-spec";
    static final String JOB = "pre-cache";

    /** A job view that is made together with its job is refreshed as fast as upstream polls. */
    private static final int SHORTEST_INTERVAL = 30;

    private static final List<HostMount> HOST_MOUNTS = List.of(
            HostMount.read("/etc/containers"),
            HostMount.read("/etc/pki/ca-trust"),
            HostMount.read("/etc/resolv.conf").as("File"),
            HostMount.read("/lib64"),
            HostMount.read("/proc"),
            HostMount.read("/usr/bin"),
            HostMount.read("/usr/lib"),
            HostMount.read("/usr/lib64"),
            HostMount.read("/usr/libexec"),
            HostMount.read("/usr/share/containers"),
            HostMount.read("/var/lib/cni"),
            HostMount.read("/var/lib/kubelet"),
            HostMount.read("/sys/fs/cgroup"),
            HostMount.write("/run"),
            HostMount.write("/tmp"),
            HostMount.write("/var/lib/containers"),
            HostMount.write("/var/tmp"));

    private PrecacheObjects() {}

    static HubObject namespaceView(String cluster) {
        return SpokeObjects.view(cluster, NAMESPACE_VIEW, "namespaces", NAMESPACE, null, 0);
    }

    /** @param clusters how many clusters the CGU pre-caches, which decides how often a view may ask the spoke */
    static HubObject dependencyView(String cluster, String name, int clusters) {
        int seconds = interval(clusters);
        return switch (name) {
            case CONFIG_MAP_VIEW -> SpokeObjects.view(cluster, name, "configmap", CONFIG_MAP, NAMESPACE, seconds);
            case ACCOUNT_VIEW -> SpokeObjects.view(cluster, name, "serviceaccounts", ACCOUNT, NAMESPACE, seconds);
            case BINDING_VIEW -> SpokeObjects.view(cluster, name, "clusterrolebinding", BINDING, null, seconds);
            default -> throw new IllegalArgumentException(name + " is not one of " + DEPENDENCY_VIEWS);
        };
    }

    /** The action that makes what a view of {@link #DEPENDENCY_VIEWS} shows. */
    static String makerOf(String view) {
        return switch (view) {
            case CONFIG_MAP_VIEW -> CONFIG_MAP_ACTION;
            case ACCOUNT_VIEW -> ACCOUNT_ACTION;
            case BINDING_VIEW -> BINDING_ACTION;
            default -> throw new IllegalArgumentException(view + " is not one of " + DEPENDENCY_VIEWS);
        };
    }

    static HubObject jobView(String cluster, int clusters) {
        return SpokeObjects.view(cluster, JOB_VIEW, "jobs", JOB, NAMESPACE, interval(clusters));
    }

    static HubObject jobViewMadeWithJob(String cluster) {
        return SpokeObjects.view(cluster, JOB_VIEW, "jobs", JOB, NAMESPACE, SHORTEST_INTERVAL);
    }

    private static int interval(int clusters) {
        return Math.clamp(6L * clusters, SHORTEST_INTERVAL, 300);
    }

    static List<Change> deleteOnSpoke(String cluster) {
        return List.of(
                new Change.Issue(SpokeObjects.delete(cluster, "precache-ns-delete", "namespace", NAMESPACE)),
                new Change.Issue(SpokeObjects.delete(cluster, "precache-crb-delete", "clusterrolebinding", BINDING)));
    }

    static List<Change> createDependencies(String cluster, PrecacheSpec spec) {
        return List.of(
                new Change.Issue(SpokeObjects.create(
                        cluster, "precache-ns-create", "namespace", SpokeObjects.namespace(NAMESPACE))),
                new Change.Issue(SpokeObjects.create(
                        cluster, ACCOUNT_ACTION, "serviceaccount",
                        SpokeObjects.serviceAccount(NAMESPACE, ACCOUNT))),
                new Change.Issue(SpokeObjects.create(
                        cluster, BINDING_ACTION, "clusterrolebinding",
                        SpokeObjects.clusterAdmin(BINDING, NAMESPACE, ACCOUNT))),
                new Change.Issue(SpokeObjects.create(
                        cluster, CONFIG_MAP_ACTION, "configmap", configMap(spec))));
    }

    static Change createJob(String cluster, int timeoutMinutes, String image) {
        return new Change.Issue(SpokeObjects.createIn(
                NAMESPACE, cluster, JOB_ACTION, "job",
                SpokeObjects.job(NAMESPACE, JOB, timeoutMinutes * 60L, pod(image))));
    }

    /** The clean-up after a success (contract 10.4, "entering Succeeded"). The job's view goes last. */
    static List<Change> finish(String cluster) {
        List<Change> changes = new ArrayList<>(deleteOnSpoke(cluster));
        changes.addAll(SpokeObjects.deleteViews(cluster, VIEWS));
        return changes;
    }

    /** Whether a view is still there, which after a success means that the clean-up is not done. */
    static boolean hasLeftOvers(ObservedSpoke spoke) {
        return VIEWS.stream().anyMatch(spoke::hasView);
    }

    /** What is done for a spoke whose pre-cache did not succeed, in the end (contract 10.7). */
    static List<Change> cleanUp(String cluster) {
        List<Change> changes = new ArrayList<>(SpokeObjects.deleteViews(cluster, VIEWS));
        changes.addAll(SpokeObjects.deleteActions(cluster, CREATE_ACTIONS));
        changes.addAll(deleteOnSpoke(cluster));
        return changes;
    }

    private static Map<String, Object> configMap(PrecacheSpec spec) {
        return Map.of(
                "apiVersion", "v1",
                "kind", "ConfigMap",
                "metadata", Map.of("name", CONFIG_MAP, "namespace", NAMESPACE),
                "data", Map.of(
                        "platform.image", spec.platformImage(),
                        "operators.indexes", String.join("\n", spec.operatorsIndexes()),
                        "operators.packagesAndChannels", String.join("\n", spec.operatorsPackagesAndChannels()),
                        "excludePrecachePatterns", String.join("\n", spec.excludePrecachePatterns()),
                        "additionalImages", String.join("\n", spec.additionalImages()),
                        "spaceRequired", spec.spaceRequired()));
    }

    private static Map<String, Object> pod(String image) {
        List<Object> volumes = SpokeObjects.volumes(HOST_MOUNTS);
        volumes.add(Map.of("name", "config-volume", "configMap", Map.of("name", CONFIG_MAP, "defaultMode", 420)));
        List<Object> mounts = SpokeObjects.mounts(HOST_MOUNTS);
        mounts.add(HostMount.mount("config-volume", "/etc/config", true));

        Map<String, Object> container = new HashMap<>();
        container.put("name", "pre-cache-container");
        container.put("image", image);
        container.put("command", List.of("/bin/bash", "-c"));
        container.put("args", List.of("/opt/precache/precache.sh"));
        container.put("env", List.of(
                Map.of("name", "config_volume_path", "value", "/tmp/precache/config"),
                Map.of("name", "NODE_NAME", "valueFrom", Map.of("fieldRef", Map.of("fieldPath", "spec.nodeName")))));
        container.put("securityContext", SpokeObjects.privileged());
        container.put("terminationMessagePath", "/dev/termination-log");
        container.put("terminationMessagePolicy", "File");
        container.put("volumeMounts", mounts);

        return Map.of(
                "containers", List.of(container),
                "restartPolicy", "Never",
                "serviceAccountName", ACCOUNT,
                "priorityClassName", "system-cluster-critical",
                "dnsPolicy", "ClusterFirst",
                "schedulerName", "default-scheduler",
                "volumes", volumes);
    }
}

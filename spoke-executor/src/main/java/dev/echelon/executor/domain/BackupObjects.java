package dev.echelon.executor.domain;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The backup objects of one spoke: views and actions on the hub, and what the actions make (contract 11). */
public final class BackupObjects {

    public static final String NAMESPACE_VIEW = "view-backup-namespace";
    public static final String JOB_VIEW = "view-backup-job";

    /** The job's view comes last: while it is there, the other may not be gone yet. */
    public static final List<String> VIEWS = List.of(NAMESPACE_VIEW, JOB_VIEW);

    static final String NAMESPACE_ACTION = "backup-ns-create";
    static final String JOB_ACTION = "backup-job-create";
    public static final List<String> CREATE_ACTIONS =
            List.of(NAMESPACE_ACTION, "backup-sa-create", "backup-crb-create", JOB_ACTION);
    public static final List<String> DELETE_ACTIONS = List.of("backup-ns-delete", "backup-crb-delete");

    static final String NAMESPACE = "openshift-talo-backup";
    /** The account, its binding and the job. */
    static final String AGENT = "backup-agent";

    private static final long DEADLINE_SECONDS = 480;

    private static final List<HostMount> HOST_MOUNTS = List.of(
            HostMount.read("/boot"),
            HostMount.read("/proc"),
            HostMount.read("/usr/bin"),
            HostMount.read("/usr/lib"),
            HostMount.read("/usr/lib64"),
            HostMount.read("/usr/libexec"),
            HostMount.read("/usr/local"),
            HostMount.read("/usr/share/containers"),
            HostMount.read("/sys/fs/cgroup"),
            HostMount.write("/dev/log").as("Socket"),
            HostMount.write("/etc"),
            HostMount.write("/run"),
            HostMount.write("/sysroot"),
            HostMount.write("/tmp"),
            HostMount.write("/var/lib"),
            HostMount.write("/var/recovery").as("DirectoryOrCreate"),
            HostMount.write("/var/tmp"));

    private BackupObjects() {}

    static HubObject namespaceView(String cluster) {
        return SpokeObjects.view(cluster, NAMESPACE_VIEW, "namespaces", NAMESPACE, null, null);
    }

    static HubObject jobView(String cluster) {
        return SpokeObjects.view(cluster, JOB_VIEW, "jobs", AGENT, NAMESPACE, null);
    }

    static List<Change> deleteOnSpoke(String cluster) {
        return List.of(
                new Change.Issue(SpokeObjects.delete(cluster, "backup-ns-delete", "namespace", NAMESPACE)),
                new Change.Issue(SpokeObjects.delete(cluster, "backup-crb-delete", "clusterrolebinding", AGENT)));
    }

    static List<Change> createDependencies(String cluster) {
        return List.of(
                new Change.Issue(SpokeObjects.create(
                        cluster, NAMESPACE_ACTION, "namespace", SpokeObjects.namespace(NAMESPACE))),
                new Change.Issue(SpokeObjects.create(
                        cluster, "backup-sa-create", "serviceaccount", SpokeObjects.serviceAccount(NAMESPACE, AGENT))),
                new Change.Issue(SpokeObjects.create(
                        cluster, "backup-crb-create", "clusterrolebinding",
                        SpokeObjects.clusterAdmin(AGENT, NAMESPACE, AGENT))));
    }

    static Change createJob(String cluster, String image) {
        return new Change.Issue(SpokeObjects.createIn(
                NAMESPACE, cluster, JOB_ACTION, "job",
                SpokeObjects.job(NAMESPACE, AGENT, DEADLINE_SECONDS, pod(image))));
    }

    /** The clean-up after a success (contract 11, "entering Succeeded"). The job's view goes last. */
    static List<Change> finish(String cluster) {
        List<Change> changes = new ArrayList<>(deleteOnSpoke(cluster));
        changes.addAll(SpokeObjects.deleteViews(cluster, VIEWS));
        return changes;
    }

    /** Whether a view is still there, which after a success means that the clean-up is not done. */
    static boolean hasLeftOvers(ObservedSpoke spoke) {
        return VIEWS.stream().anyMatch(spoke::hasView);
    }

    /** What is done for a spoke whose backup did not succeed, in the end (contract 10.7, 11). */
    static List<Change> cleanUp(String cluster) {
        List<Change> changes = new ArrayList<>(SpokeObjects.deleteViews(cluster, VIEWS));
        changes.addAll(SpokeObjects.deleteActions(cluster, CREATE_ACTIONS));
        changes.addAll(deleteOnSpoke(cluster));
        return changes;
    }

    private static Map<String, Object> pod(String image) {
        Map<String, Object> container = new HashMap<>();
        container.put("name", "container-image");
        container.put("image", image);
        container.put("args", List.of("launchBackup"));
        container.put("tty", true);
        container.put("securityContext", SpokeObjects.privileged());
        container.put("volumeMounts", SpokeObjects.mounts(HOST_MOUNTS));
        return Map.of(
                "containers", List.of(container),
                "restartPolicy", "Never",
                "serviceAccountName", AGENT,
                "volumes", SpokeObjects.volumes(HOST_MOUNTS));
    }
}

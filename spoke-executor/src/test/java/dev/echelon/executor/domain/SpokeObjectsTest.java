package dev.echelon.executor.domain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The jobs that run on a spoke (contract 10.6 and 11): existing images must run unchanged. */
class SpokeObjectsTest {

    private static final String MANAGEMENT = "{\"effect\":\"PreferredDuringScheduling\"}";

    @Test
    void thePrecacheJobIsTheContracts() {
        Map<String, Object> kube = kube(PrecacheObjects.createJob("sno1", 240, "registry/pre-cache:1"));
        assertThat(kube.get("resource")).isEqualTo("job");
        assertThat(kube.get("namespace")).isEqualTo("openshift-talo-pre-cache");
        Map<String, Object> job = Trees.map(kube.get("template"));
        assertThat(Trees.map(job.get("metadata"))).isEqualTo(Map.of(
                "name", "pre-cache", "namespace", "openshift-talo-pre-cache",
                "annotations", Map.of("target.workload.openshift.io/management", MANAGEMENT)));
        Map<String, Object> spec = Trees.map(job.get("spec"));
        assertThat(spec).containsEntry("activeDeadlineSeconds", 14400L).containsEntry("backoffLimit", 0);
        Map<String, Object> template = Trees.map(spec.get("template"));
        assertThat(template.get("metadata")).isEqualTo(
                Map.of("annotations", Map.of("target.workload.openshift.io/management", MANAGEMENT)));
        Map<String, Object> pod = Trees.map(template.get("spec"));
        assertThat(pod)
                .containsEntry("restartPolicy", "Never")
                .containsEntry("serviceAccountName", "pre-cache-agent")
                .containsEntry("priorityClassName", "system-cluster-critical")
                .containsEntry("dnsPolicy", "ClusterFirst")
                .containsEntry("schedulerName", "default-scheduler");
        Map<String, Object> container = Trees.map(((List<?>) pod.get("containers")).getFirst());
        assertThat(container)
                .containsEntry("name", "pre-cache-container")
                .containsEntry("image", "registry/pre-cache:1")
                .containsEntry("command", List.of("/bin/bash", "-c"))
                .containsEntry("args", List.of("/opt/precache/precache.sh"))
                .containsEntry("securityContext", Map.of("privileged", true, "runAsUser", 0))
                .containsEntry("terminationMessagePath", "/dev/termination-log")
                .containsEntry("terminationMessagePolicy", "File")
                .containsEntry("env", List.of(
                        Map.of("name", "config_volume_path", "value", "/tmp/precache/config"),
                        Map.of("name", "NODE_NAME",
                                "valueFrom", Map.of("fieldRef", Map.of("fieldPath", "spec.nodeName")))));
        assertThat(mounts(pod)).isEqualTo(new TreeMap<>(Map.ofEntries(
                Map.entry("/etc/config", "config-volume ro {configMap={defaultMode=420, name=pre-cache-spec}}"),
                Map.entry("/host", "host rw {emptyDir={}}"),
                host("etc-containers", "/etc/containers", "ro", "Directory"),
                host("etc-pki-ca-trust", "/etc/pki/ca-trust", "ro", "Directory"),
                host("etc-resolv-conf", "/etc/resolv.conf", "ro", "File"),
                host("lib64", "/lib64", "ro", "Directory"),
                host("proc", "/proc", "ro", "Directory"),
                host("usr-bin", "/usr/bin", "ro", "Directory"),
                host("usr-lib", "/usr/lib", "ro", "Directory"),
                host("usr-lib64", "/usr/lib64", "ro", "Directory"),
                host("usr-libexec", "/usr/libexec", "ro", "Directory"),
                host("usr-share-containers", "/usr/share/containers", "ro", "Directory"),
                host("var-lib-cni", "/var/lib/cni", "ro", "Directory"),
                host("var-lib-kubelet", "/var/lib/kubelet", "ro", "Directory"),
                Map.entry("/host/sys/fs/cgroup",
                        "sys-fs-cgroup ro {hostPath={path=/sys/fs/cgroup, type=Directory}}"),
                host("run", "/run", "rw", "Directory"),
                host("tmp", "/tmp", "rw", "Directory"),
                host("var-lib-containers", "/var/lib/containers", "rw", "Directory"),
                host("var-tmp", "/var/tmp", "rw", "Directory"))));
    }

    @Test
    void theBackupJobIsTheContracts() {
        Map<String, Object> kube = kube(BackupObjects.createJob("sno1", "registry/recovery:1"));
        assertThat(kube.get("namespace")).isEqualTo("openshift-talo-backup");
        Map<String, Object> job = Trees.map(kube.get("template"));
        assertThat(Trees.map(job.get("metadata"))).containsEntry("name", "backup-agent");
        Map<String, Object> spec = Trees.map(job.get("spec"));
        assertThat(spec).containsEntry("activeDeadlineSeconds", 480L).containsEntry("backoffLimit", 0);
        Map<String, Object> pod = Trees.map(Trees.map(spec.get("template")).get("spec"));
        assertThat(pod)
                .containsEntry("restartPolicy", "Never")
                .containsEntry("serviceAccountName", "backup-agent")
                .doesNotContainKey("priorityClassName");
        Map<String, Object> container = Trees.map(((List<?>) pod.get("containers")).getFirst());
        assertThat(container)
                .containsEntry("name", "container-image")
                .containsEntry("image", "registry/recovery:1")
                .containsEntry("args", List.of("launchBackup"))
                .containsEntry("tty", true)
                .containsEntry("securityContext", Map.of("privileged", true, "runAsUser", 0))
                .doesNotContainKeys("command", "env");
        assertThat(mounts(pod)).isEqualTo(new TreeMap<>(Map.ofEntries(
                Map.entry("/host", "host rw {emptyDir={}}"),
                host("boot", "/boot", "ro", "Directory"),
                host("proc", "/proc", "ro", "Directory"),
                host("usr-bin", "/usr/bin", "ro", "Directory"),
                host("usr-lib", "/usr/lib", "ro", "Directory"),
                host("usr-lib64", "/usr/lib64", "ro", "Directory"),
                host("usr-libexec", "/usr/libexec", "ro", "Directory"),
                host("usr-local", "/usr/local", "ro", "Directory"),
                host("usr-share-containers", "/usr/share/containers", "ro", "Directory"),
                Map.entry("/host/sys/fs/cgroup",
                        "sys-fs-cgroup ro {hostPath={path=/sys/fs/cgroup, type=Directory}}"),
                host("dev-log", "/dev/log", "rw", "Socket"),
                host("etc", "/etc", "rw", "Directory"),
                host("run", "/run", "rw", "Directory"),
                host("sysroot", "/sysroot", "rw", "Directory"),
                host("tmp", "/tmp", "rw", "Directory"),
                host("var-lib", "/var/lib", "rw", "Directory"),
                host("var-recovery", "/var/recovery", "rw", "DirectoryOrCreate"),
                host("var-tmp", "/var/tmp", "rw", "Directory"))));
    }

    @Test
    void theNamespaceMayRunPrivilegedPodsOnTheManagementCores() {
        assertThat(SpokeObjects.namespace("openshift-talo-backup").get("metadata")).isEqualTo(Map.of(
                "name", "openshift-talo-backup",
                "labels", Map.of("pod-security.kubernetes.io/enforce", "privileged"),
                "annotations", Map.of("workload.openshift.io/allowed", "management")));
    }

    @Test
    void theFinalCleanUpNamesAllThatIsOnTheHub() {
        assertThat(PrecacheObjects.cleanUp("sno1").stream().map(Spokes::describe)).containsExactly(
                "delete view-precache-spec-configmap", "delete view-precache-service-acct",
                "delete view-precache-cluster-role-binding", "delete view-precache-namespace",
                "delete view-precache-job",
                "delete precache-ns-create", "delete precache-sa-create", "delete precache-crb-create",
                "delete precache-spec-cm-create", "delete precache-job-create",
                "issue precache-ns-delete", "issue precache-crb-delete");
        assertThat(BackupObjects.cleanUp("sno1").stream().map(Spokes::describe)).containsExactly(
                "delete view-backup-namespace", "delete view-backup-job",
                "delete backup-ns-create", "delete backup-sa-create", "delete backup-crb-create",
                "delete backup-job-create", "issue backup-ns-delete", "issue backup-crb-delete");
    }

    private static Map<String, Object> kube(Change change) {
        Map<String, Object> spec = Trees.map(((Change.Issue) change).action().content().get("spec"));
        assertThat(spec).containsEntry("actionType", "Create");
        return Trees.map(spec.get("kube"));
    }

    /** By path in the pod: the volume's name, the mode and the volume's source. */
    private static Map<String, String> mounts(Map<String, Object> pod) {
        Map<String, String> sources = new TreeMap<>();
        for (Object element : (List<?>) pod.get("volumes")) {
            Map<String, Object> volume = new TreeMap<>(Trees.map(element));
            String name = (String) volume.remove("name");
            volume.replaceAll((_, source) -> new TreeMap<>(Trees.map(source)));
            assertThat(sources.put(name, volume.toString())).as("volume %s is there once", name).isNull();
        }
        Map<String, String> mounts = new TreeMap<>();
        Map<String, Object> container = Trees.map(((List<?>) pod.get("containers")).getFirst());
        for (Object element : (List<?>) container.get("volumeMounts")) {
            Map<String, Object> mount = Trees.map(element);
            String volume = (String) mount.get("name");
            String mode = Boolean.TRUE.equals(mount.get("readOnly")) ? "ro" : "rw";
            mounts.put((String) mount.get("mountPath"), volume + " " + mode + " " + sources.remove(volume));
        }
        assertThat(sources).as("volumes that are not mounted").isEmpty();
        return mounts;
    }

    private static Map.Entry<String, String> host(String name, String path, String mode, String type) {
        return Map.entry("/host" + path,
                "host-" + name + " " + mode + " {hostPath={path=" + path + ", type=" + type + "}}");
    }
}

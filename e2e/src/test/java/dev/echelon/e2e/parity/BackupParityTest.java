package dev.echelon.e2e.parity;

import static dev.echelon.e2e.parity.PrecacheParityTest.SELECTED;
import static dev.echelon.e2e.parity.PrecacheParityTest.VALIDATED;
import static dev.echelon.e2e.parity.Ref.action;
import static dev.echelon.e2e.parity.Ref.view;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** Contract 11: backup, driven by nothing but the statuses of views. */
class BackupParityTest extends ParityCase {

    private static final String WAITS = "Progressing=False NotStarted: Cluster backup is in progress";

    private Ref cgu(String name, boolean enable, String clusters) {
        stage.create("""
                apiVersion: ran.openshift.io/v1alpha1
                kind: ClusterGroupUpgrade
                metadata: {name: %1$s, namespace: %1$s}
                spec:
                  enable: %2$s
                  backup: true
                  clusters: [%3$s]
                  managedPolicies: [settings]
                  remediationStrategy: {maxConcurrency: 5}
                """.formatted(name, enable, clusters));
        return Ref.cgu(name, name);
    }

    private void awaitState(Ref cgu, String cluster, String state) {
        stage.awaits(cgu, "status: {backup: {status: {%s: %s}}}".formatted(cluster, state));
    }

    /** Plays the spoke up to a running job. */
    static void runJob(Stage stage, String cluster) {
        stage.seen(view(cluster, "view-backup-namespace"), "{}");
        stage.awaitThere(action(cluster, "backup-job-create"));
        stage.seen(view(cluster, "view-backup-job"), "status: {active: 1}");
    }

    @Test
    void eachStateIsSeenAndTheFixedObjectsAreAsPublished() {
        stage.clusters("bk-a");
        Ref policy = stage.policy("bk", "settings", Map.of("bk-a", "NonCompliant"));
        Ref cgu = cgu("bk", true, "bk-a");

        stage.awaitConditions(cgu, SELECTED, VALIDATED,
                "BackupSuceeded=False InProgress: Backup in progress for 1 clusters", WAITS);
        awaitState(cgu, "bk-a", "Starting");
        assertThat(stage.get(cgu).at("/status/backup").has("startedAt")).isTrue();
        assertThat(stage.get(cgu).at("/status/status").has("startedAt")).isTrue();
        stage.awaits("""
                kind: ManagedClusterAction
                metadata: {name: backup-ns-delete, namespace: bk-a, labels: null}
                spec: {actionType: Delete, kube: {resource: namespace, name: openshift-talo-backup}}
                ---
                kind: ManagedClusterAction
                metadata: {name: backup-crb-delete, namespace: bk-a}
                spec: {actionType: Delete, kube: {resource: clusterrolebinding, name: backup-agent}}
                ---
                kind: ManagedClusterView
                metadata: {name: view-backup-namespace, namespace: bk-a, labels: null}
                spec: {scope: {resource: namespaces, name: openshift-talo-backup, updateIntervalSeconds: null}}
                ---
                kind: ManagedClusterAction
                metadata: {name: backup-ns-create, namespace: bk-a}
                spec:
                  actionType: Create
                  kube:
                    resource: namespace
                    template:
                      kind: Namespace
                      metadata:
                        name: openshift-talo-backup
                        labels: {pod-security.kubernetes.io/enforce: privileged}
                        annotations: {workload.openshift.io/allowed: management}
                ---
                kind: ManagedClusterAction
                metadata: {name: backup-sa-create, namespace: bk-a}
                spec:
                  actionType: Create
                  kube:
                    resource: serviceaccount
                    template: {kind: ServiceAccount, metadata: {name: backup-agent, namespace: openshift-talo-backup}}
                ---
                kind: ManagedClusterAction
                metadata: {name: backup-crb-create, namespace: bk-a}
                spec:
                  actionType: Create
                  kube:
                    resource: clusterrolebinding
                    template:
                      kind: ClusterRoleBinding
                      metadata: {name: backup-agent}
                      roleRef: {kind: ClusterRole, name: cluster-admin}
                      subjects: [{kind: ServiceAccount, name: backup-agent, namespace: openshift-talo-backup}]
                """);
        assertThat(stage.isThere(action("bk-a", "backup-job-create"))).isFalse();

        stage.seen(view("bk-a", "view-backup-namespace"), "{}");
        stage.awaits("""
                kind: ManagedClusterView
                metadata: {name: view-backup-job, namespace: bk-a, labels: null}
                spec: {scope: {resource: jobs, name: backup-agent, namespace: openshift-talo-backup, updateIntervalSeconds: null}}
                ---
                kind: ManagedClusterAction
                metadata: {name: backup-job-create, namespace: bk-a}
                spec:
                  actionType: Create
                  kube:
                    resource: job
                    namespace: openshift-talo-backup
                    template:
                      kind: Job
                      metadata: {name: backup-agent, namespace: openshift-talo-backup}
                      spec:
                        activeDeadlineSeconds: 480
                        backoffLimit: 0
                        template:
                          spec:
                            restartPolicy: Never
                            serviceAccountName: backup-agent
                            priorityClassName: null
                            containers:
                              - name: container-image
                                image: registry.example.com/recovery:1
                                args: [launchBackup]
                                command: null
                                env: null
                                tty: true
                                securityContext: {privileged: true, runAsUser: 0}
                """);
        stage.notFound(view("bk-a", "view-backup-job"));
        stage.awaits(view("bk-a", "view-backup-job"), "status: null");
        stage.seen(view("bk-a", "view-backup-job"), "status: {active: 1}");
        awaitState(cgu, "bk-a", "Active");

        stage.seen(view("bk-a", "view-backup-job"), "status: {succeeded: 1}");
        stage.awaitConditions(cgu, SELECTED, VALIDATED,
                "BackupSuceeded=True BackupCompleted: Backup is completed for all clusters",
                "Progressing=True InProgress: Remediating non-compliant policies");
        awaitState(cgu, "bk-a", "Succeeded");
        stage.awaitGone(view("bk-a", "view-backup-job"), view("bk-a", "view-backup-namespace"));
        stage.awaitThere(action("bk-a", "backup-ns-delete"));

        stage.comply(policy, "bk-a", "Compliant");
        stage.awaitTrue("completedAt", () -> stage.get(cgu).at("/status/status").has("completedAt"));
    }

    @Test
    void aCguThatWasNotEnabledBeforeShowsTheBackupAsItsLastCondition() {
        stage.clusters("bl-a");
        stage.policy("bl", "settings", Map.of("bl-a", "NonCompliant"));
        Ref cgu = cgu("bl", false, "bl-a");
        stage.awaitConditions(cgu, SELECTED, VALIDATED, "Progressing=False NotEnabled: Not enabled");
        assertThat(stage.isThere(view("bl-a", "view-backup-namespace"))).isFalse();

        stage.patch(cgu, "spec: {enable: true}");

        stage.awaitConditions(cgu, SELECTED, VALIDATED, WAITS,
                "BackupSuceeded=False InProgress: Backup in progress for 1 clusters");
        assertThat(stage.printed(cgu))
                .containsEntry("State", "InProgress")
                .containsEntry("Details", "Backup in progress for 1 clusters");
    }

    @Test
    void clustersWhoseBackupFailsAreLeftOut() {
        stage.clusters("bp-a", "bp-b", "bp-c");
        stage.policy("bp", "settings",
                Map.of("bp-a", "NonCompliant", "bp-b", "NonCompliant", "bp-c", "NonCompliant"));
        Ref cgu = cgu("bp", true, "bp-a, bp-b, bp-c");
        runJob(stage, "bp-a");
        runJob(stage, "bp-b");
        runJob(stage, "bp-c");
        stage.awaits(cgu, "status: {backup: {status: {bp-a: Active, bp-b: Active, bp-c: Active}}}");

        stage.seen(view("bp-a", "view-backup-job"),
                "status: {conditions: [{type: Failed, status: \"True\", reason: BackoffLimitExceeded}]}");
        stage.seen(view("bp-b", "view-backup-job"),
                "status: {conditions: [{type: Failed, status: \"True\", reason: DeadlineExceeded}]}");
        stage.awaitConditions(cgu, SELECTED, VALIDATED,
                "BackupSuceeded=False InProgress: Backup in progress for 1 clusters", WAITS);
        stage.seen(view("bp-c", "view-backup-job"), "status: {succeeded: 1}");

        stage.awaitConditions(cgu, SELECTED, VALIDATED,
                "BackupSuceeded=True PartiallyDone: Backup failed for 2 clusters",
                "Progressing=True InProgress: Remediating non-compliant policies");
        stage.awaits(cgu, """
                status:
                  remediationPlan: [[bp-c]]
                  backup: {status: {bp-a: UnrecoverableError, bp-b: BackupTimeout, bp-c: Succeeded}}
                  clusters: null
                """);
    }

    @Test
    void allFailedIsSaidBesideProgressing() {
        stage.clusters("bf-a");
        stage.policy("bf", "settings", Map.of("bf-a", "NonCompliant"));
        Ref cgu = cgu("bf", true, "bf-a");
        runJob(stage, "bf-a");

        stage.seen(view("bf-a", "view-backup-job"),
                "status: {conditions: [{type: Failed, status: \"True\", reason: BackoffLimitExceeded}]}");

        stage.awaitConditions(cgu, SELECTED, VALIDATED,
                "BackupSuceeded=False Failed: Backup failed for all clusters", WAITS);
    }
}

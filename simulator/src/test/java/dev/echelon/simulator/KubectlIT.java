package dev.echelon.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.echelon.simulator.scenario.ScenarioReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What somebody sees who plays the walkthrough with kubectl; skipped where kubectl is not on the PATH. */
class KubectlIT {
    @TempDir
    private static Path folder;

    private static Simulator simulator;
    private static Path kubeconfig;

    @BeforeAll
    static void startTheWalkthrough() {
        boolean there = Stream.of(System.getenv("PATH").split(java.io.File.pathSeparator))
                .anyMatch(path -> Files.isExecutable(Path.of(path, "kubectl")));
        if (!there) {
            System.out.println("KubectlIT is skipped: kubectl is not on the PATH");
        }
        Assumptions.assumeTrue(there, "kubectl is not on the PATH");
        simulator = Simulator.start(ScenarioReader.shipped("walkthrough").atSpeed(20), HubTarget.own());
        kubeconfig = folder.resolve("kubeconfig");
        simulator.writeKubeconfig(kubeconfig);
    }

    @AfterAll
    static void stop() {
        if (simulator != null) {
            simulator.close();
        }
    }

    @Test
    void hubIsListedAsAcmListsIt() {
        await("joined").atMost(Duration.ofSeconds(60)).untilAsserted(() ->
                assertThat(kubectl("get managedclusters").lines().map(line -> line.replaceAll(" {2,}", "|")))
                        .anySatisfy(line -> assertThat(line).matches("NAME\\|HUB ACCEPTED\\|MANAGED CLUSTER URLS\\|"
                                + "JOINED\\|AVAILABLE\\|AGE"))
                        .anySatisfy(line -> assertThat(line).matches("sno1\\|true\\|+True\\|True\\|\\d+s")));
        await("policy seen").atMost(Duration.ofSeconds(60)).untilAsserted(() ->
                assertThat(kubectl("get policy -n ztp-policies").lines().map(line -> line.replaceAll(" {2,}", "|")))
                        .anySatisfy(line -> assertThat(line)
                        .matches("NAME\\|REMEDIATION ACTION\\|COMPLIANCE STATE\\|AGE"))
                        .anySatisfy(line -> assertThat(line).matches(
                                "europe-snos-upgrade-version-412-5\\|inform\\|NonCompliant\\|\\d+s")));
        assertThat(kubectl("get cgu -A")).contains("No resources found");
        assertThat(kubectl("label managedcluster sno2 site=lab"))
                .contains("managedcluster.cluster.open-cluster-management.io/sno2 labeled");
    }

    @Test
    void eventsOfAnUpgradeAreListedAndDescribed() throws Exception {
        Path manifests = Files.writeString(folder.resolve("cgu.yaml"), """
                apiVersion: ran.openshift.io/v1alpha1
                kind: ClusterGroupUpgrade
                metadata: {name: told, namespace: ztp-policies}
                spec: {enable: false, remediationStrategy: {maxConcurrency: 1}}
                """);
        kubectl("apply -f " + manifests);
        String uid = kubectl("get cgu told -n ztp-policies -o jsonpath={.metadata.uid}");
        Files.writeString(manifests, """
                apiVersion: events.k8s.io/v1
                kind: Event
                metadata: {name: told-1, namespace: ztp-policies}
                eventTime: "2026-01-01T00:00:00.000000Z"
                type: Normal
                reason: CguCreated
                action: BuildingRemediationPlan
                note: "New ClusterGroupUpgrade found: told"
                regarding: {apiVersion: ran.openshift.io/v1alpha1, kind: ClusterGroupUpgrade, namespace: ztp-policies,
                  name: told, uid: %s}
                reportingController: ClusterGroupUpgrade
                reportingInstance: test
                """.formatted(uid));
        kubectl("create -f " + manifests);

        assertThat(kubectl("get events -n ztp-policies").lines().map(line -> line.replaceAll(" {2,}", "|")))
                .satisfiesExactly(
                        head -> assertThat(head).isEqualTo("LAST SEEN|TYPE|REASON|OBJECT|MESSAGE"),
                        row -> assertThat(row).matches("\\d+s\\|Normal\\|CguCreated\\|clustergroupupgrade/told\\|"
                                + "New ClusterGroupUpgrade found: told"));
        assertThat(kubectl("describe cgu told -n ztp-policies").lines()
                        .map(line -> line.strip().replaceAll(" {2,}", "|")))
                .last().asString()
                .matches("Normal\\|CguCreated\\|\\S+\\|ClusterGroupUpgrade\\|New ClusterGroupUpgrade found: told");
        assertThat(kubectl("events -n ztp-policies --for cgu/told")).contains("New ClusterGroupUpgrade found: told");
        kubectl("delete cgu told -n ztp-policies");
    }

    @Test
    void spokeIsListedAsOpenShiftListsIt() {
        assertThat(kubectl("--context sno2 get clusterversion").lines().map(line -> line.replaceAll(" {2,}", "|")))
                .satisfiesExactly(head -> assertThat(head).isEqualTo("NAME|VERSION|AVAILABLE|PROGRESSING|SINCE|STATUS"),
                        row -> assertThat(row)
                                .matches("version\\|4.12.3\\|True\\|False\\|\\S+\\|Cluster version is 4.12.3"));
        assertThat(kubectl("--context sno2 get nodes").lines().map(line -> line.replaceAll(" {2,}", "|")))
                .satisfiesExactly(head -> assertThat(head).isEqualTo("NAME|STATUS|ROLES|AGE|VERSION"),
                        row -> assertThat(row).matches("sno2.5g-deployment.lab\\|Ready\\|control-plane,master,worker\\|"
                                + "\\S+\\|v1.25.4\\+a34b9e9"));
    }

    @Test
    void jobRunsAndItsLogCanBeFollowed() throws Exception {
        Path manifests = Files.writeString(folder.resolve("job.yaml"), """
                apiVersion: v1
                kind: Namespace
                metadata: {name: openshift-talo-backup}
                ---
                apiVersion: batch/v1
                kind: Job
                metadata: {name: backup-agent, namespace: openshift-talo-backup}
                spec:
                  backoffLimit: 0
                  template:
                    spec:
                      restartPolicy: Never
                      containers: [{name: container-image, image: example.lab/recovery:1}]
                """);

        String applied = kubectl("--context sno1 apply -f " + manifests);

        assertThat(applied).contains("job.batch/backup-agent created");
        assertThat(kubectl("--context sno1 logs job/backup-agent -n openshift-talo-backup -f").lines())
                .hasSize(28).last().isEqualTo("INFO[0023] backup has successfully finished ...");
        await("job done").atMost(Duration.ofSeconds(60)).untilAsserted(() ->
                assertThat(kubectl("--context sno1 get jobs -A").lines().map(line -> line.replaceAll(" {2,}", "|")))
                        .satisfiesExactly(
                                head -> assertThat(head).isEqualTo("NAMESPACE|NAME|COMPLETIONS|DURATION|AGE"),
                                row -> assertThat(row)
                                        .matches("openshift-talo-backup\\|backup-agent\\|1/1\\|\\d+s\\|\\d+s")));
        assertThat(kubectl("--context sno1 wait job/backup-agent -n openshift-talo-backup --for=condition=Complete"))
                .contains("condition met");
        assertThat(kubectl("--context sno1 delete namespace openshift-talo-backup")).contains("deleted");
        assertThat(kubectl("--context sno1 get jobs -A")).contains("No resources found");
    }

    private static String kubectl(String arguments) {
        List<String> command = new ArrayList<>(List.of("kubectl", "--kubeconfig", kubeconfig.toString(),
                "--cache-dir", folder.resolve("cache").toString()));
        command.addAll(List.of(arguments.split(" ")));
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new AssertionError(String.join(" ", command) + "\n" + output);
            }
            return output;
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(String.join(" ", command), e);
        }
    }
}

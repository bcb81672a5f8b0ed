package dev.echelon.e2e.parity;

import static dev.echelon.e2e.parity.PrecacheParityTest.SELECTED;
import static dev.echelon.e2e.parity.PrecacheParityTest.SPEC_VALID;
import static dev.echelon.e2e.parity.PrecacheParityTest.VALIDATED;
import static dev.echelon.e2e.parity.Ref.view;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Contract 6.3: what somebody who watches a CGU sees, and that nothing is shown twice. */
class SequenceParityTest extends ParityCase {

    private static final String COMPLIANT = "All clusters are compliant with all the managed policies";

    @Test
    void eachConditionIsShownByAVersionOfItsOwnInTheContractsOrder() {
        Ref cgu = Ref.cgu("seq", "seq");
        stage.clusters("seq-a");
        Ref policy = PrecacheParityTest.software(stage, "seq", Map.of("seq-a", "NonCompliant"));
        try (ConditionsWatch watch = stage.watch(cgu)) {
            stage.create("""
                    apiVersion: ran.openshift.io/v1alpha1
                    kind: ClusterGroupUpgrade
                    metadata: {name: seq, namespace: seq}
                    spec:
                      preCaching: true
                      backup: true
                      clusters: [seq-a]
                      managedPolicies: [software]
                      remediationStrategy: {maxConcurrency: 1}
                    """);
            PrecacheParityTest.runJob(stage, "seq-a");
            stage.seen(view("seq-a", "view-precache-job"), "status: {succeeded: 1}");
            BackupParityTest.runJob(stage, "seq-a");
            stage.seen(view("seq-a", "view-backup-job"), "status: {succeeded: 1}");
            stage.awaits(cgu, "status: {status: {currentBatch: 1}}");
            stage.comply(policy, "seq-a", "Compliant");
            stage.awaitTrue("completedAt", () -> stage.get(cgu).at("/status/status").has("completedAt"));

            awaitChanges(
                    watch,
                    SELECTED,
                    VALIDATED,
                    SPEC_VALID,
                    "PrecachingSuceeded=False InProgress: Precaching in progress for 1 clusters",
                    "PrecachingSuceeded=True PrecachingCompleted: Precaching is completed for all clusters",
                    "BackupSuceeded=False InProgress: Backup in progress for 1 clusters; "
                            + "Progressing=False NotStarted: Cluster backup is in progress",
                    "BackupSuceeded=True BackupCompleted: Backup is completed for all clusters",
                    "Progressing=True InProgress: Remediating non-compliant policies",
                    "Progressing=False Completed: " + COMPLIANT + "; Succeeded=True Completed: " + COMPLIANT);
        }
    }

    @Test
    void eachFailureIsShownAndToldOnceAndTheCguGoesOnWhenItsCauseIsGone() {
        Ref cgu = Ref.cgu("once", "once");
        stage.clusters("once-a");
        Ref twin = stage.policy("once", "twin", """
                dependencies:
                  - apiVersion: policy.open-cluster-management.io/v1
                    kind: Policy
                    name: late
                    namespace: once
                    compliance: Compliant
                """, Stage.template("twin"), Map.of("once-a", "NonCompliant"));
        stage.policy("once-two", "twin", Map.of("once-a", "NonCompliant"));
        stage.policy("once", "bad", "", Stage.template("bad", "severity: low\n"), Map.of("once-a", "NonCompliant"));
        try (ConditionsWatch watch = stage.watch(cgu)) {
            stage.create("""
                    apiVersion: ran.openshift.io/v1alpha1
                    kind: ClusterGroupUpgrade
                    metadata: {name: once, namespace: once}
                    spec:
                      enable: false
                      clusters: [once-a, once-b]
                      managedPolicies: [twin, bad, late]
                      remediationStrategy: {maxConcurrency: 1}
                    """);
            List<String> failures = List.of(
                    "ClustersSelected=False ClusterNotFound: Unable to select clusters: cluster once-b is not a"
                            + " ManagedCluster",
                    "Validated=False AmbiguousManagedPoliciesNames: Managed policy name should be unique, but was found"
                            + " in multiple namespaces: {\"twin\":[\"once\",\"once-two\"]} ",
                    "Validated=False NotAllManagedPoliciesExist: Invalid managed policies: [bad] ",
                    "Validated=False NotAllManagedPoliciesExist: Missing managed policies: [late] ",
                    "Validated=False InvalidPlatformImage: policy with ClusterVersion must have upstream, channel, and"
                            + " version when image is not provided",
                    "Validated=False UnresolvableDenpendency: Managed Policy twin depends on late, which is to be"
                            + " remediated later");

            awaitFailure(watch, cgu, twin, failures.get(0));
            stage.clusters("once-b");
            awaitFailure(watch, cgu, twin, failures.get(1));
            stage.delete(Ref.policy("once-a", "once-two.twin"));
            awaitFailure(watch, cgu, twin, failures.get(2));
            stage.patch(Ref.policy("once", "bad"), """
                    spec:
                      policy-templates:
                        - objectDefinition:
                            apiVersion: policy.open-cluster-management.io/v1
                            kind: ConfigurationPolicy
                            metadata: {name: bad-config}
                            spec:
                              object-templates:
                                - complianceType: musthave
                                  objectDefinition:
                                    apiVersion: v1
                                    kind: ConfigMap
                                    metadata: {name: a, namespace: b}
                    """);
            awaitFailure(watch, cgu, twin, failures.get(3));
            version("late", "{channel: stable-4.12, desiredUpdate: {version: 4.12.5}}");
            awaitFailure(watch, cgu, twin, failures.get(4));
            stage.patch(Ref.policy("once", "late"), """
                    spec:
                      policy-templates:
                        - objectDefinition:
                            apiVersion: policy.open-cluster-management.io/v1
                            kind: ConfigurationPolicy
                            metadata: {name: late-config}
                            spec:
                              object-templates:
                                - complianceType: musthave
                                  objectDefinition:
                                    apiVersion: config.openshift.io/v1
                                    kind: ClusterVersion
                                    metadata: {name: version}
                                    spec: {desiredUpdate: {version: 4.12.5, image: "quay.io/release@sha256:aaaa"}}
                    """);
            awaitFailure(watch, cgu, twin, failures.get(5));
            stage.patch(cgu, "spec: {managedPolicies: [late, twin, bad]}");

            awaitChanges(
                    watch,
                    failures.get(0), SELECTED, failures.get(1), failures.get(2), failures.get(3), failures.get(4),
                    failures.get(5), VALIDATED, "Progressing=False NotEnabled: Not enabled");
        }
        assertThat(stage.events(cgu).stream().map(event -> event.path("note").asText())).containsExactlyInAnyOrder(
                "New ClusterGroupUpgrade found: once",
                "ClusterGroupUpgrade once: validation failure (missing clusters): once-b",
                "ClusterGroupUpgrade once: validation failure (ambiguous policies): twin",
                "ClusterGroupUpgrade once: validation failure (invalid policies): bad",
                "ClusterGroupUpgrade once: validation failure (missing policies): late");
    }

    /** A policy for both clusters with this ClusterVersion. */
    private void version(String name, String spec) {
        stage.policy("once", name, "", Stage.template(name, """
                object-templates:
                  - complianceType: musthave
                    objectDefinition:
                      apiVersion: config.openshift.io/v1
                      kind: ClusterVersion
                      metadata: {name: version}
                      spec: %s
                """.formatted(spec)), Map.of("once-a", "NonCompliant", "once-b", "NonCompliant"));
    }

    /** Waits until it is the last thing shown, and makes Echelon look again without any cause to say more. */
    private void awaitFailure(ConditionsWatch watch, Ref cgu, Ref policy, String failure) {
        stage.awaitTrue(failure, () -> !watch.changes().isEmpty() && watch.changes().getLast().equals(failure));
        stage.comply(policy, "once-a", "Pending");
        stage.patch(cgu, "metadata: {annotations: {example.com/note: \"%d\"}}".formatted(failure.hashCode()));
        stage.patch(cgu, "spec: {remediationStrategy: {maxConcurrency: %d}}".formatted(failure.length()));
        stage.comply(policy, "once-a", "NonCompliant");
    }

    private void awaitChanges(ConditionsWatch watch, String... changes) {
        stage.awaitTrue(changes[changes.length - 1], () -> !watch.changes().isEmpty()
                && watch.changes().getLast().equals(changes[changes.length - 1]));
        assertThat(watch.changes()).containsExactly(changes);
    }
}

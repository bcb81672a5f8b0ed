package dev.echelon.watcher.kube;

import static org.assertj.core.api.Assertions.assertThat;

import dev.echelon.contract.observation.Compliance;
import dev.echelon.watcher.domain.HubChange;
import dev.echelon.watcher.domain.PolicyKey;
import dev.echelon.watcher.domain.Replica;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What becomes of the hub's objects on their way in. */
class IntakeTest {

    private static final KubernetesSerialization YAML = new KubernetesSerialization();
    private static final PolicyKey ROOT = new PolicyKey("ztp", "p");

    private final List<HubChange> changes = new ArrayList<>();
    private final List<String> parsed = new ArrayList<>();
    private final PolicyIntake policies = new PolicyIntake(changes::add, text -> {
        parsed.add(text);
        return List.of();
    });

    @Test
    void aRootsSpecIsReadOncePerGenerationAndItsStatusEachTime() {
        policies.seen(root(1, "NonCompliant"));
        policies.seen(root(1, "Compliant"));
        assertThat(parsed).hasSize(1);

        policies.seen(root(2, "Compliant"));
        assertThat(parsed).hasSize(2);

        assertThat(changes).extracting(change -> ((HubChange.RootPolicySeen) change).reading().compliance().of("sno1"))
                .containsExactly(Compliance.NON_COMPLIANT, Compliance.COMPLIANT, Compliance.COMPLIANT);
        assertThat(changes).extracting(change -> ((HubChange.RootPolicySeen) change).reading().soakSeconds())
                .containsOnly(60);
    }

    @Test
    void aReplicaIsNewsOncePerGeneration() {
        policies.seen(replica(1, "inform"));
        policies.seen(replica(1, "inform"));
        policies.seen(replica(2, "enforce"));

        assertThat(changes).containsExactly(
                new HubChange.ReplicaSeen(new Replica("sno1", ROOT, false, false)),
                new HubChange.ReplicaSeen(new Replica("sno1", ROOT, true, false)));
    }

    @Test
    void aPolicyThatIsGoneIsGoneAsWhatItWas() {
        policies.seen(root(1, "Compliant"));
        policies.seen(replica(1, "inform"));
        changes.clear();

        policies.gone("ztp", "p");
        policies.gone("sno1", "ztp.p");
        policies.gone("sno1", "never.seen");

        assertThat(changes)
                .containsExactly(new HubChange.RootPolicyGone(ROOT), new HubChange.ReplicaGone("sno1", ROOT));
    }

    @Test
    void aReplicaThatLosesItsLabelIsARootFromThenOn() {
        policies.seen(replica(1, "inform"));
        HubPolicy relabelled = replica(1, "inform");
        relabelled.getMetadata().setLabels(Map.of());
        policies.seen(relabelled);

        assertThat(changes.get(1)).isEqualTo(new HubChange.ReplicaGone("sno1", ROOT));
        assertThat(changes.get(2)).isInstanceOf(HubChange.RootPolicySeen.class);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "bindingOverrides: {remediationAction: enforce}|p",
                "bindingOverrides: {remediationAction: Enforce}|p",
                "bindingOverrides: {}|''",
                "subFilter: restricted|''",
                "bindingOverrides: {remediationAction: enforce}, own: true|''"
            })
    void aBindingEnforcesItsDirectPoliciesUnlessARolloutMadeIt(String fields, String enforced) {
        String labels = fields.contains("own") ? Replica.ROLLOUT_LABEL + ": cu" : "";
        new BindingIntake(changes::add).seen(YAML.unmarshal(
                """
                ---
                {apiVersion: policy.open-cluster-management.io/v1, kind: PlacementBinding,
                 metadata: {name: b, namespace: ztp, labels: {%s}},
                 subjects: [{kind: Policy, name: p}, {kind: PolicySet, name: s}], %s}
                """
                        .formatted(labels, fields),
                HubPlacementBinding.class));

        assertThat(changes).containsExactly(new HubChange.BindingSeen(
                new PolicyKey("ztp", "b"), enforced.isEmpty() ? Set.of() : Set.of(enforced)));
    }

    @Test
    void aClusterIsNewsOnlyWithOtherLabels() {
        ClusterIntake clusters = new ClusterIntake(changes::add);
        for (String labels : List.of("a: b", "a: b", "a: c")) {
            clusters.seen(YAML.unmarshal(
                    "---\n{apiVersion: cluster.open-cluster-management.io/v1, kind: ManagedCluster,"
                            + " metadata: {name: sno1, labels: {" + labels + "}}, status: {conditions: []}}",
                    HubManagedCluster.class));
        }
        clusters.gone(null, "sno1");

        assertThat(changes).containsExactly(
                new HubChange.ClusterSeen("sno1", Map.of("a", "b")),
                new HubChange.ClusterSeen("sno1", Map.of("a", "c")),
                new HubChange.ClusterGone("sno1"));
    }

    private static HubPolicy root(long generation, String compliant) {
        return YAML.unmarshal(
                """
                apiVersion: policy.open-cluster-management.io/v1
                kind: Policy
                metadata:
                  {name: p, namespace: ztp, uid: u, generation: %d, annotations: {ran.openshift.io/soak-seconds: "60"}}
                spec:
                  policy-templates:
                  - objectDefinition: {metadata: {name: x}, spec: {object-templates-raw: "[]"}}
                status:
                  compliant: NonCompliant
                  placement: [{placement: x}]
                  status: [{clustername: sno1, clusternamespace: sno1, compliant: %s}]
                """
                        .formatted(generation, compliant),
                HubPolicy.class);
    }

    private static HubPolicy replica(long generation, String action) {
        return YAML.unmarshal(
                """
                apiVersion: policy.open-cluster-management.io/v1
                kind: Policy
                metadata:
                  name: ztp.p
                  namespace: sno1
                  uid: r
                  generation: %d
                  labels: {policy.open-cluster-management.io/root-policy: ztp.p}
                spec: {remediationAction: %s}
                status: {compliant: NonCompliant, details: [{compliant: NonCompliant}]}
                """
                        .formatted(generation, action),
                HubPolicy.class);
    }
}

package dev.echelon.e2e.parity;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** Contract 3 and 6.2: which policies take part, and what is said of those that cannot. */
class ValidationParityTest extends ParityCase {

    private static final String SELECTED =
            "ClustersSelected=True ClusterSelectionCompleted: All selected clusters are valid";
    private static final String VALIDATED = "Validated=True ValidationCompleted: Completed validation";
    private static final String NOT_ENABLED = "Progressing=False NotEnabled: Not enabled";

    private static void cgu(Stage stage, String name, String cluster, String policies) {
        stage.create("""
                apiVersion: ran.openshift.io/v1alpha1
                kind: ClusterGroupUpgrade
                metadata: {name: %1$s, namespace: %1$s}
                spec:
                  enable: false
                  clusters: [%2$s]
                  managedPolicies: [%3$s]
                  remediationStrategy: {maxConcurrency: 1}
                """.formatted(name, cluster, policies));
    }

    @Test
    void conditionsMoveToTheEndWhenAPolicyGoesAndComesBack() {
        Ref cgu = Ref.cgu("flip", "flip");
        stage.clusters("flip-a");
        stage.policy("flip", "settings", Map.of("flip-a", "NonCompliant"));
        cgu(stage, "flip", "flip-a", "settings");
        stage.awaitConditions(cgu, SELECTED, VALIDATED, NOT_ENABLED);

        stage.delete(Ref.policy("flip-a", "flip.settings"));
        stage.awaitConditions(cgu, SELECTED, NOT_ENABLED,
                "Validated=False NotAllManagedPoliciesExist: Missing managed policies: [settings] ");

        stage.replica("flip", "settings", "flip-a", "", Stage.template("settings"));
        stage.awaitConditions(cgu, SELECTED, NOT_ENABLED, VALIDATED);

        stage.patch(cgu, "spec: {enable: true}");
        stage.awaitConditions(cgu, SELECTED, VALIDATED,
                "Progressing=True InProgress: Remediating non-compliant policies");

        stage.comply(Ref.policy("flip", "settings"), "flip-a", "Compliant");
        stage.awaitConditions(cgu, SELECTED, VALIDATED,
                "Progressing=False Completed: All clusters are compliant with all the managed policies",
                "Succeeded=True Completed: All clusters are compliant with all the managed policies");
    }

    @Test
    void missingPoliciesAreListedInTheOrderOfTheSpec() {
        stage.clusters("gone-a");
        stage.policy("gone", "here", Map.of("gone-a", "NonCompliant"));
        stage.rootPolicy("gone", "unbound", "", Stage.template("unbound"));
        stage.replica("gone", "rootless", "gone-a", "", Stage.template("rootless"));
        cgu(stage, "gone", "gone-a", "unbound, here, nowhere, rootless");

        stage.awaitConditions(Ref.cgu("gone", "gone"), SELECTED,
                "Validated=False NotAllManagedPoliciesExist: Missing managed policies: [unbound nowhere rootless] ");
    }

    @Test
    void whatIsWellOfThePoliciesIsListedBesideTheFailure() {
        Ref cgu = Ref.cgu("well", "well");
        stage.clusters("well-a");
        stage.policy("well", "todo", Map.of("well-a", "NonCompliant"));
        stage.policy("well", "done", Map.of("well-a", "Compliant"));
        cgu(stage, "well", "well-a", "done, nowhere, todo");

        stage.awaits(cgu, """
                status:
                  conditions: [{reason: ClusterSelectionCompleted}, {reason: NotAllManagedPoliciesExist}]
                  computedMaxConcurrency: 1
                  managedPoliciesCompliantBeforeUpgrade: [done]
                  managedPoliciesForUpgrade: [{name: todo, namespace: well}]
                  managedPoliciesNs: {todo: well, done: null, nowhere: null}
                  managedPoliciesContent: null
                  remediationPlan: null
                  placements: null
                  placementBindings: null
                  safeResourceNames: null
                  status: null
                """);
    }

    @Test
    void anInvalidPolicyHidesMissingOnes() {
        Ref cgu = Ref.cgu("bad", "bad");
        stage.clusters("bad-a");
        stage.policy("bad", "both", "", Stage.template("both", """
                object-templates:
                  - complianceType: musthave
                    objectDefinition: {apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: b}}
                object-templates-raw: "- complianceType: musthave"
                """), Map.of("bad-a", "NonCompliant"));
        stage.policy("bad", "neither", "", Stage.template("neither", "severity: low\n"),
                Map.of("bad-a", "NonCompliant"));
        stage.policy("bad", "nospec", "", """
                objectDefinition:
                  apiVersion: policy.open-cluster-management.io/v1
                  kind: ConfigurationPolicy
                  metadata: {name: nospec}
                """, Map.of("bad-a", "NonCompliant"));
        stage.policy("bad", "noobject", "", Stage.template("noobject", """
                object-templates: [{complianceType: musthave}]
                """), Map.of("bad-a", "NonCompliant"));
        stage.policy("bad", "noyaml", "", Stage.template("noyaml", """
                object-templates-raw: "a: b: c: ["
                """), Map.of("bad-a", "NonCompliant"));
        cgu(stage, "bad", "bad-a", "nowhere, both, neither, nospec, noobject, noyaml");

        stage.awaitConditions(cgu, SELECTED, "Validated=False NotAllManagedPoliciesExist: "
                + "Invalid managed policies: [both neither nospec noobject noyaml] ");
    }

    @Test
    void aHubTemplateInAReplicaMakesThePolicyInvalid() {
        stage.clusters("tmpl-a");
        stage.policy("tmpl", "settings", Map.of());
        stage.replica("tmpl", "settings", "tmpl-a", "", Stage.template("settings", """
                object-templates:
                  - complianceType: musthave
                    objectDefinition:
                      apiVersion: v1
                      kind: ConfigMap
                      metadata: {name: settings, namespace: default}
                      data: {mode: '{{hub fromConfigMap "" "x" "y" hub}}'}
                """));
        cgu(stage, "tmpl", "tmpl-a", "settings");

        stage.awaitConditions(Ref.cgu("tmpl", "tmpl"), SELECTED,
                "Validated=False NotAllManagedPoliciesExist: Invalid managed policies: [settings] ");
    }

    @Test
    void aNameInTwoNamespacesIsAmbiguous() {
        Ref cgu = Ref.cgu("ambi", "ambi");
        stage.clusters("ambi-a");
        stage.policy("ambi-two", "settings", Map.of("ambi-a", "NonCompliant"));
        stage.policy("ambi-one", "settings", Map.of("ambi-a", "NonCompliant"));
        cgu(stage, "ambi", "ambi-a", "settings");

        stage.awaitConditions(cgu, SELECTED, "Validated=False AmbiguousManagedPoliciesNames: Managed policy name should"
                + " be unique, but was found in multiple namespaces: {\"settings\":[\"ambi-one\",\"ambi-two\"]} ");

        stage.delete(Ref.policy("ambi-a", "ambi-two.settings"));
        stage.awaitConditions(cgu, SELECTED, VALIDATED, NOT_ENABLED);
    }

    @Test
    void aPolicyThatEnforcesByItselfTakesNoPart() {
        stage.clusters("self-a");
        stage.policy("self", "settings", Map.of("self-a", "NonCompliant"));
        stage.policy("self", "own", Map.of("self-a", "NonCompliant"));
        stage.patch(Ref.policy("self", "own"), "spec: {remediationAction: Enforce}");
        stage.patch(Ref.policy("self-a", "self.own"), "spec: {remediationAction: Enforce}");
        cgu(stage, "self", "self-a", "own, settings");

        stage.awaits("""
                kind: ClusterGroupUpgrade
                metadata: {name: self, namespace: self}
                status:
                  conditions: [{reason: ClusterSelectionCompleted}, {reason: ValidationCompleted}, {reason: NotEnabled}]
                  managedPoliciesForUpgrade: [{name: settings, namespace: self}]
                  managedPoliciesNs: {settings: self, own: null}
                  remediationPlan: [[self-a]]
                """);
    }

    @Test
    void aPolicyThatAllComplyWithIsListedApartUnlessItExpectsAStatus() {
        stage.clusters("comp-a", "comp-b");
        stage.policy("comp", "done", Map.of("comp-a", "Compliant", "comp-b", "Compliant"));
        stage.policy("comp", "status", "", Stage.template("status", """
                object-templates:
                  - complianceType: musthave
                    objectDefinition:
                      apiVersion: operators.coreos.com/v1alpha1
                      kind: Subscription
                      metadata: {name: ptp, namespace: openshift-ptp}
                      spec: {name: ptp-operator, channel: stable}
                      status: {state: AtLatestKnown}
                  - complianceType: mustnothave
                    objectDefinition:
                      apiVersion: operators.coreos.com/v1alpha1
                      kind: Subscription
                      metadata: {name: old, namespace: openshift-ptp}
                """), Map.of("comp-a", "Compliant", "comp-b", "Compliant"));
        stage.policy("comp", "todo", Map.of("comp-a", "NonCompliant", "comp-b", "Compliant"));
        stage.create("""
                apiVersion: ran.openshift.io/v1alpha1
                kind: ClusterGroupUpgrade
                metadata: {name: comp, namespace: comp}
                spec:
                  enable: false
                  clusters: [comp-a, comp-b]
                  managedPolicies: [done, status, todo]
                  remediationStrategy: {maxConcurrency: 1}
                """);

        stage.awaits("""
                kind: ClusterGroupUpgrade
                metadata: {name: comp, namespace: comp}
                status:
                  conditions: [{reason: ClusterSelectionCompleted}, {reason: ValidationCompleted}, {reason: NotEnabled}]
                  managedPoliciesCompliantBeforeUpgrade: [done]
                  managedPoliciesForUpgrade: [{name: status, namespace: comp}, {name: todo, namespace: comp}]
                  managedPoliciesNs: {status: comp, todo: comp, done: null}
                  managedPoliciesContent:
                    status: '[{"kind":"Subscription","name":"ptp","apiVersion":"operators.coreos.com/v1alpha1","namespace":"openshift-ptp"}]'
                    todo: null
                  remediationPlan: [[comp-a]]
                """);
    }

    @Test
    void aPolicyMustNotComeBeforeItsDependency() {
        Ref cgu = Ref.cgu("deps", "deps");
        stage.clusters("deps-a");
        stage.policy("deps", "first", """
                dependencies:
                  - {apiVersion: policy.open-cluster-management.io/v1, kind: Policy, name: second, namespace: deps, compliance: Compliant}
                """, Stage.template("first"), Map.of("deps-a", "NonCompliant"));
        stage.policy("deps", "second", Map.of("deps-a", "NonCompliant"));
        cgu(stage, "deps", "deps-a", "first, second");
        stage.awaitConditions(cgu, SELECTED, "Validated=False UnresolvableDenpendency: "
                + "Managed Policy first depends on second, which is to be remediated later");

        stage.patch(cgu, "spec: {managedPolicies: [second, first]}");
        stage.awaitConditions(cgu, SELECTED, VALIDATED, NOT_ENABLED);
    }

    @Test
    void conflictingPlatformVersionsAreSaid() {
        stage.clusters("plat-a");
        platform("plat", "plat-a", "one", "{channel: stable-4.12, desiredUpdate: {version: 4.12.5}}");
        platform("plat", "plat-a", "two", "{channel: stable-4.12, desiredUpdate: {version: 4.12.6}}");
        cgu(stage, "plat", "plat-a", "one, two");

        stage.awaitConditions(Ref.cgu("plat", "plat"), SELECTED, "Validated=False InvalidPlatformImage: "
                + "platform image defined more then once with conflicting version values");
    }

    @Test
    void anIncompletePlatformVersionIsSaid() {
        stage.clusters("half-a");
        platform("half", "half-a", "version", "{channel: stable-4.12, desiredUpdate: {version: 4.12.5}}");
        cgu(stage, "half", "half-a", "version");

        stage.awaitConditions(Ref.cgu("half", "half"), SELECTED, "Validated=False InvalidPlatformImage: policy with"
                + " ClusterVersion must have upstream, channel, and version when image is not provided");
    }

    @Test
    void aTemplatedPlatformVersionFromARawTemplateIsSaid() {
        stage.clusters("rawp-a");
        stage.policy("rawp", "version", "", Stage.template("version", """
                object-templates-raw: |
                  - complianceType: musthave
                    objectDefinition:
                      apiVersion: config.openshift.io/v1
                      kind: ClusterVersion
                      metadata: {name: version}
                      spec: {channel: '{{ $channel }}', desiredUpdate: {version: 4.12.5}}
                """), Map.of("rawp-a", "NonCompliant"));
        cgu(stage, "rawp", "rawp-a", "version");

        stage.awaitConditions(Ref.cgu("rawp", "rawp"), SELECTED,
                "Validated=False InvalidPlatformImage: templating cluster version fields not supported");
    }

    private void platform(String namespace, String cluster, String name, String spec) {
        stage.policy(namespace, name, "", Stage.template(name, """
                object-templates:
                  - complianceType: musthave
                    objectDefinition:
                      apiVersion: config.openshift.io/v1
                      kind: ClusterVersion
                      metadata: {name: version}
                      spec: %s
                """.formatted(spec)), Map.of(cluster, "NonCompliant"));
    }
}

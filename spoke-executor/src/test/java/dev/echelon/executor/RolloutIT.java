package dev.echelon.executor;

import static dev.echelon.executor.TestHub.ACTIONS;
import static dev.echelon.executor.TestHub.CLUSTERS;
import static dev.echelon.executor.TestHub.TEMPLATES;
import static dev.echelon.executor.TestHub.VIEWS;
import static dev.echelon.executor.TestHub.WORKS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.echelon.contract.CguId;
import dev.echelon.contract.intent.Intent;
import dev.echelon.contract.result.Result;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceBuilder;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;

/** Labels, ManifestWorks and install plans on a hub. */
class RolloutIT extends OnEachHub {

    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final String CGU_LABEL = "openshift-cluster-group-upgrades/clusterGroupUpgrade";
    private static final String NAMESPACE_LABEL = "openshift-cluster-group-upgrades/clusterGroupUpgradeNamespace";

    @BeforeParameterizedClassInvocation
    static void startExecutor() {
        fixture.hub().namespace("upgrades");
        fixture.startExecutor();
    }

    @Test
    void labelsAndAnnotationsAreSetAndRemovedWithOnePatchAndNotAgainAfterARestart() {
        fixture.hub().cluster("labelled", true);
        edit(CLUSTERS, null, "labelled", metadata -> {
            metadata.getLabels().put("old", "x");
            metadata.getLabels().put("kept", "k");
            metadata.setAnnotations(Map.of("note", "before"));
            return metadata;
        });
        Intent.Relabel before = new Intent.Relabel(
                cgu("labels"), "labels/before", "labelled", false, Map.of("state", "updating", "both", "x"),
                List.of("old", "both"), Map.of("note", "now"), List.of());
        int patches = patches();
        fixture.scheduler().want(before);
        awaitRelabeled(before);

        assertThat(cluster("labelled").getLabels())
                .isEqualTo(Map.of("name", "labelled", "kept", "k", "state", "updating"));
        assertThat(cluster("labelled").getAnnotations()).containsEntry("note", "now");
        assertThat(patches() - patches).isEqualTo(1);

        // Somebody changes it; after a restart what was done is not done again, but what is new is.
        edit(CLUSTERS, null, "labelled", metadata -> {
            metadata.getLabels().put("state", "mine");
            return metadata;
        });
        fixture.stopExecutor();
        fixture.startExecutor();
        Intent.Relabel after = new Intent.Relabel(
                cgu("labels"), "labels/after", "labelled", true, Map.of("done", ""), List.of(), Map.of(), List.of());
        fixture.scheduler().want(after);
        awaitRelabeled(after);

        assertThat(cluster("labelled").getLabels()).containsEntry("state", "mine").containsEntry("done", "");
        assertThat(patches()).as("patches of the new process").isEqualTo(1);
    }

    @Test
    void aClusterThatIsNoneIsDoneAndALabelThatIsNoneIsToldAndTriedAgain() {
        Intent.Relabel none = new Intent.Relabel(
                cgu("none"), "none/before", "not-there", false, Map.of("a", "1"), List.of(), Map.of(), List.of());
        fixture.scheduler().want(none);
        awaitRelabeled(none);

        fixture.hub().cluster("refused", true);
        Intent.Relabel bad = new Intent.Relabel(
                cgu("bad"), "bad/before", "refused", false, Map.of("a", "no label!"), List.of(), Map.of(), List.of());
        fixture.scheduler().want(bad);
        Result.Stalled stalled = fixture.scheduler().awaitResult("the reason", Result.Stalled.class,
                result -> result.intentId().equals(bad.id()));
        assertThat(stalled.reason())
                .startsWith("failed to update labels/annotations for cluster: refused, err: ").contains("422");
        Intent.Relabel good = new Intent.Relabel(
                cgu("bad"), "bad/before/2", "refused", false, Map.of("a", "1"), List.of(), Map.of(), List.of());
        fixture.scheduler().want(good);
        awaitRelabeled(good);
    }

    @Test
    void oneWorkIsOnTheSpokeAtATimeAsItsTemplateSays() {
        fixture.hub().cluster("works", true);
        CguId cgu = cgu("works");
        template("first", Map.of("openshift-cluster-group-upgrades/expectedValues", "[]"));
        Intent.RollOutWork first = work(cgu, "first", "upgrades.first-x2k4p");
        fixture.scheduler().want(first);
        awaitSettled(first);
        GenericKubernetesResource work = find("upgrades.first-x2k4p");
        assertThat(work.getMetadata().getLabels()).containsEntry(CGU_LABEL, "works")
                .containsEntry(NAMESPACE_LABEL, "upgrades");
        assertThat(work.getMetadata().getAnnotations())
                .containsEntry("openshift-cluster-group-upgrades/expectedValues", "[]");
        assertThat(work.<String>get("spec", "workload", "manifests", 0, "metadata", "name")).isEqualTo("first");

        // Vanished, it is made again; with an agent's finalizer it goes only when that lets go.
        delete("upgrades.first-x2k4p");
        await("made again").atMost(PATIENCE).until(() -> fixture.hub().names(WORKS, "works"),
                List.of("upgrades.first-x2k4p")::equals);
        edit(WORKS, "works", "upgrades.first-x2k4p", metadata -> {
            metadata.setFinalizers(List.of("cluster.open-cluster-management.io/manifest-work-cleanup"));
            return metadata;
        });
        Intent.RollOutWork second = work(cgu, "second", "upgrades.second-x2k4p");
        fixture.scheduler().want(second);
        await("the deletion is asked for").atMost(PATIENCE)
                .until(() -> find("upgrades.first-x2k4p").getMetadata().getDeletionTimestamp() != null);
        assertThat(fixture.hub().names(WORKS, "works")).containsExactly("upgrades.first-x2k4p");
        edit(WORKS, "works", "upgrades.first-x2k4p", metadata -> {
            metadata.setFinalizers(List.of());
            return metadata;
        });
        assertThat(fixture.scheduler().awaitResult("no template", Result.Stalled.class,
                result -> result.intentId().equals(second.id())).reason())
                .isEqualTo("ManifestWorkReplicaSet upgrades/second not found");
        template("second", Map.of());
        awaitSettled(second);
        assertThat(fixture.hub().names(WORKS, "works")).containsExactly("upgrades.second-x2k4p");
        assertThat(find("upgrades.second-x2k4p").getMetadata().getAnnotations())
                .containsEntry("openshift-cluster-group-upgrades/expectedValues", "");

        Intent.RollOutWork none = new Intent.RollOutWork(cgu, "works/none", "works", null);
        fixture.scheduler().want(none);
        awaitSettled(none);
        assertThat(fixture.hub().names(WORKS, "works")).isEmpty();
    }

    @Test
    void aManualInstallPlanIsApproved() {
        fixture.hub().cluster("plans", true);
        HandSpoke spoke = new HandSpoke(fixture.hub(), "plans");
        CguId cgu = cgu("plans");
        Intent.ApproveInstallPlans approve = new Intent.ApproveInstallPlans(cgu, "plans/1", "plans",
                List.of(new Intent.SubscriptionView("operators.coreos.com/v1alpha1", "openshift-ptp", "ptp",
                        "plans-upgrades-subscription-ptp", "plans-upgrades-subscription-ptp-x2k4p")), false);
        fixture.scheduler().want(approve);
        GenericKubernetesResource view = spoke.awaitView("plans-upgrades-subscription-ptp-x2k4p");
        assertThat(view.getMetadata().getLabels()).isEqualTo(Map.of(CGU_LABEL, "plans", NAMESPACE_LABEL, "upgrades"));
        assertThat(view.getMetadata().getAnnotations()).containsEntry(
                "cluster-group-upgrades-operator/rname", "plans/plans-upgrades-subscription-ptp");
        assertThat(view.<Map<String, Object>>get("spec", "scope")).containsEntry(
                "resource", "Subscription.operators.coreos.com").containsEntry("name", "ptp")
                .containsEntry("namespace", "openshift-ptp");

        spoke.answerFound("plans-upgrades-subscription-ptp-x2k4p", """
                {"apiVersion": "operators.coreos.com/v1alpha1", "kind": "Subscription", "metadata": {"name": "ptp"},
                 "status": {"state": "UpgradePending", "installplan": {"name": "install-x7k2p"}}}""");
        spoke.answerFound("install-x7k2p", plan("123456", false));
        GenericKubernetesResource action = spoke.awaitAction("install-x7k2p");

        assertThat(action.getMetadata().getLabels()).isEqualTo(Map.of(CGU_LABEL, "upgrades-plans"));
        assertThat(action.<Map<String, Object>>get("spec")).isEqualTo(Map.of(
                "actionType", "Update",
                "kube", Map.of(
                        "resource", "installplan",
                        "namespace", "openshift-ptp",
                        "template", Map.of(
                                "apiVersion", "operators.coreos.com/v1alpha1",
                                "kind", "InstallPlan",
                                "metadata", Map.of("name", "install-x7k2p", "resourceVersion", "123456"),
                                "spec", Map.of("approval", "Manual", "approved", true,
                                        "clusterServiceVersionNames", List.of("ptp-operator.v4.16.0"))))));

        // After a restart the executor knows its views, and an action that has become stale is made anew.
        fixture.stopExecutor();
        fixture.startExecutor();
        spoke.answerFound("install-x7k2p", plan("123457", false));
        await("the action is of the new version").atMost(PATIENCE).until(() -> spoke.awaitAction("install-x7k2p")
                .<String>get("spec", "kube", "template", "metadata", "resourceVersion"), "123457"::equals);

        Intent.ApproveInstallPlans stop = new Intent.ApproveInstallPlans(cgu, "plans/2", "plans", List.of(), true);
        fixture.scheduler().want(stop);
        fixture.scheduler().awaitResult("stopped", Result.ApprovalsStopped.class,
                result -> result.intentId().equals(stop.id()));
        assertThat(fixture.hub().names(VIEWS, "plans")).isEmpty();
        assertThat(fixture.hub().names(ACTIONS, "plans")).isEmpty();
    }

    private static String plan(String version, boolean approved) {
        return """
                {"apiVersion": "operators.coreos.com/v1alpha1", "kind": "InstallPlan",
                 "metadata": {"name": "install-x7k2p", "resourceVersion": "%s"},
                 "spec": {"approval": "Manual", "approved": %s,
                   "clusterServiceVersionNames": ["ptp-operator.v4.16.0"]}}""".formatted(version, approved);
    }

    private static CguId cgu(String name) {
        return ExecutorFixture.cgu(name);
    }

    private static Intent.RollOutWork work(CguId cgu, String template, String name) {
        return new Intent.RollOutWork(cgu, "works/" + template, "works", new Intent.Work(template, name));
    }

    private static void template(String name, Map<String, String> annotations) {
        GenericKubernetesResource template = new GenericKubernetesResourceBuilder()
                .withApiVersion("work.open-cluster-management.io/v1alpha1")
                .withKind("ManifestWorkReplicaSet")
                .withNewMetadata().withNamespace("upgrades").withName(name).withAnnotations(annotations).endMetadata()
                .addToAdditionalProperties("spec", Map.of(
                        "placementRefs", List.of(Map.of("name", "none")),
                        "manifestWorkTemplate", Map.of("workload", Map.of("manifests", List.of(Map.of(
                                "apiVersion", "v1",
                                "kind", "ConfigMap",
                                "metadata", Map.of("name", name, "namespace", "default")))))))
                .build();
        fixture.hub().client().genericKubernetesResources(TEMPLATES).inNamespace("upgrades").resource(template)
                .create();
    }

    private static GenericKubernetesResource find(String work) {
        return fixture.hub().find(WORKS, "works", work).orElseThrow();
    }

    private static void delete(String work) {
        fixture.hub().client().genericKubernetesResources(WORKS).inNamespace("works").withName(work).delete();
    }

    private static void edit(io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext kind, String namespace,
            String name, UnaryOperator<ObjectMeta> change) {
        var all = fixture.hub().client().genericKubernetesResources(kind);
        (namespace == null ? all.withName(name) : all.inNamespace(namespace).withName(name)).edit(object -> {
            object.setMetadata(change.apply(object.getMetadata()));
            return object;
        });
    }

    private static ObjectMeta cluster(String name) {
        return fixture.hub().client().genericKubernetesResources(CLUSTERS).withName(name).get().getMetadata();
    }

    private static int patches() {
        return fixture.requests().getOrDefault("patch managedclusters", 0);
    }

    private static void awaitRelabeled(Intent.Relabel intent) {
        fixture.scheduler().awaitResult("relabelled for " + intent.id(), Result.Relabeled.class,
                result -> result.intentId().equals(intent.id()));
    }

    private static void awaitSettled(Intent.RollOutWork intent) {
        fixture.scheduler().awaitResult("settled: " + intent.id(), Result.WorkSettled.class,
                result -> result.intentId().equals(intent.id()));
    }
}

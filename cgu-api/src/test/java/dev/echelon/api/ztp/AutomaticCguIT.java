package dev.echelon.api.ztp;

import static dev.echelon.api.fixture.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.echelon.api.fixture.Requests;
import dev.echelon.contract.resource.ClusterGroupUpgrade;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The automatic ClusterGroupUpgrade on both hubs (ZTP contract 11); each test finds its hub empty. */
@ParameterizedClass(name = "{0}")
@EnumSource(ZtpTestHub.Kind.class)
class AutomaticCguIT {

    static final ResourceDefinitionContext CLUSTERS = new ResourceDefinitionContext.Builder()
            .withGroup("cluster.open-cluster-management.io")
            .withVersion("v1")
            .withKind("ManagedCluster")
            .withPlural("managedclusters")
            .withNamespaced(false)
            .build();
    static final ResourceDefinitionContext CGUS = new ResourceDefinitionContext.Builder()
            .withGroup(ClusterGroupUpgrade.GROUP)
            .withVersion(ClusterGroupUpgrade.VERSION)
            .withKind(ClusterGroupUpgrade.KIND)
            .withPlural(ClusterGroupUpgrade.PLURAL)
            .withNamespaced(true)
            .build();

    @Parameter
    private ZtpTestHub.Kind kind;

    private static ZtpTestHub hub;

    private final Requests requests = new Requests();
    private AutomaticCgus automatic;

    @BeforeParameterizedClassInvocation
    static void startHub(ZtpTestHub.Kind kind) {
        assumeTrue(kind.missing().isEmpty(), () -> "skipped: " + kind.missing().orElseThrow());
        hub = ZtpTestHub.start(kind);
    }

    @AfterParameterizedClassInvocation
    static void stopHub() {
        if (hub != null) {
            hub.close();
            hub = null;
        }
    }

    private void start() {
        automatic = new AutomaticCgus(
                hub.config(), requests.metrics(), () -> true, Duration.ofSeconds(1));
        automatic.start();
    }

    @AfterEach
    void end() {
        if (automatic != null) {
            automatic.close();
        }
        hub.clear();
    }

    @Test
    void aClusterThatIsNotAvailableGetsNoneAndCostsNothing() {
        hub.cluster("without-status", "{}");
        hub.cluster("not-available", "{}");
        hub.condition("not-available", "False");
        hub.cluster("unheard-of", "{}");
        hub.condition("unheard-of", "Unknown");
        start();
        hub.available("marker", "{}");

        hub.awaitCgu("marker");

        assertThat(hub.cgus()).containsExactly("marker");
        assertThat(requests.sent()).containsExactlyInAnyOrder(
                "create namespaces", "get managedclusters", "get clustergroupupgrades", "list policies",
                "create clustergroupupgrades");
        assertThat(automatic.problem()).isEmpty();

        hub.condition("unheard-of", "True");

        hub.awaitCgu("unheard-of");
    }

    @Test
    void aClusterWithoutPoliciesAndOneWithoutWavesGetEmptyOnes() {
        start();
        hub.available("bare", "{}");
        hub.cluster("waveless", "{}");
        hub.policy("waveless", "ztp-common.config", null);
        hub.condition("waveless", "True");

        for (String cluster : List.of("bare", "waveless")) {
            assertThat(spec(hub.awaitCgu(cluster))).doesNotContainKey("managedPolicies");
        }
    }

    @Test
    void theClusterGroupUpgradeHasAllFieldsOfTheContract() {
        hub.cluster("sno1", "{}");
        hub.policy("sno1", "ztp-group.group-du-config-policy", "1000000000000000");
        hub.policy("sno1", "ztp-common.common-sub-4.11-policy", "2");
        hub.policy("sno1", "ztp-common.common-config-policy", "1");
        hub.policy("sno1", "ztp-common.unmanaged", null);
        hub.policy("sno1", "ztp-common.enforced", "3", "Enforce", "");
        hub.policy("sno1", "ztp-common.copied", "4", "inform",
                ", openshift-cluster-group-upgrades/clusterGroupUpgrade: other");
        hub.condition("sno1", "True");
        start();

        GenericKubernetesResource cgu = hub.awaitCgu("sno1");

        assertThat(cgu.getMetadata().getLabels()).isNullOrEmpty();
        assertThat(cgu.getMetadata().getAnnotations()).isNullOrEmpty();
        assertThat(cgu.getMetadata().getOwnerReferences()).singleElement().satisfies(owner -> {
            assertThat(owner.getApiVersion()).isEqualTo("cluster.open-cluster-management.io/v1");
            assertThat(owner.getKind()).isEqualTo("ManagedCluster");
            assertThat(owner.getName()).isEqualTo("sno1");
            assertThat(owner.getUid()).isEqualTo(
                    hub.client().genericKubernetesResources(CLUSTERS).withName("sno1").get().getMetadata().getUid());
            assertThat(owner.getController()).isTrue();
            assertThat(owner.getBlockOwnerDeletion()).isTrue();
        });
        // What is not set here is what the CRD says.
        Map<String, Object> spec = spec(cgu);
        assertThat(spec).containsEntry("enable", true)
                .containsEntry("clusters", List.of("sno1"))
                .containsEntry("managedPolicies",
                        List.of("common-config-policy", "common-sub-4.11-policy", "group-du-config-policy"))
                .containsEntry("remediationStrategy", Map.of("maxConcurrency", 1, "timeout", 240));
        assertThat(cgu.<Object>get("spec", "actions", "beforeEnable", "addClusterLabels"))
                .isEqualTo(Map.of("ztp-running", ""));
        assertThat(cgu.<Object>get("spec", "actions", "afterCompletion", "addClusterLabels"))
                .isEqualTo(Map.of("ztp-done", ""));
        assertThat(cgu.<Object>get("spec", "actions", "afterCompletion", "removeClusterLabels"))
                .isEqualTo(List.of("ztp-running"));
        assertThat(cgu.<Object>get("spec", "actions", "afterCompletion", "deleteObjects")).isEqualTo(true);
        assertThat(spec).doesNotContainKeys("blockingCRs", "clusterSelector", "clusterLabelSelectors");
    }

    @Test
    void aBadWaveHoldsUpOnlyItsClusterUntilItIsCorrected() {
        hub.cluster("broken", "{}");
        hub.policy("broken", "ztp-common.config", "first");
        hub.condition("broken", "True");
        start();
        await("the error is told").untilAsserted(() -> assertThat(automatic.problem())
                .contains("broken: ran.openshift.io/ztp-deploy-wave in policy ztp-common.config is not an interger:"
                        + " parsing \"first\": invalid syntax"));
        assertThat(automatic.failing()).isEqualTo(1);

        hub.available("whole", "{}");
        hub.awaitCgu("whole");
        assertThat(hub.cgu("broken")).isEmpty();

        hub.policy("broken", "ztp-common.config", "1");

        assertThat(spec(hub.awaitCgu("broken"))).containsEntry("managedPolicies", List.of("config"));
        await("nothing is wrong any more").until(() -> automatic.problem().isEmpty());
        assertThat(automatic.failing()).isZero();
        assertThat(automatic.created()).isEqualTo(2);
    }

    @Test
    void aClusterThatIsDoneOrHasACguIsLeftAlone() {
        hub.available("done", "{ztp-done: ''}");
        hub.apply("apiVersion: v1\nkind: Namespace\nmetadata: {name: ztp-install}");
        hub.available("foreign", "{}");
        hub.apply(cgu("foreign"));
        String version = hub.cgu("foreign").orElseThrow().getMetadata().getResourceVersion();
        start();
        hub.available("marker", "{}");

        hub.awaitCgu("marker");

        await("the foreign one was looked at")
                .until(() -> requests.sent().stream().filter("get clustergroupupgrades"::equals).count() >= 2);
        assertThat(hub.cgus()).containsExactly("foreign", "marker");
        assertThat(hub.cgu("foreign").orElseThrow().getMetadata().getResourceVersion()).isEqualTo(version);
    }

    @Test
    void takingTheLabelOffBringsACguWhereThereIsNone() {
        hub.available("alone", "{ztp-done: ''}");
        hub.available("with-cgu", "{}");
        start();
        String uid = hub.awaitCgu("with-cgu").getMetadata().getUid();
        hub.patch("with-cgu", "{\"labels\": {\"ztp-done\": \"\"}}");

        hub.patch("with-cgu", "{\"labels\": {\"ztp-done\": null}}");
        hub.patch("alone", "{\"labels\": {\"ztp-done\": null}}");

        hub.awaitCgu("alone");
        assertThat(hub.awaitCgu("with-cgu").getMetadata().getUid()).isEqualTo(uid);
    }

    @Test
    void deletingTheCguBringsANewOneUnlessTheClusterIsDone() {
        hub.available("unfinished", "{}");
        hub.available("finished", "{}");
        start();
        String uid = hub.awaitCgu("unfinished").getMetadata().getUid();
        hub.awaitCgu("finished");
        hub.patch("finished", "{\"labels\": {\"ztp-done\": \"\"}}");
        finalizers("unfinished", List.of("example.com/held"));

        delete("finished");
        delete("unfinished");

        await("the finished one is gone").until(() -> hub.cgu("finished").isEmpty());
        assertThat(hub.awaitCgu("unfinished").getMetadata().getUid()).as("held by its finalizer").isEqualTo(uid);

        finalizers("unfinished", List.of());

        await("a new one")
                .until(() -> hub.cgu("unfinished").filter(cgu -> !cgu.getMetadata().getUid().equals(uid)).isPresent());
        assertThat(hub.cgu("finished")).isEmpty();
    }

    @Test
    void aClusterThatIsBeingDeletedGetsNoNewOne() {
        hub.available("leaving", "{}");
        start();
        hub.awaitCgu("leaving");
        hub.patch("leaving", "{\"finalizers\": [\"example.com/held\"]}");
        hub.client().genericKubernetesResources(CLUSTERS).withName("leaving").delete();
        long looked = lookedAt();

        delete("leaving");

        await("it was looked at").until(() -> lookedAt() > looked);
        hub.available("marker", "{}");
        hub.awaitCgu("marker");
        assertThat(hub.cgus()).containsExactly("marker");
        hub.patch("leaving", "{\"finalizers\": null}");
    }

    @Test
    void theNamespaceIsMadeAtTheStartAndAgainWhenItIsGone() {
        start();
        await("the namespace")
                .until(() -> hub.client().namespaces().withName("ztp-install").get() != null);
        hub.apply(cgu("content"));
        hub.client().namespaces().withName("ztp-install").delete();
        await("the namespace is gone, and what was in it")
                .until(() -> hub.client().namespaces().withName("ztp-install").get() == null
                        && hub.cgu("content").isEmpty());

        hub.available("sno1", "{}");

        hub.awaitCgu("sno1");
        await("no error is left").until(() -> automatic.problem().isEmpty());
    }

    @Test
    void aHundredClustersGetAHundred() {
        List<String> names = new ArrayList<>();
        IntStream.rangeClosed(1, 100).forEach(number -> names.add("sno%03d".formatted(number)));
        names.subList(0, 50).forEach(name -> hub.available(name, "{}"));
        start();
        names.subList(50, 100).forEach(name -> hub.available(name, "{}"));

        await("all").atMost(120, TimeUnit.SECONDS).untilAsserted(() -> assertThat(hub.cgus()).isEqualTo(names));
        assertThat(automatic.created()).isEqualTo(100);
    }

    @Test
    void theKindsMayComeLater() {
        hub.client().apiextensions().v1().customResourceDefinitions()
                .withName("managedclusters.cluster.open-cluster-management.io").delete();
        start();
        await("what is missing is told")
                .until(() -> automatic.problem().orElse("").contains("ManagedClusters: not watched"));
        assertThat(requests.sent()).isEmpty();

        hub.installClusters();
        await("the hub serves it").ignoreExceptions().until(() -> {
            hub.available("late", "{}");
            return true;
        });

        hub.awaitCgu("late");
        await("nothing is wrong any more").until(() -> automatic.problem().isEmpty());
    }

    @Test
    void whatHappensWhileTheHubIsAwayIsMadeUpFor() throws InterruptedException {
        assumeTrue(kind == ZtpTestHub.Kind.API_SERVER, "skipped: only the API server can be killed");
        hub.available("before", "{}");
        start();
        hub.awaitCgu("before");

        hub.real().kill();
        await("the loss is told").until(() -> automatic.problem().isPresent());
        hub.real().runAgain();
        hub.available("after", "{}");
        delete("before");

        hub.awaitCgu("after");
        hub.awaitCgu("before");
        await("nothing is wrong any more").until(() -> automatic.problem().isEmpty());
    }

    private long lookedAt() {
        return requests.sent().stream().filter("get managedclusters"::equals).count();
    }

    private void delete(String cgu) {
        hub.client().genericKubernetesResources(CGUS).inNamespace("ztp-install").withName(cgu).delete();
    }

    private void finalizers(String cgu, List<String> finalizers) {
        hub.client().genericKubernetesResources(CGUS).inNamespace("ztp-install").withName(cgu).edit(held -> {
            held.getMetadata().setFinalizers(finalizers);
            return held;
        });
    }

    private static String cgu(String name) {
        return """
                apiVersion: ran.openshift.io/v1alpha1
                kind: ClusterGroupUpgrade
                metadata: {name: %s, namespace: ztp-install}
                spec: {remediationStrategy: {maxConcurrency: 7}}
                """.formatted(name);
    }

    private static Map<String, Object> spec(GenericKubernetesResource cgu) {
        return cgu.get("spec");
    }
}

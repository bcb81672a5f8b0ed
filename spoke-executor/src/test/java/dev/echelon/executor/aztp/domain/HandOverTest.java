package dev.echelon.executor.aztp.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.echelon.contract.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is handed over (ZTP contract 8). JSON is YAML too, and easier to compare. */
class HandOverTest {

    private static final AztpSettings SETTINGS = new AztpSettings(
            "registry.example/aztp:1", AztpSettings.DEFAULT_NAME, AztpSettings.DEFAULT_NAMESPACE);
    private static final String INNER = "configmap-ztp-profile-ztp-post-provision.yaml";
    private static final String JOB = "job-ztp-profile-ztp-profile-install-accelerator.yaml";

    @ParameterizedTest
    @CsvSource({
        "performance.openshift.io/v2, PerformanceProfile",
        "tuned.openshift.io/v1, Tuned",
        "v1, Namespace",
        "operators.coreos.com/v1alpha1, CatalogSource",
        "machineconfiguration.openshift.io/v1, ContainerRuntimeConfig"
    })
    void whatTheInstallerCanApplyIsDirect(String apiVersion, String kind) {
        Map<String, String> content = content("", policy(object(apiVersion, kind, "Some-Name", "{\"a\": 1}")));

        String key = kind.toLowerCase(java.util.Locale.ROOT) + "-ns-some-name.yaml";
        assertThat(content).containsOnlyKeys(key, "namespace--ztp-profile.yaml");
        assertThat(read(content.get(key)).get("status")).isEqualTo(Map.of());
    }

    @Test
    void everythingElseIsWrappedAndASubscriptionApprovesByItself() {
        Map<String, String> content = content("", policy(
                object("operators.coreos.com/v1alpha1", "Subscription", "ptp",
                        "{\"installPlanApproval\": \"Manual\", \"name\": \"ptp\"}"),
                object("v1", "Service", "web", "{}"),
                object("tuned.example.com/v1", "Tuned", "other-group", "{}")));

        assertThat(content).containsOnlyKeys(INNER, "namespace--ztp-profile.yaml");
        Map<String, Object> inner = read(content.get(INNER));
        assertThat(inner.get("metadata")).isEqualTo(Map.of("name", "ztp-post-provision", "namespace", "ztp-profile"));
        Map<?, ?> data = (Map<?, ?>) inner.get("data");
        assertThat(data.keySet().stream().map(String::valueOf)).containsExactlyInAnyOrder(
                "subscription-ns-ptp.yaml", "service-ns-web.yaml", "tuned-ns-other-group.yaml");
        assertThat(read((String) data.get("subscription-ns-ptp.yaml")).get("spec"))
                .isEqualTo(Map.of("installPlanApproval", "Automatic", "name", "ptp"));
    }

    @Test
    void whatHasNoSpecIsLeftOutUnlessItIsANamespace() {
        assertThat(content("", policy(
                        object("v1", "ConfigMap", "no-spec", null), object("v1", "Namespace", "kept", null))))
                .containsOnlyKeys("namespace-ns-kept.yaml", "namespace--ztp-profile.yaml");
    }

    @ParameterizedTest
    @ValueSource(strings = {"mustnothave", "MustNotHave"})
    void whatMustNotBeThereIsLeftOut(String complianceType) {
        String gone = object("v1", "Service", "gone", "{}").replace("musthave", complianceType);
        assertThat(content("", policy(gone))).containsOnlyKeys("namespace--ztp-profile.yaml");
    }

    @Test
    void aDisabledPolicyIsSkippedAndAnEnforcedOneIsNot() {
        String service = object("v1", "Service", "web", "{}");
        ChildPolicy disabled = new ChildPolicy("ns.off", Map.of(), spec("\"disabled\": true", service));
        ChildPolicy enforced = new ChildPolicy("ns.on", Map.of(), spec("\"remediationAction\": \"enforce\"", service));

        assertThat(content("", disabled)).doesNotContainKey(INNER);
        assertThat(content("", enforced)).containsKey(INNER);
    }

    @Test
    void fullBringsTheJobAndItsRightsAndAnythingElseOnlyTheNamespace() {
        ChildPolicy policy = policy(object("v1", "Service", "web", "{}"));

        assertThat(content("full", policy)).containsOnlyKeys(
                INNER, "namespace--ztp-profile.yaml", "serviceaccount-ztp-profile-ztp-profile-accelerator-sa.yaml",
                "clusterrole--ztp-profile-accelerator-clusterrole.yaml",
                "clusterrolebinding-ztp-profile-ztp-profile-accelerator-crb.yaml", JOB);
        assertThat(content("Full", policy)).containsOnlyKeys(INNER, "namespace--ztp-profile.yaml");
        assertThat(read(content("full", policy).get(JOB)).get("spec")).isEqualTo(read("""
                {"backoffLimit": 2, "template": {"spec": {
                  "restartPolicy": "OnFailure", "terminationGracePeriodSeconds": 3,
                  "serviceAccountName": "ztp-profile-accelerator-sa",
                  "nodeSelector": {"node-role.kubernetes.io/master": ""},
                  "containers": [{"name": "ztp-accelerator", "image": "registry.example/aztp:1",
                    "imagePullPolicy": "Always", "command": ["/aztp"],
                    "securityContext": {"allowPrivilegeEscalation": false, "capabilities": {"drop": ["ALL"]},
                      "seccompProfile": {"type": "RuntimeDefault"}},
                    "env": [{"name": "CONFIGMAP_NAME", "value": "ztp-post-provision"},
                      {"name": "CONFIGMAP_NAMESPACE", "value": "ztp-profile"},
                      {"name": "END_CONDITION_EXTENSION_TIME", "value": "60s"}]}]}}}
                """));
    }

    @Test
    void otherNamesOfTheInnerConfigMapReachTheJobToo() {
        AztpSettings renamed = new AztpSettings("image", "mine", "home");
        Map<String, String> content = new HandOver(renamed, HandOverTest::json)
                .content(cluster("full"), List.of(policy(object("v1", "Service", "web", "{}"))));

        assertThat(content).containsKeys("configmap-home-mine.yaml", "namespace--home.yaml");
        assertThat(content.get("job-home-ztp-profile-install-accelerator.yaml"))
                .contains("{\"name\":\"CONFIGMAP_NAME\",\"value\":\"mine\"}")
                .contains("{\"name\":\"CONFIGMAP_NAMESPACE\",\"value\":\"home\"}");
    }

    @Test
    void withoutAnImageThereIsNothingEvenWhereNoJobIsAskedFor() {
        HandOver handOver = new HandOver(new AztpSettings("", "n", "ns"), HandOverTest::json);
        assertThatThrownBy(() -> handOver.content(cluster(""), List.of(policy())))
                .isInstanceOf(AztpException.class)
                .hasMessage("aztp failure: can't retrieve aztp image pull spec");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "{}",
        "['text']",
        "[{'objectDefinition': {'kind': 'ConfigurationPolicy', 'apiVersion': 'v1', 'spec': {'object-templates': 7}}}]",
        "[{'objectDefinition': {'kind': 'ConfigurationPolicy', 'apiVersion': 'v1', 'spec': {'object-templates': [{}]}}}]"
    })
    void aTemplateThatIsNoneFailsTheAttempt(String templates) {
        Map<String, Object> spec = read("{\"policy-templates\": " + templates.replace('\'', '"') + "}");
        assertThatThrownBy(() -> content("", new ChildPolicy("ns.bad", Map.of(), spec)))
                .isInstanceOf(AztpException.class)
                .hasMessage("aztp failure: can't decode the policy templates of policy ns.bad");
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            sno1,          True,  Unknown, accelerated-ztp, true
            sno1,          True,  False,   accelerated-ztp, true
            sno1,          True,  True,    accelerated-ztp, false
            sno1,          False, Unknown, accelerated-ztp, true
            sno1,          True,  Unknown, other,           false
            sno1,          True,  Unknown, ztp-done,        false
            local-cluster, True,  Unknown, accelerated-ztp, false
            """)
    void onlyAClusterThatIsNotAvailableAndAsksForItIsDueAcceptedOrNot(
            String name, String accepted, String available, String label, boolean due) {
        AcceleratedCluster cluster = AcceleratedCluster.of(read("""
                {"metadata": {"name": "%s", "uid": "u", "labels": {"%s": "full"%s}}, "status": {"conditions": [
                  {"type": "HubAcceptedManagedCluster", "status": "%s"},
                  {"type": "ManagedClusterConditionAvailable", "status": "%s"}]}}
                """.formatted(
                        name, label, label.equals("ztp-done") ? ", \"accelerated-ztp\": \"\"" : "", accepted,
                        available)));
        assertThat(cluster.isDue()).isEqualTo(due);
    }

    private static Map<String, String> content(String variant, ChildPolicy... policies) {
        return new HandOver(SETTINGS, HandOverTest::json).content(cluster(variant), List.of(policies));
    }

    private static AcceleratedCluster cluster(String variant) {
        return new AcceleratedCluster("sno1", "uid", variant, true);
    }

    private static ChildPolicy policy(String... templates) {
        return new ChildPolicy("ns.p", Map.of(), spec("\"disabled\": false", templates));
    }

    private static Map<String, Object> spec(String fields, String... templates) {
        return read("""
                {%s, "policy-templates": [{"objectDefinition": {"apiVersion": "policy.open-cluster-management.io/v1",
                  "kind": "ConfigurationPolicy", "metadata": {"name": "c"}, "spec": {"object-templates": [%s]}}}]}
                """.formatted(fields, String.join(",", templates)));
    }

    private static String object(String apiVersion, String kind, String name, String spec) {
        return """
                {"complianceType": "musthave", "objectDefinition": {"apiVersion": "%s", "kind": "%s",
                  "metadata": {"name": "%s", "namespace": "ns"}, "status": {"old": true}%s}}
                """.formatted(apiVersion, kind, name, spec == null ? "" : ", \"spec\": " + spec);
    }

    private static String json(Map<String, Object> object) {
        return new String(Json.write(object), StandardCharsets.UTF_8);
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> read(String json) {
        return Json.read(json.getBytes(StandardCharsets.UTF_8), Map.class);
    }
}

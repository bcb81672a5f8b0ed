package dev.echelon.kubeapi;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.MixedOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceList;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What real clients do all day: kubectl and the fabric8 client. */
abstract class ClientConformity extends Conformity {
    private static final ResourceDefinitionContext WIDGET = new ResourceDefinitionContext.Builder()
            .withGroup("test.echelon.dev").withVersion("v1").withKind("Widget").withPlural("widgets")
            .withNamespaced(true).build();

    @TempDir
    Path scratch;

    ClientConformity(HttpApi api) {
        super(api);
    }

    @BeforeEach
    void makeNamespace() {
        api.post("/api/v1/namespaces", """
                {"apiVersion":"v1","kind":"Namespace","metadata":{"name":"team"}}""");
    }

    private Kubectl kubectl() {
        return Kubectl.orSkip(api, scratch);
    }

    private KubernetesClient client() {
        Config config = new ConfigBuilder(Config.empty()).withMasterUrl(api.url()).withOauthToken(api.token())
                .withTrustCerts(true).withNamespace("team").build();
        return new KubernetesClientBuilder().withConfig(config).build();
    }

    private static MixedOperation<GenericKubernetesResource, GenericKubernetesResourceList,
            Resource<GenericKubernetesResource>> widgets(KubernetesClient client) {
        return client.genericKubernetesResources(WIDGET);
    }

    private static GenericKubernetesResource widget(String name, int size) {
        GenericKubernetesResource widget = new GenericKubernetesResource();
        widget.setApiVersion("test.echelon.dev/v1");
        widget.setKind("Widget");
        widget.setMetadata(new io.fabric8.kubernetes.api.model.ObjectMetaBuilder().withName(name).build());
        widget.setAdditionalProperty("spec", Map.of("size", size));
        return widget;
    }

    @Test
    void kubectlAppliesGetsPatchesAndDeletes() throws IOException {
        Kubectl kubectl = kubectl();
        Path manifest = scratch.resolve("w1.yaml");
        Files.writeString(manifest, """
                apiVersion: test.echelon.dev/v1
                kind: Widget
                metadata: {name: w1, namespace: team}
                spec: {size: 5}
                """);

        assertThat(kubectl.run("apply", "-f", manifest.toString())).isEqualTo("widget.test.echelon.dev/w1 created");
        assertThat(kubectl.run("apply", "-f", manifest.toString())).isEqualTo("widget.test.echelon.dev/w1 unchanged");
        Files.writeString(manifest, Files.readString(manifest).replace("5", "7"));
        assertThat(kubectl.run("apply", "-f", manifest.toString())).isEqualTo("widget.test.echelon.dev/w1 configured");
        assertThat(kubectl.run("get", "wg", "-A")).matches("(?s)NAMESPACE +NAME +AGE +STATE +READY *\\n"
                + "team +w1 +\\d+s *");
        assertThat(kubectl.run("patch", "wg", "w1", "-n", "team", "--type", "merge", "-p", "{\"spec\":{\"size\":9}}"))
                .isEqualTo("widget.test.echelon.dev/w1 patched");
        assertThat(kubectl.run("get", "wg", "w1", "-n", "team", "-o", "jsonpath={.spec.size}")).isEqualTo("9");
        assertThat(kubectl.run("label", "wg", "w1", "-n", "team", "a=b")).endsWith("labeled");
        assertThat(kubectl.run("get", "echelon", "-n", "team", "-l", "a=b", "-o", "name"))
                .isEqualTo("widget.test.echelon.dev/w1");
        assertThat(kubectl.run("patch", "wg", "w1", "-n", "team", "--subresource=status", "--type", "merge", "-p",
                "{\"status\":{\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\",\"reason\":\"Yes\"}]}}"))
                .endsWith("patched");
        assertThat(kubectl.run("wait", "wg/w1", "-n", "team", "--for=condition=Ready", "--timeout=20s"))
                .endsWith("condition met");
        assertThat(kubectl.run("replace", "-f", manifest.toString())).endsWith("replaced");
        assertThat(kubectl.run("apply", "--server-side", "--force-conflicts", "-f", manifest.toString()))
                .endsWith("serverside-applied");
        assertThat(kubectl.run("delete", "wg", "w1", "-n", "team")).endsWith("deleted");
        assertThat(kubectl.run("get", "wg", "-n", "team")).isEqualTo("No resources found in team namespace.");
    }

    @Test
    void kubectlExplainsAndRefusesWhatTheSchemaDoesNotHave() throws IOException {
        Kubectl kubectl = kubectl();
        Path manifest = scratch.resolve("w1.yaml");
        Files.writeString(manifest, """
                apiVersion: test.echelon.dev/v1
                kind: Widget
                metadata: {name: w1, namespace: team}
                spec: {size: 5, sise: 6}
                """);

        assertThat(kubectl.run("explain", "widget.spec.nested.deep")).contains("FIELD: deep <Object>")
                .contains("a\t<string> -required-");
        assertThat(kubectl.run("create", "-f", manifest.toString()))
                .contains("strict decoding error: unknown field \"spec.sise\"");
        assertThat(kubectl.run("create", "--validate=false", "-f", manifest.toString())).endsWith("created");
        Files.writeString(manifest, Files.readString(manifest).replace("5", "many").replace("w1", "w2"));
        assertThat(kubectl.run("create", "--validate=false", "-f", manifest.toString())).contains(
                "The Widget \"w2\" is invalid",
                "spec.size: Invalid value: \"string\": spec.size in body must be of type integer: "
                + "\"string\"");
    }

    @Test
    void kubectlCreatesBuiltInKindsByName() {
        Kubectl kubectl = kubectl();

        assertThat(kubectl.run("create", "namespace", "made")).isEqualTo("namespace/made created");
        assertThat(kubectl.run("create", "configmap", "c1", "-n", "made", "--from-literal=a=b"))
                .isEqualTo("configmap/c1 created");
        assertThat(kubectl.run("get", "cm", "c1", "-n", "made", "-o", "jsonpath={.data.a}")).isEqualTo("b");
        assertThat(kubectl.run("delete", "namespace", "made")).contains("namespace \"made\" deleted");
        assertThat(kubectl.run("get", "cm", "-n", "made")).isEqualTo("No resources found in made namespace.");
    }

    @Test
    void fabric8CreatesEditsPatchesAndDeletes() {
        try (KubernetesClient client = client()) {
            var widgets = widgets(client).inNamespace("team");

            GenericKubernetesResource created = widgets.resource(widget("w1", 1)).create();
            GenericKubernetesResource edited = widgets.withName("w1").edit(w -> {
                w.setAdditionalProperty("spec", Map.of("size", 2));
                return w;
            });
            GenericKubernetesResource patched = widgets.withName("w1").patch(PatchContext.of(PatchType.JSON_MERGE),
                    "{\"spec\":{\"size\":3}}");
            GenericKubernetesResource applied = widgets.resource(widget("w1", 4))
                    .fieldManager("me").forceConflicts().serverSideApply();
            GenericKubernetesResource status = widgets.withName("w1").editStatus(w -> {
                w.setAdditionalProperty("status", Map.of("phase", "Good"));
                return w;
            });

            assertThat(created.getMetadata().getUid()).isNotEmpty();
            assertThat(edited.<Integer>get("spec", "size")).isEqualTo(2);
            assertThat(patched.<Integer>get("spec", "size")).isEqualTo(3);
            assertThat(applied.<Integer>get("spec", "size")).isEqualTo(4);
            assertThat(status.<String>get("status", "phase")).isEqualTo("Good");
            assertThat(widgets.list().getItems()).hasSize(1);
            KubernetesClientException twice = Assertions.assertThrows(KubernetesClientException.class,
                    () -> widgets.resource(widget("w1", 1)).create());
            assertThat(twice.getStatus().getReason()).isEqualTo("AlreadyExists");
            GenericKubernetesResource stale = widget("w1", 9);
            stale.getMetadata().setResourceVersion(created.getMetadata().getResourceVersion());
            assertThat(Assertions.assertThrows(KubernetesClientException.class,
                    () -> widgets.resource(stale).update()).getCode()).isEqualTo(409);
            assertThat(widgets.withName("w1").delete()).hasSize(1);
            assertThat(widgets.withName("w1").get()).isNull();
            assertThat(client.namespaces().resource(new NamespaceBuilder().withNewMetadata().withName("team")
                    .endMetadata().build()).get().getMetadata().getName()).isEqualTo("team");
        }
    }

    @Test
    void fabric8InformerSeesEveryChange() {
        Queue<String> seen = new ConcurrentLinkedQueue<>();
        create("before", "{\"size\":1}");
        try (KubernetesClient client = client();
                SharedIndexInformer<GenericKubernetesResource> informer = widgets(client).inNamespace("team")
                        .inform(new ResourceEventHandler<>() {
                            @Override
                            public void onAdd(GenericKubernetesResource added) {
                                seen.add("added " + added.getMetadata().getName());
                            }

                            @Override
                            public void onUpdate(GenericKubernetesResource before, GenericKubernetesResource after) {
                                seen.add("updated " + after.getMetadata().getName() + " " + after.get("spec", "size"));
                            }

                            @Override
                            public void onDelete(GenericKubernetesResource deleted, boolean stateUnknown) {
                                seen.add("deleted " + deleted.getMetadata().getName());
                            }
                        })) {
            create("w1", "{\"size\":1}");
            api.patch(WIDGETS + "/w1", HttpApi.MERGE, "{\"spec\":{\"size\":2}}");
            api.delete(WIDGETS + "/w1");

            Awaitility.await("the informer has seen everything").atMost(Duration.ofSeconds(60)).untilAsserted(() ->
                    assertThat(seen).containsExactly("added before", "added w1", "updated w1 2", "deleted w1"));
            assertThat(informer.getStore().list()).hasSize(1);
        }
    }
}

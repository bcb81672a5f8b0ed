package dev.echelon.watcher;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;

/**
 * A hub to show things on.
 *
 * @param client an administrator's; closed by the server's owner
 * @param server what has to be closed in the end
 */
record Hub(KubernetesClient client, AutoCloseable server) implements AutoCloseable {

    /** Creates or replaces what the YAML says, status and namespaces included. */
    void apply(String yaml) {
        client.load(stream(yaml)).items().forEach(this::apply);
    }

    /** Deletes what the YAML names. */
    void delete(String yaml) {
        client.load(stream(yaml)).delete();
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (Exception e) {
            throw new IllegalStateException("the hub does not stop", e);
        }
    }

    private void apply(HasMetadata object) {
        String namespace = object.getMetadata().getNamespace();
        if (namespace != null && client.namespaces().withName(namespace).get() == null) {
            client.namespaces()
                    .resource(new NamespaceBuilder().withNewMetadata().withName(namespace).endMetadata().build())
                    .create();
        }
        var resource = client.resource(object);
        if (resource.get() == null) {
            resource.create();
        } else {
            resource.update();
        }
        if (object instanceof GenericKubernetesResource generic
                && generic.getAdditionalProperties().containsKey("status")) {
            client.resource(object).updateStatus();
        }
    }

    private static ByteArrayInputStream stream(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }
}

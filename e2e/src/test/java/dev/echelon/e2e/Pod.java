package dev.echelon.e2e;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KeyToPath;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A Deployment's container as a process: with the environment that the manifest sets, and with what it mounts below a
 * folder that takes the place of the file system's root.
 */
final class Pod {

    static final Path MANIFESTS = Path.of("..", "deploy", "kustomize", "base");

    /** Where the value of a variable, or of a property, is one of the container's paths. */
    private static final Pattern PATHS = Pattern.compile("=(?=/(etc/echelon|tmp)/)");

    private final Path root;
    private final Map<String, Map<String, byte[]>> secrets;
    private final Map<String, String> addresses;

    /**
     * @param secrets by name, then by key
     * @param addresses what the manifests say for what is elsewhere here
     */
    Pod(Path root, Map<String, Map<String, byte[]>> secrets, Map<String, String> addresses) {
        this.root = root;
        this.secrets = secrets;
        this.addresses = addresses;
    }

    /** Starts the service of this name; {@code own} are variables beside those of the manifest. */
    ServiceProcess start(String service, Map<String, String> own) throws IOException {
        PodSpec pod = read(Deployment.class, service + ".yaml", service).getSpec().getTemplate().getSpec();
        Container container = pod.getContainers().getFirst();
        Map<String, Volume> volumes = new HashMap<>();
        pod.getVolumes().forEach(volume -> volumes.put(volume.getName(), volume));
        for (VolumeMount mount : container.getVolumeMounts()) {
            mount(path(mount.getMountPath()), content(volumes.get(mount.getName())));
        }
        Map<String, String> environment = new HashMap<>();
        for (EnvVar variable : container.getEnv()) {
            // So that a path is recognised as in a file of properties.
            String assignment = here("=" + value(variable));
            environment.put(variable.getName(), assignment.substring(1));
        }
        environment.putAll(own);
        // Where the image's entry point runs, and so where the configuration is looked for.
        return ServiceProcess.start(service, root, path("/deployments"), environment);
    }

    /** Where something of the container's file system is. */
    Path path(String inContainer) {
        return root.resolve(inContainer.substring(1));
    }

    /**
     * Puts content into a folder as kubelet does: each name is a link through one link to a folder, so that all names
     * change at once when that one is replaced.
     */
    static void mount(Path folder, Map<String, byte[]> content) throws IOException {
        Path data = Files.createTempDirectory(Files.createDirectories(folder), "..data-");
        for (Map.Entry<String, byte[]> file : content.entrySet()) {
            Files.write(data.resolve(file.getKey()), file.getValue());
        }
        Path next = Files.createSymbolicLink(folder.resolve("..next"), data.getFileName());
        Files.move(next, folder.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
        for (String name : content.keySet()) {
            if (!Files.exists(folder.resolve(name))) {
                Files.createSymbolicLink(folder.resolve(name), Path.of("..data", name));
            }
        }
    }

    private Map<String, byte[]> content(Volume volume) throws IOException {
        if (volume.getSecret() != null) {
            return items(secret(volume.getSecret().getSecretName()), volume.getSecret().getItems());
        }
        if (volume.getConfigMap() != null) {
            Map<String, byte[]> all = new HashMap<>();
            configMap(volume.getConfigMap().getName())
                    .forEach((key, text) -> all.put(key, here(text).getBytes(StandardCharsets.UTF_8)));
            return items(all, volume.getConfigMap().getItems());
        }
        if (volume.getEmptyDir() != null) {
            return Map.of();
        }
        throw new IllegalArgumentException("no volume of this kind is known here: " + volume);
    }

    private static Map<String, byte[]> items(Map<String, byte[]> all, List<KeyToPath> wanted) {
        if (wanted.isEmpty()) {
            return all;
        }
        Map<String, byte[]> items = new HashMap<>();
        wanted.forEach(item -> items.put(item.getPath(), required(all, item.getKey())));
        return items;
    }

    private String value(EnvVar variable) throws IOException {
        if (variable.getValueFrom() == null) {
            return variable.getValue();
        }
        var secret = variable.getValueFrom().getSecretKeyRef();
        if (secret != null) {
            return new String(required(secret(secret.getName()), secret.getKey()), StandardCharsets.UTF_8);
        }
        var configMap = variable.getValueFrom().getConfigMapKeyRef();
        return required(configMap(configMap.getName()), configMap.getKey());
    }

    private Map<String, byte[]> secret(String name) {
        return required(secrets, name);
    }

    private static Map<String, String> configMap(String name) throws IOException {
        return read(ConfigMap.class, "config.yaml", name).getData();
    }

    private String here(String text) {
        String here = PATHS.matcher(text).replaceAll(Matcher.quoteReplacement("=" + root));
        for (Map.Entry<String, String> other : addresses.entrySet()) {
            here = here.replace(other.getKey(), other.getValue());
        }
        return here;
    }

    private static <T> T required(Map<String, T> all, String name) {
        if (!all.containsKey(name)) {
            throw new IllegalArgumentException("there is no " + name + ", only " + all.keySet());
        }
        return all.get(name);
    }

    private static <T extends HasMetadata> T read(Class<T> type, String file, String name) throws IOException {
        for (String document : Files.readString(MANIFESTS.resolve(file)).split("\n---\n")) {
            var object = Serialization.unmarshal(document, GenericKubernetesResource.class);
            if (object.getKind().equals(type.getSimpleName()) && object.getMetadata().getName().equals(name)) {
                return Serialization.unmarshal(document, type);
            }
        }
        throw new IllegalArgumentException(file + " has no " + type.getSimpleName() + " " + name);
    }
}

package dev.echelon.simulator.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.echelon.kubeapi.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;

/** A kubeconfig file with a context for each API server; the first one is the current one. */
public final class Kubeconfig {
    private final Map<String, String> servers = new LinkedHashMap<>();

    /** Adds a context. */
    public Kubeconfig context(String name, String url) {
        servers.put(name, url);
        return this;
    }

    /** Writes the file, with the folders above it; who reads it meanwhile sees the old one or the new one. */
    public void write(Path file) {
        ObjectNode config = Json.object().put("apiVersion", "v1").put("kind", "Config");
        ArrayNode clusters = config.putArray("clusters");
        ArrayNode users = config.putArray("users");
        ArrayNode contexts = config.putArray("contexts");
        users.addObject().put("name", "simulator").putObject("user");
        servers.forEach((name, url) -> {
            clusters.addObject().put("name", name).putObject("cluster").put("server", url);
            contexts.addObject().put("name", name).putObject("context").put("cluster", name).put("user", "simulator")
                    .put("namespace", "default");
        });
        servers.keySet().stream().findFirst().ifPresent(first -> config.put("current-context", first));
        try {
            Path folder = file.toAbsolutePath().getParent();
            Files.createDirectories(folder);
            Path draft = Files.createTempFile(folder, "kubeconfig", ".draft");
            Files.write(draft, Json.encodeYaml(config));
            Files.move(draft, file, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException("kubeconfig " + file + " cannot be written: " + e.getMessage(), e);
        }
    }
}

package dev.echelon.simulator;

import dev.echelon.simulator.api.HubKinds;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A real API server for the length of a test, with ACM's definitions as published. */
final class HubApiProcess implements AutoCloseable {
    private static final Path PROGRAM = Path.of("shared", "tools", "hubapi", "hubapi");
    private static final Path DEFINITIONS = Path.of("shared", "hub-crds");

    private final Process process;
    private final Path kubeconfig;

    private HubApiProcess(Process process, Path kubeconfig) {
        this.process = process;
        this.kubeconfig = kubeconfig;
    }

    /** The folder that holds what is shared; empty, with a printed reason, where there is none. */
    static Optional<Path> shared() {
        for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
            Path beside = folder.resolveSibling(PROGRAM);
            if (folder.getParent() != null && Files.isExecutable(beside)) {
                return Optional.of(folder.getParent());
            }
        }
        System.out.println("skipped: no ../" + PROGRAM + " beside any folder above " + Path.of("").toAbsolutePath());
        return Optional.empty();
    }

    static HubApiProcess start(Path shared, Path data) throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        Process process = new ProcessBuilder(shared.resolve(PROGRAM).toString(), "--data", data.toString(), "--port",
                Integer.toString(port)).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        BufferedReader output = new BufferedReader(new InputStreamReader(process.getInputStream(),
                StandardCharsets.UTF_8));
        String line = output.readLine();
        if (line == null) {
            throw new IllegalStateException("hubapi ended before it served");
        }
        HubApiProcess started = new HubApiProcess(process, Path.of(line));
        try (KubernetesClient client = new KubernetesClientBuilder().withConfig(
                Config.fromKubeconfig(started.kubeconfig.toFile())).build();
                Stream<Path> files = Files.list(shared.resolve(DEFINITIONS))) {
            for (Path file : files.filter(f -> f.toString().endsWith(".yaml")).toList()) {
                client.resource(client.apiextensions().v1().customResourceDefinitions().load(file.toFile()).item())
                        .create();
            }
            client.raw("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", "POST",
                    HubKinds.definition("managedclustersetbindings"));
            client.apiextensions().v1().customResourceDefinitions().list().getItems().forEach(crd ->
                    client.resource(crd).waitUntilCondition(HubApiProcess::established, 30, TimeUnit.SECONDS));
        }
        return started;
    }

    private static boolean established(CustomResourceDefinition crd) {
        return crd != null && crd.getStatus() != null && crd.getStatus().getConditions().stream()
                .anyMatch(c -> c.getType().equals("Established") && c.getStatus().equals("True"));
    }

    Path kubeconfig() {
        return kubeconfig;
    }

    @Override
    public void close() {
        process.destroy();
    }
}

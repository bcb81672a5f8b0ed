package dev.echelon.kubeapi;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** A real Kubernetes API server, where the program {@code shared/tools/hubapi/hubapi} lies beside the sources. */
final class RealApiServer implements AutoCloseable {
    private final Process process;
    private final HttpApi api;

    private RealApiServer(Process process, HttpApi api) {
        this.process = process;
        this.api = api;
    }

    /** Where the program is, looked for from here upwards. */
    static Optional<Path> program() {
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            Path program = at.resolve("shared/tools/hubapi/hubapi");
            if (Files.isExecutable(program)) {
                return Optional.of(program);
            }
        }
        return Optional.empty();
    }

    static RealApiServer start(Path program, Path data) throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        Process process = new ProcessBuilder(program.toString(), "--data", data.toString(), "--port", "" + port)
                .redirectErrorStream(true).redirectOutput(data.resolve("log").toFile()).start();
        HttpApi api = new HttpApi("https://127.0.0.1:" + port, "admin-token");
        Awaitility.await("the real API server is ready").atMost(Duration.ofSeconds(60)).ignoreExceptions()
                .until(() -> api.get("/readyz").code() == 200);
        return new RealApiServer(process, api);
    }

    HttpApi api() {
        return api;
    }

    @Override
    public void close() {
        process.destroy();
        // What it stored is of no use to anybody: no need for it to end in peace.
        process.onExit().orTimeout(5, TimeUnit.SECONDS).handle((_, _) -> process.destroyForcibly()).join();
    }
}

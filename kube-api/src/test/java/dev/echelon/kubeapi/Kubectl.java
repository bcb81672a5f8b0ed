package dev.echelon.kubeapi;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** The kubectl that is installed, pointed at one server. */
final class Kubectl {
    private final List<String> prefix;

    private Kubectl(List<String> prefix) {
        this.prefix = prefix;
    }

    /** Skips the test, and says so, where no kubectl is installed. */
    static Kubectl orSkip(HttpApi api, Path scratch) {
        boolean installed = Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "kubectl")));
        if (!installed) {
            System.out.println("skipped: no kubectl on the PATH");
        }
        Assumptions.assumeTrue(installed, "no kubectl here");
        return new Kubectl(List.of("kubectl", "--kubeconfig", "/dev/null", "--server", api.url(), "--token",
                api.token(), "--insecure-skip-tls-verify=" + api.url().startsWith("https"), "--cache-dir",
                scratch.resolve("cache").toString()));
    }

    /** Runs a command and answers what it printed, on both outputs, without blanks around it. */
    String run(String... arguments) {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(List.of(arguments));
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("kubectl did not end: " + command);
            }
            return output.strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}

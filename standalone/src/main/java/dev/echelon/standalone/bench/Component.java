package dev.echelon.standalone.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * One process of the benchmark: the broker, the simulator or a service, each alone so that what it costs is its own.
 */
final class Component implements AutoCloseable {

    private final String name;
    private final Process process;
    private final Path log;

    private Component(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
    }

    /** Starts the command; its output goes to {@code <logs>/<name>.log}. */
    static Component start(String name, Path logs, List<String> command, Map<String, String> environment)
            throws IOException {
        Path log = logs.resolve(name + ".log");
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        return new Component(name, builder.start(), log);
    }

    String name() {
        return name;
    }

    /** @throws IllegalStateException when the process has ended; the message has the end of its log */
    void requireAlive() throws IOException {
        if (!process.isAlive()) {
            String text = Files.readString(log);
            throw new IllegalStateException(name + " ended with " + process.exitValue() + ": "
                    + text.substring(Math.max(0, text.length() - 2000)));
        }
    }

    /** CPU seconds since the process began. */
    double cpuSeconds() {
        return process.info().totalCpuDuration().orElse(Duration.ZERO).toMillis() / 1000.0;
    }

    /** The most memory that the process has had resident, in MiB, where the system tells. */
    OptionalLong peakMiB() throws IOException {
        Path status = Path.of("/proc", String.valueOf(process.pid()), "status");
        if (!Files.isReadable(status)) {
            return OptionalLong.empty();
        }
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("VmHWM:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
                .findFirst();
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(Duration.ofSeconds(15))) {
            process.destroyForcibly().waitFor();
        }
    }
}

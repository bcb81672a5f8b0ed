package dev.echelon.embeddedkafka;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A broker in a process of its own, to be killed the hard way. */
final class BrokerProcess implements AutoCloseable {

    private static final String READY = "READY ";

    private final Process process;
    private final String bootstrapServers;

    private BrokerProcess(Process process, String bootstrapServers) {
        this.process = process;
        this.bootstrapServers = bootstrapServers;
    }

    static BrokerProcess start(Path directory) throws IOException {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var process = new ProcessBuilder(List.of(java, "-Xmx256m", "-XX:TieredStopAtLevel=1",
                "-Djava.util.logging.manager=org.jboss.logmanager.LogManager", "--sun-misc-unsafe-memory-access=allow",
                "-cp", System.getProperty("java.class.path"), BrokerProcess.class.getName(), directory.toString()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        var out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        for (var line = out.readLine(); line != null; line = out.readLine()) {
            if (line.startsWith(READY)) {
                return new BrokerProcess(process, line.substring(READY.length()));
            }
        }
        throw new IllegalStateException("the broker process on " + directory + " ended before it was ready");
    }

    String bootstrapServers() {
        return bootstrapServers;
    }

    /** SIGKILL: no shutdown hook runs, nothing is written any more. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            throw new IllegalStateException("the broker process did not die of SIGKILL within 10 s");
        }
    }

    @Override
    public void close() throws InterruptedException {
        kill();
    }

    /** The process itself: serves until it is killed. */
    public static void main(String[] args) throws InterruptedException {
        var kafka = EmbeddedKafka.builder().directory(Path.of(args[0])).start();
        System.out.println(READY + kafka.bootstrapServers());
        Thread.currentThread().join();
    }
}

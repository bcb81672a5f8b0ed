package dev.echelon.hubfixture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class TetherTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Test
    @Timeout(60)
    void aProcessDoesNotOutliveAJvmThatIsKilled() throws Exception {
        Process jvm = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp", System.getProperty("java.class.path"), TetherTest.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader out = new BufferedReader(new InputStreamReader(jvm.getInputStream(), StandardCharsets.UTF_8));
        assertThat(out.readLine()).isEqualTo("tied");

        // By its handle, which leaves its output open.
        jvm.toHandle().destroyForcibly();
        jvm.waitFor();

        assertThat(out.readLine()).as("the end of what both wrote to, the JVM and the process").isNull();
    }

    @Test
    void theWatchEndsWithTheProcess() throws Exception {
        Process tied = Tether.tie(new ProcessBuilder("sleep", "600").start());

        tied.destroyForcibly().waitFor();

        await("the end of the watch").atMost(PATIENCE)
                .until(() -> ProcessHandle.current().children().noneMatch(ProcessHandle::isAlive));
    }

    /** The JVM that is killed: ties a process that writes where it writes itself, says so, and waits. */
    public static void main(String[] args) throws IOException, InterruptedException {
        Tether.tie(new ProcessBuilder("sleep", "600").redirectOutput(ProcessBuilder.Redirect.INHERIT).start());
        System.out.println("tied");
        Thread.currentThread().join();
    }
}

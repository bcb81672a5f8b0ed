package dev.echelon.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the commands of the README's section "The same by hand", as they stand there but for the API's port. */
@SecondLane
class ReadmeScenarioTest {

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Duration COMMAND_PATIENCE = Duration.ofMinutes(3);

    @TempDir
    private Path folder;

    @Test
    void theWalkthroughByHandWorksAsTheReadmeHasIt() throws Exception {
        boolean kubectl = new ProcessBuilder("bash", "-c", "command -v kubectl").start().waitFor() == 0;
        if (!kubectl) {
            System.out.println("skipped: the README's commands need kubectl on the PATH");
        }
        assumeTrue(kubectl, "needs kubectl on the PATH");
        // The commands name .echelon/data and deploy/ below the folder in which they are typed.
        Files.createSymbolicLink(folder.resolve("deploy"), ROOT.resolve("deploy"));
        List<String> commands = commands();
        assertThat(commands).hasSizeGreaterThan(15);

        String lastList = "";
        try (EchelonProcess echelon = EchelonProcess.start(
                Files.createDirectories(folder.resolve(".echelon")).resolve("data"), Map.of(), "--speed", "10")) {
            StringBuilder environment = new StringBuilder();
            for (String command : commands) {
                String typed = command.replace("http://127.0.0.1:8080", echelon.api().toString());
                if (typed.startsWith("export ")) {
                    environment.append(typed).append("; ");
                    continue;
                }
                String answer = run(environment + typed);
                lastList = typed.equals("kubectl get cgu -A") ? answer : lastList;
            }
        }
        assertThat(lastList).contains("Completed   All clusters are compliant with all the managed policies");
    }

    private String run(String command) throws IOException, InterruptedException {
        Path output = folder.resolve("answer.txt");
        Process process = new ProcessBuilder("bash", "-c", command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        boolean ended = process.waitFor(COMMAND_PATIENCE);
        String answer = Files.readString(output);
        if (!ended) {
            process.destroyForcibly();
        }
        assertThat(ended).as("'%s' ends within %s; so far: %s", command, COMMAND_PATIENCE, answer).isTrue();
        assertThat(process.exitValue()).as("exit code of '%s', which answered: %s", command, answer).isZero();
        return answer;
    }

    /** The lines that begin with {@code $} in the console blocks after the marker. */
    private static List<String> commands() throws IOException {
        List<String> commands = new ArrayList<>();
        boolean marked = false;
        boolean inBlock = false;
        for (String line : Files.readAllLines(ROOT.resolve("README.md"))) {
            marked |= line.startsWith("<!-- by-hand:");
            if (line.startsWith("```")) {
                inBlock = marked && line.equals("```console");
            } else if (inBlock && line.startsWith("$ ")) {
                commands.add(line.substring(2));
            }
        }
        return commands;
    }
}

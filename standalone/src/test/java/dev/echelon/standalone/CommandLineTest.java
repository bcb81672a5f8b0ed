package dev.echelon.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

class CommandLineTest {

    private final StringWriter err = new StringWriter();
    private final CommandLine line = Echelon.commandLine().setErr(new PrintWriter(err, true));

    static Stream<List<String>> wrongUsage() {
        return Stream.of(
                List.of("up", "--nonsense"),
                List.of("up", "--port", "many"),
                List.of("up", "--port", "0"),
                List.of("demo", "--speed", "-1"),
                List.of("demo", "--api", "http://127.0.0.1:1"),
                List.of("upp"),
                List.of());
    }

    @ParameterizedTest
    @MethodSource("wrongUsage")
    void wrongUsageSaysInItsFirstLineWhatIsWrongAndWhoSaysSo(List<String> arguments) {
        assertThat(line.execute(arguments.toArray(String[]::new))).isEqualTo(CommandLine.ExitCode.USAGE);

        assertThat(err.toString()).startsWith("echelon: ");
        assertThat(err.toString().lines()).as("no screen of help").hasSizeLessThan(5);
    }

    static Stream<CommandLine> commands() {
        CommandLine all = Echelon.commandLine();
        return Stream.concat(Stream.of(all), all.getSubcommands().values().stream());
    }

    @ParameterizedTest
    @MethodSource("commands")
    void helpFitsATerminalOf80ColumnsAsItWasWritten(CommandLine command) {
        assertThat(command.getUsageMessage().lines())
                .allSatisfy(each -> assertThat(each.length()).isLessThanOrEqualTo(80));
        // Longer ones would be broken where nobody meant it.
        assertThat(command.getCommandSpec().usageMessage().footer())
                .allSatisfy(each -> assertThat(each.length()).isLessThan(80));
    }

    @Test
    void aPortThatIsTakenIsSaidToBePerhapsAnotherOnes() throws Exception {
        try (var taken = new java.net.ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
            assertThat(line.execute("demo", "--port", String.valueOf(taken.getLocalPort())))
                    .isEqualTo(CommandLine.ExitCode.USAGE);
        }

        assertThat(err.toString()).startsWith("echelon: --port: ").contains("another ./echelon").hasLineCount(1);
    }
}

package dev.echelon.standalone;

import dev.echelon.simulator.scenario.ScenarioException;
import dev.echelon.standalone.Echelon.Version;
import io.quarkus.runtime.annotations.QuarkusMain;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The command line of the standalone application. The broker and, where asked for, the simulator start before Quarkus
 * does, because the services expect both; so the commands run outside the container and start it themselves.
 */
@QuarkusMain
@Command(
        name = "echelon",
        description = "Rolls changes out over fleets of clusters, in batches, inside maintenance windows.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        subcommands = {
            DemoCommand.class,
            UpCommand.class,
            BenchCommand.class,
            BrokerCommand.class,
            SimulatorCommand.class
        },
        footer = {
            "",
            "Exit codes: 0 done, 1 failed (the reason is the last line), 2 wrong usage.",
            "",
            "Examples:",
            "  ./echelon demo",
            "  ./echelon up",
            "  ./echelon up --hub-kubeconfig ~/.kube/config --data /var/lib/echelon"
        })
public final class Echelon implements Runnable {

    @Spec
    private CommandSpec spec;

    /** Held here, because a level goes with its logger. */
    private static final Logger ROOT = Logger.getLogger("");

    public static void main(String... args) {
        // Until Quarkus is there to configure the log, every record is made, down to TRACE, and kept for later: among
        // them each body that the simulated fleet sends and gets. Two of the commands never start Quarkus.
        ROOT.setLevel(Level.INFO);
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Echelon())
                .setParameterExceptionHandler((failure, arguments) -> {
                    CommandLine line = failure.getCommandLine();
                    line.getErr().println(line.getColorScheme().errorText("echelon: " + failure.getMessage()));
                    UnmatchedArgumentException.printSuggestions(failure, line.getErr());
                    line.getErr().println("echelon: './" + line.getCommandSpec().qualifiedName() + " --help' shows what"
                            + " there is");
                    return line.getCommandSpec().exitCodeOnInvalidInput();
                })
                .setExecutionExceptionHandler((failure, line, parse) -> {
                    if (Stopping.isAsked()) {
                        return CommandLine.ExitCode.SOFTWARE;
                    }
                    line.getErr().println(line.getColorScheme().errorText("echelon: " + Failures.inWords(failure)));
                    // A value that cannot be right is wrong usage, whoever noticed it.
                    return failure instanceof IllegalArgumentException || failure instanceof ScenarioException
                            ? CommandLine.ExitCode.USAGE
                            : CommandLine.ExitCode.SOFTWARE;
                });
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is needed");
    }

    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Echelon.class.getPackage().getImplementationVersion();
            return new String[] {"echelon " + (version == null ? "(development)" : version)};
        }
    }
}

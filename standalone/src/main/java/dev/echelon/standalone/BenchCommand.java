package dev.echelon.standalone;

import dev.echelon.standalone.bench.Benchmark;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code echelon bench}: how fast, and at what cost. */
@Command(
        name = "bench",
        description = "Runs a rollout over simulated spokes that comply at once, and measures it.",
        mixinStandardHelpOptions = true,
        versionProvider = Echelon.Version.class,
        footer = {
            "",
            "Prints a table and, as the last line, the same as JSON. Every component is a",
            "process of its own.",
            "",
            "Example:",
            "  ./echelon bench --clusters 1000 --policies 3 --max-concurrency 100"
        })
final class BenchCommand implements Callable<Integer> {

    @Option(names = "--clusters", paramLabel = "N", defaultValue = "1000",
            description = "Spokes (default: ${DEFAULT-VALUE}).")
    private int clusters;

    @Option(names = "--policies", paramLabel = "N", defaultValue = "3",
            description = "Policies (default: ${DEFAULT-VALUE}).")
    private int policies;

    @Option(
            names = "--max-concurrency",
            paramLabel = "N",
            defaultValue = "100",
            description = "Spokes in a batch (default: ${DEFAULT-VALUE}).")
    private int maxConcurrency;

    private final PrintStream out = System.out;

    @Override
    public Integer call() throws Exception {
        Path data = Stack.temporaryData();
        Path home = Path.of(System.getProperty("echelon.home", "."));
        new Benchmark(home, data, clusters, policies, maxConcurrency, out).run();
        TemporaryFiles.delete(data);
        return 0;
    }
}

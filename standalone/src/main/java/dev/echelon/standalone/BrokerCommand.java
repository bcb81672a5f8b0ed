package dev.echelon.standalone;

import dev.echelon.embeddedkafka.EmbeddedKafka;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code echelon broker}: the Kafka broker alone. */
@Command(
        name = "broker",
        description = "Runs only the embedded Apache Kafka broker, on loopback, for services that run as processes of their own.",
        mixinStandardHelpOptions = true,
        versionProvider = Echelon.Version.class)
final class BrokerCommand implements Callable<Integer> {

    @Option(
            names = "--data",
            paramLabel = "DIR",
            defaultValue = ".echelon/data/kafka",
            description = "Where the broker keeps its data (default: ${DEFAULT-VALUE}).")
    private Path data;

    @Option(
            names = "--port",
            paramLabel = "N",
            defaultValue = "9092",
            description = "The port on loopback (default: ${DEFAULT-VALUE}).")
    private int port;

    @Override
    public Integer call() throws InterruptedException {
        try (Stopping stopping = Stopping.heardOn(System.out);
                EmbeddedKafka kafka = EmbeddedKafka.builder().directory(data).port(port).start()) {
            System.out.println("echelon: broker on " + kafka.bootstrapServers() + ", data in " + data);
            stopping.await();
        }
        return 0;
    }
}

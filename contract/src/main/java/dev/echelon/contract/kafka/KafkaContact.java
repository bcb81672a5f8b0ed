package dev.echelon.contract.kafka;

import dev.echelon.contract.telemetry.Outage;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Whether Kafka answers, as all that read in this process and wait for its topics see it: told in one line, whoever
 * waits for what. Kafka's own clients say so in a line for each attempt.
 */
final class KafkaContact {

    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final int CONNECT_MILLIS = 1000;

    private final String bootstrapServers;
    private final Outage outage;

    private KafkaContact(String bootstrapServers, Outage outage) {
        this.bootstrapServers = bootstrapServers;
        this.outage = outage;
    }

    /** The one with Kafka at this address. */
    static KafkaContact with(KafkaSettings settings) {
        String where = settings.bootstrapServers();
        return new KafkaContact(
                where, Outage.of("Kafka at " + where, "it is asked again, at least every 10 s", PATIENCE));
    }

    void answered() {
        outage.answered();
    }

    /** Nothing has come for so long. */
    void silent(Duration waited) {
        outage.failed(waited, this::why);
    }

    /** That Kafka is away, and why; empty where it is not. */
    Optional<String> problem() {
        return outage.problem();
    }

    /** A client only says that there was no answer in time; whether somebody listens is soon found out. */
    private String why() {
        List<String> found = new ArrayList<>();
        for (String server : bootstrapServers.split(",")) {
            String host = server.strip();
            int colon = host.lastIndexOf(':');
            try (Socket socket = new Socket()) {
                socket.connect(
                        new InetSocketAddress(
                                host.substring(0, Math.max(colon, 0)), Integer.parseInt(host.substring(colon + 1))),
                        CONNECT_MILLIS);
                return "something listens at " + host
                        + ", but gives no answer (check that it is Kafka, and the security settings of both)";
            } catch (java.net.UnknownHostException e) {
                found.add("the name in " + host + " cannot be resolved");
            } catch (IOException e) {
                found.add(e.getMessage());
            } catch (IllegalArgumentException e) {
                found.add(host + " is not host:port");
            }
        }
        return String.join("; ", found.stream().distinct().toList());
    }
}

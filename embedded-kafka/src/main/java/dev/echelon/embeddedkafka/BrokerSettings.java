package dev.echelon.embeddedkafka;

import static java.util.Map.entry;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/** The broker's settings: one node that is broker and controller, tuned for a quick start in a shared process. */
final class BrokerSettings {

    static final int NODE_ID = 1;
    static final String BROKER_LISTENER = "BROKER";
    static final String CONTROLLER_LISTENER = "CONTROLLER";
    private static final String AUTHORIZER = "org.apache.kafka.metadata.authorizer.StandardAuthorizer";

    private BrokerSettings() {
    }

    /** What {@link #of} is to be overlaid with, where only these users are let in, with these passwords. */
    static Map<String, String> onlyFor(Map<String, String> passwords) {
        // The broker is a client of itself, too: that is how it ends transactions.
        var jaas = new StringBuilder("org.apache.kafka.common.security.plain.PlainLoginModule required username=\"")
                .append(EmbeddedKafka.ADMINISTRATOR).append("\" password=\"")
                .append(passwords.get(EmbeddedKafka.ADMINISTRATOR)).append('"');
        passwords.forEach((user, password) ->
                jaas.append(" user_").append(user).append("=\"").append(password).append('"'));
        return Map.of(
                "listener.security.protocol.map",
                        BROKER_LISTENER + ":SASL_PLAINTEXT," + CONTROLLER_LISTENER + ":PLAINTEXT",
                "sasl.enabled.mechanisms", "PLAIN",
                "sasl.mechanism.inter.broker.protocol", "PLAIN",
                "listener.name." + BROKER_LISTENER.toLowerCase(Locale.ROOT) + ".plain.sasl.jaas.config",
                        jaas.append(';').toString(),
                "authorizer.class.name", AUTHORIZER,
                "super.users", administrators(EmbeddedKafka.ADMINISTRATOR));
    }

    /**
     * What {@link #of} is to be overlaid with, where only those are let in who have a certificate.
     *
     * @param own the broker's own certificate and key, which must be an administrator's, since the broker is a client
     *     of itself, too
     * @param authorities those who vouch for all certificates
     */
    static Map<String, String> onlyWithCertificate(Path own, Path authorities) {
        return Map.ofEntries(
                entry("listener.security.protocol.map", BROKER_LISTENER + ":SSL," + CONTROLLER_LISTENER + ":PLAINTEXT"),
                entry("ssl.client.auth", "required"),
                entry("ssl.keystore.type", "PEM"),
                entry("ssl.keystore.location", own.toString()),
                entry("ssl.truststore.type", "PEM"),
                entry("ssl.truststore.location", authorities.toString()),
                entry("authorizer.class.name", AUTHORIZER),
                entry("super.users", administrators("CN=" + EmbeddedKafka.ADMINISTRATOR)));
    }

    /** The broker itself, which alone reaches the controller, is nobody there. */
    private static String administrators(String user) {
        return "User:" + user + ";User:ANONYMOUS";
    }

    static Map<String, String> of(Path directory, int brokerPort, int controllerPort) {
        var brokerAddress = BROKER_LISTENER + "://" + BoundSockets.LOOPBACK + ":" + brokerPort;
        var controllerAddress = CONTROLLER_LISTENER + "://" + BoundSockets.LOOPBACK + ":" + controllerPort;
        return Map.ofEntries(
                entry("process.roles", "broker,controller"),
                entry("node.id", Integer.toString(NODE_ID)),
                entry("listeners", brokerAddress + "," + controllerAddress),
                entry("advertised.listeners", brokerAddress),
                entry("listener.security.protocol.map",
                        BROKER_LISTENER + ":PLAINTEXT," + CONTROLLER_LISTENER + ":PLAINTEXT"),
                entry("inter.broker.listener.name", BROKER_LISTENER),
                entry("controller.listener.names", CONTROLLER_LISTENER),
                entry("controller.quorum.voters",
                        NODE_ID + "@" + BoundSockets.LOOPBACK + ":" + controllerPort),
                entry("log.dirs", directory.toString()),

                // Topics are made by those who know how many partitions they need.
                entry("auto.create.topics.enable", "false"),
                entry("message.max.bytes", "8388608"),
                entry("min.insync.replicas", "1"),
                entry("default.replication.factor", "1"),
                entry("offsets.topic.replication.factor", "1"),
                entry("transaction.state.log.replication.factor", "1"),
                entry("transaction.state.log.min.isr", "1"),
                entry("share.coordinator.state.topic.replication.factor", "1"),
                entry("share.coordinator.state.topic.min.isr", "1"),
                // Fifty partitions each, the default, are fifty logs to open at each start.
                entry("offsets.topic.num.partitions", "2"),
                entry("transaction.state.log.num.partitions", "2"),
                entry("share.coordinator.state.topic.num.partitions", "1"),

                // Nobody else will join while a group forms.
                entry("group.initial.rebalance.delay.ms", "0"),
                entry("group.min.session.timeout.ms", "1000"),
                entry("group.coordinator.threads", "1"),
                // Batching commits for 5 ms, the default, costs each exactly-once hop those 5 ms.
                entry("group.coordinator.append.linger.ms", "0"),
                entry("share.coordinator.append.linger.ms", "0"),
                entry("share.coordinator.threads", "1"),
                // The first record of a transaction waits here until the markers of the one before are written; after
                // 100 ms, the default, it is sent back, and a busy machine takes longer than that. Nothing is lost
                // then, but what the producer has sent behind it comes back too, as out of order, and the log is full
                // of it.
                entry("add.partitions.to.txn.retry.backoff.max.ms", "10000"),
                // After a crash, readers of committed records wait for the abort of what was left open.
                entry("transaction.abort.timed.out.transaction.cleanup.interval.ms", "1000"),

                entry("num.network.threads", "2"),
                entry("num.io.threads", "4"),
                entry("background.threads", "2"),
                entry("num.recovery.threads.per.data.dir", "2"),
                entry("log.cleaner.threads", "1"),
                entry("log.cleaner.dedupe.buffer.size", "16777216"),
                entry("log.cleaner.io.buffer.size", "524288"),
                // Only the last segment of a log is read again after a crash: small ones keep that short.
                entry("log.segment.bytes", "67108864"),
                entry("log.index.size.max.bytes", "1048576"),
                entry("log.segment.delete.delay.ms", "1000"),

                // Broker and controller are one process: a missed heartbeat means a busy machine, not a lost broker.
                entry("broker.session.timeout.ms", "60000"),
                entry("initial.broker.registration.timeout.ms", "120000"),
                // One voter elects itself: no reason to wait for votes of others.
                entry("controller.quorum.election.timeout.ms", "50"),
                entry("controller.quorum.election.backoff.max.ms", "50"),
                entry("controller.quorum.append.linger.ms", "0"),
                // No records that say that nothing happened: no other voter needs to learn that this one lives.
                entry("metadata.max.idle.interval.ms", "0"),

                entry("metric.reporters", ""));
    }
}

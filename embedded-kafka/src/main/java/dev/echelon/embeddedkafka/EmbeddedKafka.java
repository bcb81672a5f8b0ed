package dev.echelon.embeddedkafka;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import kafka.server.BrokerServer;
import kafka.server.ControllerServer;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.server.Server;
import kafka.server.SharedServer;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.utils.Time;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An Apache Kafka broker and its KRaft controller inside this JVM, with data on disk, on loopback only.
 *
 * <p>What it promises:
 * <ul>
 *   <li>Once {@link Builder#start()} has returned, clients can connect, and topics can be created.</li>
 *   <li>What was acknowledged is still there after the process was killed at any moment and a broker was started again
 *       on the same directory. (It is not flushed to the disk record by record: a power failure may lose the
 *       tail.)</li>
 *   <li>Two brokers never share a directory: the second one is refused, in the same process or in another.</li>
 *   <li>A fault that the broker cannot go on after completes {@link #fault()}. It does not end the JVM, with one
 *       exception that lies in Kafka itself: when its only data directory stops working (disk full, for one), Kafka
 *       halts the process.</li>
 *   <li>{@link #close()} takes a second or so, and leaves no non-daemon thread behind.</li>
 * </ul>
 *
 * <p>This does what Kafka's own {@code KafkaRaftServer} does, from the same parts. It is not that class because that
 * one wants port numbers before it has the ports, and answers a fault with the end of the JVM.
 */
public final class EmbeddedKafka implements AutoCloseable {

    /** The user who may do everything where not everybody may. */
    public static final String ADMINISTRATOR = "admin";

    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedKafka.class);
    private static final Duration SHUTDOWN_PATIENCE = Duration.ofSeconds(10);

    private final Path directory;
    private final DirectoryLock lock;
    private final BoundSockets sockets;
    private final Metrics metrics;
    private final ControllerServer controller;
    private final BrokerServer broker;
    private final CompletableFuture<Throwable> fault;
    private final AtomicBoolean closed = new AtomicBoolean();

    /** Whether a broker, of this process or of another one, runs on the directory at present. */
    public static boolean isRunningOn(Path directory) throws IOException {
        return DirectoryLock.isTaken(directory);
    }

    private EmbeddedKafka(Path directory, DirectoryLock lock, BoundSockets sockets, Map<String, String> own)
            throws IOException {
        this.directory = directory;
        this.lock = lock;
        this.sockets = sockets;
        var clusterId = Storage.prepare(directory);
        var settings = new HashMap<>(BrokerSettings.of(directory, sockets.brokerPort(), sockets.controllerPort()));
        settings.putAll(own);
        var config = new KafkaConfig(settings, false);
        var logDirs = KafkaRaftServer.initializeLogDirs(config, LOG, "[EmbeddedKafka] ");
        var faults = new RecordedFaults();
        this.fault = faults.fault();
        this.metrics = Server.initializeMetrics(config, Time.SYSTEM, clusterId);
        var shared = new SharedServer(config, logDirs._1(), Time.SYSTEM, metrics,
                CompletableFuture.completedFuture(sockets.voters()), List.of(), faults, sockets);
        // The order of construction matters to Kafka: the broker's part registers with the shared one first.
        this.broker = new BrokerServer(shared);
        this.controller = new ControllerServer(shared, KafkaRaftServer.configSchema(), logDirs._2());
    }

    /** Starts to describe a broker; only the directory must be named. */
    public static Builder builder() {
        return new Builder();
    }

    /** What clients take as {@code bootstrap.servers}: {@code 127.0.0.1:<port>}. */
    public String bootstrapServers() {
        return BoundSockets.LOOPBACK + ":" + port();
    }

    /** The port that clients connect to. */
    public int port() {
        return sockets.brokerPort();
    }

    /** Where the data are. */
    public Path directory() {
        return directory;
    }

    /** Completes with the cause when the broker has met a fault that it cannot go on after; otherwise never. */
    public CompletionStage<Throwable> fault() {
        return fault.minimalCompletionStage();
    }

    /** Stops broker and controller in order. A second call does nothing. */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        quietly("broker", () -> broker.shutdown(SHUTDOWN_PATIENCE));
        quietly("controller", controller::shutdown);
        quietly("metrics", metrics::close);
        quietly("sockets", sockets::close);
        quietly("directory lock", lock::close);
    }

    private void startup() throws IOException, InterruptedException {
        controller.startup();
        EarlierRegistration.forget(controller.controller());
        broker.startup();
    }

    /** One part that does not stop must not keep the others from stopping. */
    private void quietly(String part, AutoCloseable step) {
        try {
            step.close();
        } catch (Exception e) {
            LOG.warn("The embedded broker in {} did not stop its {} cleanly; the next start recovers its data",
                    directory, part, e);
        }
    }

    /** Describes a broker and starts it. */
    public static final class Builder {

        private Path directory;
        private int port;
        private final Map<String, String> own = new HashMap<>();

        private Builder() {
        }

        /** Where the data live. It is made, and formatted, when it is missing or empty. */
        public Builder directory(Path directory) {
            this.directory = Objects.requireNonNull(directory, "directory");
            return this;
        }

        /** The port for clients on loopback; 0, the default, takes a free one. */
        public Builder port(int port) {
            if (port < 0 || port > 65_535) {
                throw new IllegalArgumentException("port " + port + " of the embedded broker is not in 0..65535");
            }
            this.port = port;
            return this;
        }

        /**
         * Lets in only these users, each with a password (SASL, mechanism PLAIN), who may do what ACLs allow them;
         * {@link EmbeddedKafka#ADMINISTRATOR} may do everything. Without this, everybody may.
         */
        public Builder users(Map<String, String> passwords) {
            if (!passwords.containsKey(ADMINISTRATOR)) {
                throw new IllegalArgumentException("the embedded broker's user '" + ADMINISTRATOR
                        + "' has no password");
            }
            own.putAll(BrokerSettings.onlyFor(passwords));
            return this;
        }

        /**
         * Lets in only those who have a certificate (mutual TLS), under its subject's name, {@code CN=<user>}, who may
         * do what ACLs allow them; {@code CN=}{@link EmbeddedKafka#ADMINISTRATOR} may do everything.
         *
         * @param administrator a file in PEM with the administrator's key and certificate, which are the broker's, too:
         *     they have to be good for a server at the address of {@link EmbeddedKafka#bootstrapServers()}
         * @param authorities a file in PEM with the certificates of those who vouch for users and broker
         */
        public Builder certificates(Path administrator, Path authorities) {
            own.putAll(BrokerSettings.onlyWithCertificate(administrator, authorities));
            return this;
        }

        /** One of the broker's settings, by Kafka's own name; it wins over what this class chooses. */
        public Builder setting(String name, String value) {
            own.put(name, value);
            return this;
        }

        /**
         * Starts the broker and waits until it serves.
         *
         * @throws IllegalStateException when the directory is in use, holds something that is not a broker's, or the
         *     port is taken; the message says which and what to do
         */
        public EmbeddedKafka start() {
            if (directory == null) {
                throw new IllegalStateException("the embedded broker has no directory; call directory(path)");
            }
            BrokerLogging.quieten();
            var path = directory.toAbsolutePath().normalize();
            DirectoryLock lock = null;
            BoundSockets sockets = null;
            EmbeddedKafka kafka = null;
            try {
                lock = DirectoryLock.take(path);
                sockets = BoundSockets.bind(port);
                kafka = new EmbeddedKafka(path, lock, sockets, own);
                kafka.startup();
                return kafka;
            } catch (Exception e) {
                release(kafka, sockets, lock);
                if (e instanceof IllegalStateException stated) {
                    throw stated;
                }
                throw new IllegalStateException(
                        "the embedded broker in " + path + " did not start: " + e.getMessage(), e);
            }
        }

        private static void release(EmbeddedKafka kafka, BoundSockets sockets, DirectoryLock lock) {
            if (kafka != null) {
                kafka.close();
                return;
            }
            if (sockets != null) {
                sockets.close();
            }
            if (lock != null) {
                lock.close();
            }
        }
    }
}

package dev.echelon.embeddedkafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedKafkaIT {

    private static final String TOPIC = "records";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    @Test
    void whatWasAcknowledgedIsThereAfterACleanRestart() throws Exception {
        try (var kafka = EmbeddedKafka.builder().directory(directory).start()) {
            createTopic(kafka.bootstrapServers());
            send(kafka.bootstrapServers(), Map.of(), List.of("one", "two"));
        }

        try (var again = EmbeddedKafka.builder().directory(directory).start()) {
            assertThat(read(again.bootstrapServers(), 2)).containsExactly("one", "two");
        }
    }

    @Test
    void whatWasAcknowledgedIsThereAfterSigkill() throws Exception {
        var expected = IntStream.range(0, 500).mapToObj(Integer::toString).toList();
        try (var process = BrokerProcess.start(directory)) {
            createTopic(process.bootstrapServers());
            send(process.bootstrapServers(), Map.of(), expected);
            process.kill();
        }

        try (var again = EmbeddedKafka.builder().directory(directory).start()) {
            assertThat(read(again.bootstrapServers(), expected.size())).isEqualTo(expected);
        }
    }

    @Test
    void aTransactionThatSigkillCutOffIsAbortedAndItsProducerGoesOn() throws Exception {
        var transactional = Map.<String, Object>of("transactional.id", "the-decider", "transaction.timeout.ms", 5_000);
        try (var process = BrokerProcess.start(directory)) {
            createTopic(process.bootstrapServers());
            // Not closed in order: close() would abort, and the broker is gone by then.
            var producer = producer(process.bootstrapServers(), transactional);
            producer.initTransactions();
            inTransaction(producer, "committed");
            producer.beginTransaction();
            producer.send(new ProducerRecord<>(TOPIC, "cut off")).get();
            process.kill();
            producer.close(Duration.ZERO);
        }

        try (var again = EmbeddedKafka.builder().directory(directory).start();
                var producer = producer(again.bootstrapServers(), transactional)) {
            producer.initTransactions();
            inTransaction(producer, "after the restart");

            assertThat(read(again.bootstrapServers(), 2)).containsExactly("committed", "after the restart");
        }
    }

    @Test
    void closingIsQuickAndLeavesNoNonDaemonThread() throws Exception {
        var before = nonDaemonThreads();
        var kafka = EmbeddedKafka.builder().directory(directory).start();
        createTopic(kafka.bootstrapServers());
        send(kafka.bootstrapServers(), Map.of(), List.of("one"));

        var start = Instant.now();
        kafka.close();
        var took = Duration.between(start, Instant.now());

        // Well under a second on an idle machine; a broker that waits for something waits far longer than this.
        assertThat(took).isLessThan(Duration.ofSeconds(15));
        var left = new HashSet<>(nonDaemonThreads());
        left.removeAll(before);
        assertThat(left).as("non-daemon threads left behind").isEmpty();
    }

    @Test
    void topicsAreNotMadeByMentioningThem() throws Exception {
        try (var kafka = EmbeddedKafka.builder().directory(directory).start()) {
            assertThatThrownBy(() -> send(kafka.bootstrapServers(), Map.of("max.block.ms", 500), List.of("one")))
                    .hasMessageContaining("not present in metadata");
        }
    }

    @Test
    void aSecondBrokerOnTheSameDirectoryIsRefused() {
        try (var kafka = EmbeddedKafka.builder().directory(directory).start()) {
            assertThatThrownBy(() -> EmbeddedKafka.builder().directory(directory).start())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("a broker is already running on " + directory
                            + "; stop it, or give this one another directory");
            assertThat(kafka.fault().toCompletableFuture()).isNotDone();
        }
    }

    @Test
    void aBrokerOfAnotherProcessOnTheSameDirectoryIsRespected() throws Exception {
        try (var process = BrokerProcess.start(directory)) {
            assertThat(process.bootstrapServers()).startsWith("127.0.0.1:");
            assertThatThrownBy(() -> EmbeddedKafka.builder().directory(directory).start())
                    .hasMessageContaining("a broker is already running on " + directory);
        }
    }

    @Test
    void aDirectoryThatHoldsSomethingElseIsRefusedAndLeftAlone() throws IOException {
        var foreign = Files.createDirectory(directory.resolve("photographs"));

        assertThatThrownBy(() -> EmbeddedKafka.builder().directory(directory).start())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(directory + " is not a broker's data directory, and it is not empty (it holds photographs);"
                        + " name an empty or a new directory");
        assertThat(foreign).isEmptyDirectory();
        assertThat(directory.resolve("meta.properties")).doesNotExist();
    }

    @Test
    void aTakenPortIsNamedAndTheDirectoryIsFreeAgain() throws IOException {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var builder = EmbeddedKafka.builder().directory(directory).port(taken.getLocalPort());

            assertThatThrownBy(builder::start)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("cannot listen on 127.0.0.1:" + taken.getLocalPort())
                    .hasMessageContaining("choose another port");
        }
        try (var kafka = EmbeddedKafka.builder().directory(directory).start()) {
            assertThat(kafka.port()).isPositive();
        }
    }

    private static void createTopic(String bootstrapServers) throws Exception {
        try (var admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1))).all().get();
        }
    }

    private static KafkaProducer<String, String> producer(String bootstrapServers, Map<String, Object> more) {
        var properties = new HashMap<>(more);
        properties.put("bootstrap.servers", bootstrapServers);
        return new KafkaProducer<>(properties, new StringSerializer(), new StringSerializer());
    }

    private static void send(String bootstrapServers, Map<String, Object> more, List<String> values) throws Exception {
        try (var producer = producer(bootstrapServers, more)) {
            var sent = values.stream().map(value -> producer.send(new ProducerRecord<>(TOPIC, value))).toList();
            for (var each : sent) {
                each.get();
            }
        }
    }

    private static void inTransaction(KafkaProducer<String, String> producer, String value) {
        producer.beginTransaction();
        producer.send(new ProducerRecord<>(TOPIC, value));
        producer.commitTransaction();
    }

    /** The committed values from the start, as soon as there are that many. */
    private static List<String> read(String bootstrapServers, int count) {
        Map<String, Object> properties =
                Map.of("bootstrap.servers", bootstrapServers, "isolation.level", "read_committed");
        try (var consumer = new KafkaConsumer<>(properties, new StringDeserializer(), new StringDeserializer())) {
            var partition = List.of(new TopicPartition(TOPIC, 0));
            consumer.assign(partition);
            consumer.seekToBeginning(partition);
            var values = new ArrayList<String>();
            var deadline = Instant.now().plus(PATIENCE);
            while (values.size() < count && Instant.now().isBefore(deadline)) {
                consumer.poll(Duration.ofMillis(100)).forEach(each -> values.add(each.value()));
            }
            return values;
        }
    }

    private static Set<String> nonDaemonThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.isAlive() && !thread.isDaemon())
                .map(Thread::getName)
                .collect(Collectors.toSet());
    }
}

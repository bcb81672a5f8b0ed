package dev.echelon.contract.kafka;

import dev.echelon.contract.Topic;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** The catalogue's topics on the broker. */
public final class Topics {

    private static final Duration DEFAULT_PATIENCE = Duration.ofMinutes(1);
    private static final int PAUSE_MILLIS = 50;
    private static final int API_TIMEOUT_MILLIS = 10_000;

    private final KafkaSettings settings;
    private final Instant deadline;
    private final Set<Topic> missing;

    private Topics(KafkaSettings settings, Collection<Topic> topics, Instant deadline) {
        this.settings = Objects.requireNonNull(settings, "settings");
        this.deadline = deadline;
        this.missing = new HashSet<>(topics);
    }

    /** {@link #ensure(KafkaSettings, Collection, Duration)} for the whole catalogue, within a minute. */
    public static void ensure(KafkaSettings settings) {
        ensure(settings, Set.of(Topic.values()), DEFAULT_PATIENCE);
    }

    /**
     * Makes those of the topics that are missing, with the catalogue's configuration, and returns when all of them can
     * be used. Any number of processes may do so at the same time, and as often as they like. The configuration of a
     * topic that is there already is its operator's and stays as it is; no right to make topics is needed where all are
     * there.
     *
     * @throws IllegalStateException when a topic has another number of partitions than the catalogue says, when the
     *     broker refuses to make one, or when they are not all there after {@code patience}; the message says which and
     *     what to do
     */
    public static void ensure(KafkaSettings settings, Collection<Topic> topics, Duration patience) {
        var work = new Topics(settings, topics, Instant.now().plus(patience));
        var contact = KafkaContact.with(settings);
        var begun = Instant.now();
        KafkaException lastTrouble = null;
        do {
            try (var admin = Admin.create(settings.client("echelon-topics", Map.of(
                    "default.api.timeout.ms", Integer.toString(API_TIMEOUT_MILLIS), "request.timeout.ms", "5000",
                    "retry.backoff.ms", "50", "retry.backoff.max.ms", "200")))) {
                work.untilThere(admin);
                contact.answered();
            } catch (TimeoutException e) {
                contact.silent(Duration.ofMillis(API_TIMEOUT_MILLIS));
                lastTrouble = e;
            } catch (RetriableException e) {
                lastTrouble = e;
            } catch (KafkaException e) {
                // A name that does not resolve yet is a broker that is not there yet.
                if (!(e.getCause() instanceof ConfigException)) {
                    throw new IllegalStateException("no client of Kafka can be made from what echelon.kafka.client says: "
                            + Causes.of(e), e);
                }
                contact.silent(Duration.between(begun, Instant.now()));
                lastTrouble = e;
            }
            if (work.missing.isEmpty()) {
                return;
            }
            pause();
        } while (Instant.now().isBefore(work.deadline));
        throw new IllegalStateException("Kafka at " + settings.bootstrapServers() + " does not have "
                + work.missingNames() + " after " + patience.toSeconds() + " s; check that it runs and can be reached"
                + (lastTrouble == null ? "" : ": " + Causes.of(lastTrouble)),
                lastTrouble);
    }

    private void untilThere(Admin admin) {
        while (Instant.now().isBefore(deadline)) {
            var absent = lookAtMissing(admin);
            if (missing.isEmpty()) {
                return;
            }
            if (absent.isEmpty()) {
                pause();
            } else {
                create(admin, absent);
            }
        }
    }

    /** Strikes out what can be used, and returns what is not there at all. */
    private Set<Topic> lookAtMissing(Admin admin) {
        var absent = new HashSet<Topic>();
        var described = new HashMap<Topic, TopicDescription>();
        var byName = missing.stream().collect(Collectors.toMap(settings::topicName, topic -> topic));
        admin.describeTopics(byName.keySet()).topicNameValues().forEach((name, description) -> {
            var topic = byName.get(name);
            try {
                var found = description.get();
                requirePartitions(topic, found);
                described.put(topic, found);
            } catch (ExecutionException e) {
                switch (e.getCause()) {
                    case UnknownTopicOrPartitionException _ -> absent.add(topic);
                    case RetriableException passing -> throw passing;
                    case AuthenticationException refused -> throw new IllegalStateException("Kafka at "
                            + settings.bootstrapServers() + " and this service do not accept each other's credentials"
                            + " (echelon.kafka.client): " + Causes.of(refused), refused);
                    case AuthorizationException refused -> throw new IllegalStateException("Kafka at "
                            + settings.bootstrapServers() + " does not let the user of this service's credentials"
                            + " (echelon.kafka.client) use topic " + name + ": " + Causes.of(refused), refused);
                    default -> throw new IllegalStateException("topic " + name + " at " + settings.bootstrapServers()
                            + " cannot be described: " + Causes.of(e.getCause()), e.getCause());
                }
            } catch (InterruptedException e) {
                throw interrupted(e);
            }
        });
        requireLeaders(admin, described.values());
        missing.removeAll(described.keySet());
        return absent;
    }

    /**
     * Asks the leader of each partition for its end, and so waits until it answers as such. That a topic can be
     * described is not enough: a broker takes seconds to open a hundred new logs, and what is written meanwhile is
     * refused and tried again; an idempotent producer with several requests on their way may then find its second batch
     * taken and its first one out of order for ever.
     */
    private static void requireLeaders(Admin admin, Collection<TopicDescription> topics) {
        var ends = new HashMap<TopicPartition, OffsetSpec>();
        topics.forEach(topic -> topic.partitions().forEach(each ->
                ends.put(new TopicPartition(topic.name(), each.partition()), OffsetSpec.latest())));
        try {
            admin.listOffsets(ends).all().get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RetriableException passing) {
                throw passing;
            }
            throw new IllegalStateException("the ends of Echelon's topics cannot be read: " + Causes.of(e.getCause()),
                    e.getCause());
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private void create(Admin admin, Set<Topic> absent) {
        var wanted = absent.stream()
                .map(topic -> new NewTopic(settings.topicName(topic), topic.partitions(),
                        (short) settings.replicationFactor()).configs(topic.config()))
                .toList();
        admin.createTopics(wanted).values().forEach((name, created) -> {
            try {
                created.get();
            } catch (ExecutionException e) {
                switch (e.getCause()) {
                    // Another process was quicker.
                    case TopicExistsException _ -> { }
                    case RetriableException passing -> throw passing;
                    default -> throw new IllegalStateException("Kafka at " + settings.bootstrapServers()
                            + " refused to make topic " + name + ": " + Causes.of(e.getCause())
                            + "; make it beforehand, or allow it", e.getCause());
                }
            } catch (InterruptedException e) {
                throw interrupted(e);
            }
        });
    }

    private static void requirePartitions(Topic topic, TopicDescription found) {
        if (found.partitions().size() != topic.partitions()) {
            throw new IllegalStateException("topic " + found.name() + " has " + found.partitions().size()
                    + " partitions, expected " + topic.partitions() + "; records are already placed by that number, so"
                    + " it cannot be changed in place: use another topic prefix, or delete the topic if it holds"
                    + " nothing");
        }
    }

    private String missingNames() {
        return missing.stream().map(settings::topicName).sorted().collect(Collectors.joining(", "));
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static IllegalStateException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new IllegalStateException("interrupted while making Echelon's topics", e);
    }
}

package dev.echelon.kubeapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.echelon.kubeapi.json.Json;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class InMemoryStoreTest {
    private static final ResourceKind WIDGET = ApiServer.WIDGET;
    private static final ResourceKind NAMESPACE = ApiServer.NAMESPACE;
    private static final WriteOptions ME = WriteOptions.by("me");
    private static final Instant NOW = Instant.parse("2026-03-01T10:00:00.123Z");

    private final InMemoryStore store = new InMemoryStore(Clock.fixed(NOW, ZoneOffset.UTC), 50, false);

    private static ObjectNode widget(String namespace, String name, int size) {
        ObjectNode widget = Json.object().put("apiVersion", "test.echelon.dev/v1").put("kind", "Widget");
        widget.putObject("metadata").put("namespace", namespace).put("name", name);
        widget.putObject("spec").put("size", size);
        return widget;
    }

    private static ObjectNode namespace(String name) {
        ObjectNode namespace = Json.object().put("apiVersion", "v1").put("kind", "Namespace");
        namespace.putObject("metadata").put("name", name);
        return namespace;
    }

    private static ObjectNode withFinalizer(ObjectNode object) {
        ObjectNode metadata = Json.copyOf(Json.objectAt(object, "metadata"));
        metadata.putArray("finalizers").add("a.b/c");
        return Json.with(object, "metadata", metadata);
    }

    private static String version(ObjectNode object) {
        return object.at("/metadata/resourceVersion").asText();
    }

    private static String describe(WatchEvent event) {
        return event.type() + " " + event.object().at("/metadata/name").asText();
    }

    private ObjectNode delete(ResourceKind kind, String namespace, String name) {
        return store.delete(kind, namespace, name, DeletePreconditions.NONE, ME);
    }

    @Test
    void creationTimeComesFromTheClockInWholeSeconds() {
        ObjectNode created = store.create(WIDGET, widget("team", "w1", 1), ME);

        assertThat(created.at("/metadata/creationTimestamp").asText()).isEqualTo("2026-03-01T10:00:00Z");
    }

    @Test
    void objectGivenIsNotChanged() {
        ObjectNode given = widget("team", "w1", 1);

        store.create(WIDGET, given, ME);

        assertThat(given).isEqualTo(widget("team", "w1", 1));
    }

    @Test
    void listIsInTheOrderOfNamespaceAndName() {
        store.create(WIDGET, widget("b", "a", 1), ME);
        store.create(WIDGET, widget("a", "z", 1), ME);
        store.create(WIDGET, widget("a", "b", 1), ME);

        assertThat(store.list(WIDGET, Optional.empty()).items()).extracting(
                w -> w.at("/metadata/namespace").asText() + "/" + w.at("/metadata/name").asText())
                .containsExactly("a/b", "a/z", "b/a");
        assertThat(store.list(WIDGET, Optional.of("b")).items()).hasSize(1);
    }

    @Test
    void dryRunChangesNothingAndTellsNobody() {
        ObjectNode current = store.create(WIDGET, widget("team", "w1", 1), ME);
        List<WatchEvent> events = new ArrayList<>();
        store.watch(WIDGET, Optional.empty(), version(current), events::add);

        store.create(WIDGET, widget("team", "w2", 1), ME.asDryRun());
        store.update(WIDGET, widget("team", "w1", 2), Part.MAIN, ME.asDryRun());
        store.delete(WIDGET, "team", "w1", DeletePreconditions.NONE, ME.asDryRun());

        assertThat(store.list(WIDGET, Optional.empty()).items()).containsExactly(current);
        assertThat(events).isEmpty();
    }

    @Test
    void watchFromBeforeTheHistoryIsExpired() {
        ObjectNode current = store.create(WIDGET, widget("team", "w1", 0), ME);
        String first = version(current);
        for (int size = 1; size <= 60; size++) {
            current = store.update(WIDGET, widget("team", "w1", size), Part.MAIN, ME);
        }
        String last = version(current);
        String oldest = Long.toString(Long.parseLong(last) - 50);
        List<WatchEvent> events = new ArrayList<>();

        store.watch(WIDGET, Optional.empty(), oldest, events::add);

        assertThat(events).hasSize(50);
        assertThatThrownBy(() -> store.watch(WIDGET, Optional.empty(), first, events::add))
                .isInstanceOfSatisfying(ApiException.class, e -> assertThat(e.code()).isEqualTo(410));
        assertThatThrownBy(() -> store.watch(WIDGET, Optional.empty(), "9999", events::add))
                .isInstanceOfSatisfying(ApiException.class, e -> assertThat(e.code()).isEqualTo(410));
    }

    @Test
    void closedWatchHearsNothingMore() {
        List<WatchEvent> events = new ArrayList<>();
        Subscription subscription = store.watch(WIDGET, Optional.empty(), "0", events::add);
        store.create(WIDGET, widget("team", "w1", 1), ME);

        subscription.close();
        subscription.close();
        store.create(WIDGET, widget("team", "w2", 1), ME);

        assertThat(events).extracting(InMemoryStoreTest::describe).containsExactly("ADDED w1");
    }

    @Test
    void eventIsWrittenOutOnceForAllWatchers() {
        List<WatchEvent> one = new ArrayList<>();
        List<WatchEvent> two = new ArrayList<>();
        store.watch(WIDGET, Optional.empty(), "0", one::add);
        store.watch(WIDGET, Optional.of("team"), "0", two::add);

        store.create(WIDGET, widget("team", "w1", 1), ME);

        assertThat(one.getFirst().line()).isSameAs(two.getFirst().line());
    }

    @Test
    void deletedNamespaceTakesItsContentAlong() {
        store.create(NAMESPACE, namespace("team"), ME);
        store.create(WIDGET, widget("team", "w1", 1), ME);
        store.create(WIDGET, widget("other", "w2", 1), ME);

        delete(NAMESPACE, "", "team");

        assertThat(store.list(NAMESPACE, Optional.empty()).items()).isEmpty();
        assertThat(store.list(WIDGET, Optional.empty()).items()).extracting(w -> w.at("/metadata/name").asText())
                .containsExactly("w2");
    }

    @Test
    void namespaceTerminatesUntilItsLastObjectIsFree() {
        store.create(NAMESPACE, namespace("team"), ME);
        store.create(WIDGET, withFinalizer(widget("team", "held", 1)), ME);
        store.create(WIDGET, widget("team", "free", 1), ME);

        ObjectNode leaving = delete(NAMESPACE, "", "team");
        assertThat(leaving.at("/status/phase").asText()).isEqualTo("Terminating");
        assertThat(store.get(WIDGET, "team", "free")).isEmpty();
        assertThatThrownBy(() -> store.create(WIDGET, widget("team", "late", 1), ME))
                .isInstanceOfSatisfying(ApiException.class, e -> assertThat(e.reason()).isEqualTo("Forbidden"))
                .hasMessageContaining("because it is being terminated");

        store.update(WIDGET, widget("team", "held", 1), Part.MAIN, ME);
        assertThat(store.get(WIDGET, "team", "held")).isEmpty();
        assertThat(store.get(NAMESPACE, "", "team")).isEmpty();
    }

    @Test
    void storeThatRequiresNamespacesRefusesObjectsWithout() {
        InMemoryStore strict = new InMemoryStore(Clock.systemUTC(), 50, true);

        assertThatThrownBy(() -> strict.create(WIDGET, widget("team", "w1", 1), ME))
                .isInstanceOf(ApiException.class).hasMessage("namespaces \"team\" not found");
        strict.create(NAMESPACE, namespace("team"), ME);
        assertThat(strict.create(WIDGET, widget("team", "w1", 1), ME).at("/metadata/name").asText()).isEqualTo("w1");
    }

    /**
     * Whatever is done: versions only grow, every change makes exactly one event, and who lists at some moment and
     * applies all later events to that list has at any time what the store has.
     */
    @Test
    void eventsAfterAListingGiveTheStoreAgain() {
        long seed = new Random().nextLong();
        System.out.println("eventsAfterAListingGiveTheStoreAgain: seed " + seed);
        Random random = new Random(seed);
        InMemoryStore subject = new InMemoryStore(Clock.fixed(NOW, ZoneOffset.UTC), 10_000, false);
        TreeMap<String, ObjectNode> replica = new TreeMap<>();
        long[] last = {0};
        for (int step = 0; step < 3_000; step++) {
            if (step == 500) {
                Listing listing = subject.list(WIDGET, Optional.empty());
                listing.items().forEach(item -> replica.put(item.at("/metadata/name").asText(), item));
                last[0] = Long.parseLong(listing.resourceVersion());
                subject.watch(WIDGET, Optional.empty(), listing.resourceVersion(), event -> {
                    long version = Long.parseLong(event.resourceVersion());
                    assertThat(version).isGreaterThan(last[0]);
                    last[0] = version;
                    String name = event.object().at("/metadata/name").asText();
                    ObjectNode before = event.type() == WatchEvent.Type.DELETED ? replica.remove(name)
                            : replica.put(name, event.object());
                    assertThat(before == null).isEqualTo(event.type() == WatchEvent.Type.ADDED);
                });
            }
            change(subject, random);
        }
        assertThat(List.copyOf(replica.values())).isEqualTo(subject.list(WIDGET, Optional.empty()).items());
        assertThat(last[0]).isEqualTo(Long.parseLong(subject.list(WIDGET, Optional.empty()).resourceVersion()));
    }

    private static void change(InMemoryStore subject, Random random) {
        ObjectNode object = widget("team", "w" + random.nextInt(8), random.nextInt(3));
        ObjectNode given = random.nextInt(4) == 0 ? withFinalizer(object) : object;
        try {
            switch (random.nextInt(4)) {
                case 0 -> subject.create(WIDGET, given, ME);
                case 1 -> subject.update(WIDGET, given, Part.MAIN, ME);
                case 2 -> subject.update(WIDGET, Json.with(object, "status",
                        Json.object().put("phase", "p" + random.nextInt(3))), Part.STATUS, ME);
                default -> subject.delete(WIDGET, "team", object.at("/metadata/name").asText(),
                        DeletePreconditions.NONE, ME);
            }
        } catch (ApiException refused) {
            // Not there, there already, or a finalizer too late: all part of the life of a store.
            assertThat(refused.reason()).isIn("NotFound", "AlreadyExists", "Invalid");
        }
    }
}

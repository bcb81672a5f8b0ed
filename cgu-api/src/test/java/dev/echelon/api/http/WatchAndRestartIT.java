package dev.echelon.api.http;

import static dev.echelon.api.fixture.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.echelon.api.fixture.AnsweringScheduler;
import dev.echelon.api.fixture.Broker;
import dev.echelon.api.fixture.RunningApi;
import dev.echelon.api.fixture.RunningApi.Reply;
import dev.echelon.api.fixture.TestConfig;
import dev.echelon.contract.CguId;
import dev.echelon.contract.Json;
import dev.echelon.contract.Topic;
import dev.echelon.contract.kafka.KafkaSettings;
import dev.echelon.contract.kafka.RecordPublisher;
import dev.echelon.contract.resource.ConditionReason;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Watching, and what a process that comes after another one still knows. */
class WatchAndRestartIT {

    private KafkaSettings kafka;
    private AnsweringScheduler scheduler;
    private RunningApi api;

    @BeforeEach
    void start() {
        kafka = Broker.freshTopics();
        scheduler = new AnsweringScheduler(kafka);
        api = new RunningApi(kafka, TestConfig.DEFAULT);
    }

    @AfterEach
    void stop() {
        api.close();
        scheduler.close();
    }

    private void restart() {
        api.close();
        api = new RunningApi(kafka, TestConfig.DEFAULT);
    }

    @Test
    void aWatchFromAnySeenVersionTellsExactlyWhatCameAfterIt() {
        String begin = api.get(RunningApi.CGUS).body().at("/metadata/resourceVersion").asText();
        create("one");
        create("two");
        api.patch(RunningApi.CGUS + "/one", "{\"spec\":{\"enable\":false}}");
        api.delete(RunningApi.CGUS + "/two");
        await("the deletion").until(() -> api.get(RunningApi.CGUS + "/two").status() == 404);

        List<JsonNode> all = watch(begin);

        assertThat(all.stream().map(WatchAndRestartIT::line)).containsExactly(
                "ADDED one 1", "ADDED two 1", "MODIFIED one 2", "MODIFIED two 1", "DELETED two 1");
        assertThat(all.stream().map(event -> event.at("/object/metadata/resourceVersion").asText()))
                .doesNotHaveDuplicates();
        for (int i = 0; i < all.size(); i++) {
            String version = all.get(i).at("/object/metadata/resourceVersion").asText();
            assertThat(watch(version)).isEqualTo(all.subList(i + 1, all.size()));
        }
        assertThat(watch("0").stream().map(WatchAndRestartIT::line)).containsExactly("ADDED one 2");
    }

    @Test
    void aVersionThatThisProcessHasNotSeenIsExpired() {
        create("one");
        String version = api.get(RunningApi.CGUS).body().at("/metadata/resourceVersion").asText();
        restart();

        assertThat(watch(version)).singleElement().satisfies(event -> {
            assertThat(event.path("type").asText()).isEqualTo("ERROR");
            assertThat(event.at("/object/code").intValue()).isEqualTo(410);
            assertThat(event.at("/object/reason").asText()).isEqualTo("Expired");
        });
        String again = api.get(RunningApi.CGUS).body().at("/metadata/resourceVersion").asText();
        create("two");
        assertThat(watch(again).stream().map(WatchAndRestartIT::line)).containsExactly("ADDED two 1");
    }

    @Test
    void bookmarksComeWhileNothingHappens() {
        String begin = api.get(RunningApi.CGUS).body().at("/metadata/resourceVersion").asText();

        assertThat(events("?watch=true&allowWatchBookmarks=true&timeoutSeconds=1&resourceVersion=" + begin))
                .isNotEmpty()
                .allSatisfy(event -> assertThat(event.path("type").asText()).isEqualTo("BOOKMARK"))
                .allSatisfy(event -> assertThat(event.at("/object/metadata/resourceVersion").asText())
                .isEqualTo(begin));
    }

    @Test
    void aRepeatedCreateGetsTheFirstAnswerAlsoAfterARestart() {
        String body = ResourceIT.cgu("once", "");
        Reply first = api.post(RunningApi.CGUS, body, "Idempotency-Key", "k-1");
        api.delete(RunningApi.CGUS + "/once");
        await("the deletion").until(() -> api.get(RunningApi.CGUS + "/once").status() == 404);
        int commands = scheduler.commands().size();
        restart();

        Reply second = api.post(RunningApi.CGUS, body, "Idempotency-Key", "k-1");
        Reply other = api.post(RunningApi.CGUS, ResourceIT.cgu("other", ""), "Idempotency-Key", "k-1");

        assertThat(second.status()).isEqualTo(201);
        assertThat(second.body().at("/metadata/uid")).isEqualTo(first.body().at("/metadata/uid"));
        assertThat(second.body().at("/metadata/resourceVersion"))
                .isEqualTo(first.body().at("/metadata/resourceVersion"));
        assertThat(second.body().at("/spec")).isEqualTo(first.body().at("/spec"));
        assertThat(other.status()).isEqualTo(422);
        assertThat(scheduler.commands()).hasSize(commands);
    }

    @Test
    void aCreateThatGotNoAnswerIsFinishedByItsRepeat() {
        api.close();
        api = new RunningApi(kafka, new TestConfig(Duration.ofSeconds(3), 2_000, Duration.ofMillis(100)));
        api.get(RunningApi.CGUS);
        scheduler.isSilentAbout(_ -> true);
        Reply unanswered = api.post(RunningApi.CGUS, ResourceIT.cgu("slow", ""), "Idempotency-Key", "k-2");
        scheduler.isSilentAbout(_ -> false);

        Reply answered = api.post(RunningApi.CGUS, ResourceIT.cgu("slow", ""), "Idempotency-Key", "k-2");

        assertThat(unanswered.status()).isEqualTo(504);
        assertThat(unanswered.message()).startsWith("no answer within 3 s: command ")
                .endsWith("lies in the log and the scheduler has not answered it yet; it will be carried out when the"
                        + " scheduler gets to it");
        assertThat(answered.status()).isEqualTo(201);
        assertThat(scheduler.commands()).extracting("id").hasSize(2).containsOnly(scheduler.commands().getFirst().id());
    }

    @Test
    void aPoisonRecordGoesToTheDeadLettersAndTheNextOneIsTaken() {
        create("before");
        try (RecordPublisher publisher = new RecordPublisher(kafka, "test")) {
            publisher.publish(Topic.CGUS, "ztp/before", "no JSON".getBytes(StandardCharsets.UTF_8));
            publisher.publish(Topic.CGUS, "ztp/other", Json.write(scheduler.state(new CguId("ztp", "before"))));
            publisher.publish(Topic.AUDIT, "ztp/before", "{}".getBytes(StandardCharsets.UTF_8));
            publisher.flush();
        }

        await("three dead letters").until(() -> api.service().deadLetters().count() == 3);
        assertThat(api.patch(RunningApi.CGUS + "/before", "{\"spec\":{\"enable\":false}}").status()).isEqualTo(200);
        assertThat(api.service().problem()).isEmpty();
    }

    @Test
    void theTrailGoesOnLiveAndResumesByTheLastEventsId() throws InterruptedException {
        create("told");
        List<String> ids = new CopyOnWriteArrayList<>();
        Thread reader = Thread.startVirtualThread(() -> api.stream(
                        RunningApi.CGUS + "/told/events", "Accept", "text/event-stream")
                .body()
                .filter(line -> line.startsWith("id: "))
                .map(line -> line.substring(4))
                .limit(4)
                .forEach(ids::add));
        await("what has been").until(() -> ids.size() == 2);

        api.patch(RunningApi.CGUS + "/told", "{\"spec\":{\"enable\":false}}");
        reader.join();

        List<String> resumed = api.stream(RunningApi.CGUS + "/told/events?watch=true", "Last-Event-ID", ids.get(1))
                .body()
                .filter(line -> line.startsWith("id: "))
                .map(line -> line.substring(4))
                .limit(2)
                .toList();
        assertThat(resumed).isEqualTo(ids.subList(2, 4));
    }

    @Test
    void whatIsTooOldForMemoryIsReadFromTheTopic() {
        api.close();
        api = new RunningApi(kafka, new TestConfig(Duration.ofSeconds(20), 1, Duration.ofMillis(100)));
        create("old");

        assertThat(api.get(RunningApi.CGUS + "/old/events").body().path("items")).hasSize(2);
    }

    @Test
    void tablesShowTheContractsColumns() {
        create("shown");
        scheduler.show(new CguId("ztp", "shown"), ResourceIT.status(ConditionReason.NOT_ENABLED, Instant.EPOCH));
        await("the condition").until(() -> !api.get(RunningApi.CGUS + "/shown").body().at("/status/conditions")
                .isMissingNode());

        JsonNode table = api.get(RunningApi.CGUS, "Accept", "application/json;as=Table;v=v1;g=meta.k8s.io").body();

        assertThat(table.path("columnDefinitions").findValuesAsText("name"))
                .containsExactly("Name", "Age", "State", "Details");
        assertThat(table.at("/rows/0/cells/0").asText()).isEqualTo("shown");
        assertThat(table.at("/rows/0/cells/2").asText()).isEqualTo("NotEnabled");
        assertThat(table.at("/rows/0/cells/3").asText()).isEqualTo("Not enabled");
    }

    private void create(String name) {
        Reply created = api.post(RunningApi.CGUS, ResourceIT.cgu(name, ""));
        assertThat(created.status()).as(created.body().toString()).isEqualTo(201);
    }

    private List<JsonNode> watch(String version) {
        return events("?watch=true&timeoutSeconds=1&resourceVersion=" + version);
    }

    private List<JsonNode> events(String query) {
        return api.stream(RunningApi.CGUS + query)
                .body()
                .map(line -> {
                    try {
                        return Json.mapper().readTree(line);
                    } catch (JsonProcessingException e) {
                        throw new IllegalStateException(line, e);
                    }
                })
                .toList();
    }

    private static String line(JsonNode event) {
        return event.path("type").asText() + " " + event.at("/object/metadata/name").asText() + " "
                + event.at("/object/metadata/generation").asText();
    }
}

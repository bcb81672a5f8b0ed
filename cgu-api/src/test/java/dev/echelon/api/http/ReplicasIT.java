package dev.echelon.api.http;

import static dev.echelon.api.fixture.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.echelon.api.fixture.AnsweringScheduler;
import dev.echelon.api.fixture.Broker;
import dev.echelon.api.fixture.RunningApi;
import dev.echelon.api.fixture.RunningApi.Reply;
import dev.echelon.api.fixture.TestConfig;
import dev.echelon.contract.kafka.KafkaSettings;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two replicas of the API over one log: any of them answers anything. */
class ReplicasIT {

    private AnsweringScheduler scheduler;
    private RunningApi one;
    private RunningApi other;

    @BeforeEach
    void start() {
        KafkaSettings kafka = Broker.freshTopics();
        scheduler = new AnsweringScheduler(kafka);
        one = new RunningApi(kafka, TestConfig.DEFAULT);
        other = new RunningApi(kafka, TestConfig.DEFAULT);
        one.get(RunningApi.CGUS);
        other.get(RunningApi.CGUS);
    }

    @AfterEach
    void stop() {
        one.close();
        other.close();
        scheduler.close();
    }

    @Test
    void whatOneTakesInTheOtherShowsAndChanges() {
        Reply created = one.post(RunningApi.CGUS, ResourceIT.cgu("shared", ""));
        assertThat(created.status()).isEqualTo(201);

        await("the other shows it").until(() -> other.get(RunningApi.CGUS + "/shared").status() == 200);
        Reply changed = other.patch(RunningApi.CGUS + "/shared", "{\"spec\":{\"enable\":false}}");

        assertThat(changed.status()).isEqualTo(200);
        await("the first shows the change").until(() -> !one.get(RunningApi.CGUS + "/shared")
                .body()
                .at("/spec/enable")
                .asBoolean(true));
    }

    @Test
    void aRepeatAtAnotherReplicaGetsTheFirstAnswer() {
        String body = ResourceIT.cgu("once", "");
        Reply first = one.post(RunningApi.CGUS, body, "Idempotency-Key", "k-1");

        Reply second = other.post(RunningApi.CGUS, body, "Idempotency-Key", "k-1");
        Reply misused = other.post(RunningApi.CGUS, ResourceIT.cgu("other", ""), "Idempotency-Key", "k-1");

        assertThat(first.status()).isEqualTo(201);
        assertThat(second.status()).isEqualTo(201);
        assertThat(second.body().at("/metadata/uid")).isEqualTo(first.body().at("/metadata/uid"));
        assertThat(misused.status()).isEqualTo(422);
    }

    @Test
    void theSameCreateAtBothReplicasAtOnceIsCarriedOutOnce() {
        for (int round = 0; round < 10; round++) {
            String key = "round-" + round;
            String body = ResourceIT.cgu("race-" + round, "");

            List<Reply> replies = atOnce(body, key);

            assertThat(replies).extracting(Reply::status).as(key).containsOnly(201);
            assertThat(replies).extracting(reply -> reply.body().at("/metadata/uid").asText()).as(key)
                    .containsOnly(replies.getFirst().body().at("/metadata/uid").asText());
        }
        assertThat(one.get(RunningApi.CGUS).body().path("items")).hasSize(10);
    }

    @Test
    void aGeneratedNameIsTheSameForTheSameKeyAtBothReplicas() {
        String body = ResourceIT.cgu("xx", "").replace("\"name\":\"xx\"", "\"generateName\":\"made-\"");
        assertThat(body).contains("generateName");

        List<Reply> replies = atOnce(body, "generated");

        assertThat(replies).extracting(Reply::status).containsOnly(201);
        assertThat(replies).extracting(reply -> reply.body().at("/metadata/name").asText())
                .containsOnly(replies.getFirst().body().at("/metadata/name").asText());
        assertThat(one.get(RunningApi.CGUS).body().path("items")).hasSize(1);
    }

    private List<Reply> atOnce(String body, String key) {
        return IntStream.range(0, 4)
                .mapToObj(i -> CompletableFuture.supplyAsync(() ->
                        (i % 2 == 0 ? one : other).post(RunningApi.CGUS, body, "Idempotency-Key", key)))
                .toList()
                .stream()
                .map(CompletableFuture::join)
                .toList();
    }
}

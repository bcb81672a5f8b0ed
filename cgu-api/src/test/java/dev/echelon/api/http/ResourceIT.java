package dev.echelon.api.http;

import static dev.echelon.api.fixture.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.echelon.api.fixture.AnsweringScheduler;
import dev.echelon.api.fixture.Broker;
import dev.echelon.api.fixture.RunningApi;
import dev.echelon.api.fixture.RunningApi.Reply;
import dev.echelon.api.fixture.TestConfig;
import dev.echelon.contract.CguId;
import dev.echelon.contract.command.Command;
import dev.echelon.contract.kafka.KafkaSettings;
import dev.echelon.contract.resource.CguStatus;
import dev.echelon.contract.resource.Condition;
import dev.echelon.contract.resource.ConditionReason;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A ClusterGroupUpgrade through HTTP: what is asked for becomes a command, and the answer is what the log then says.
 */
class ResourceIT {

    private static RunningApi api;
    private static AnsweringScheduler scheduler;

    @BeforeAll
    static void start() {
        KafkaSettings kafka = Broker.freshTopics();
        scheduler = new AnsweringScheduler(kafka);
        api = new RunningApi(kafka, TestConfig.DEFAULT);
    }

    @AfterAll
    static void stop() {
        api.close();
        scheduler.close();
    }

    @Test
    void whatIsCreatedCanBeReadAtOnce() {
        Reply created = api.post(RunningApi.CGUS, cgu("read-at-once", ""));

        assertThat(created.status()).as(created.body().toString()).isEqualTo(201);
        assertThat(created.body().at("/spec/enable").booleanValue()).isTrue();
        assertThat(created.body().at("/spec/remediationStrategy/timeout").intValue()).isEqualTo(240);
        Reply read = api.get(RunningApi.CGUS + "/read-at-once");
        assertThat(read.status()).isEqualTo(200);
        assertThat(read.body()).isEqualTo(created.body());
        assertThat(scheduler.state(new CguId("ztp", "read-at-once")).metadata().uid())
                .isEqualTo(created.body().at("/metadata/uid").textValue());
    }

    @Test
    void aPatchIsMadeWhateverHappensToTheStatusMeanwhile() {
        api.post(RunningApi.CGUS, cgu("busy", ""));
        CguId id = new CguId("ztp", "busy");
        Thread churn = Thread.startVirtualThread(() -> {
            for (int i = 0; i < 300; i++) {
                scheduler.show(id, status(ConditionReason.NOT_ENABLED, Instant.ofEpochSecond(i)));
            }
        });

        for (int i = 1; i <= 10; i++) {
            Reply patched = api.patch(RunningApi.CGUS + "/busy",
                    "{\"spec\":{\"remediationStrategy\":{\"maxConcurrency\":" + i + "}}}");
            assertThat(patched.status()).as(patched.body().toString()).isEqualTo(200);
            assertThat(patched.body().at("/spec/remediationStrategy/maxConcurrency").intValue()).isEqualTo(i);
        }

        assertThat(scheduler.state(id).metadata().generation()).isEqualTo(11);
        assertThat(churn.isAlive() || scheduler.state(id).status().conditions().size() == 1).isTrue();
    }

    @Test
    void patchesOfDifferentLabelsAtTheSameTimeAreAllKept() throws InterruptedException {
        api.post(RunningApi.CGUS, cgu("labelled", ""));
        List<Thread> clients = java.util.stream.IntStream.range(0, 8)
                .mapToObj(i -> Thread.startVirtualThread(() -> api.patch(
                        RunningApi.CGUS + "/labelled", "{\"metadata\":{\"labels\":{\"l" + i + "\":\"x\"}}}")))
                .toList();
        for (Thread client : clients) {
            client.join();
        }

        assertThat(scheduler.state(new CguId("ztp", "labelled")).metadata().labels()).hasSize(8);
    }

    @Test
    void replacingAnOldVersionIsAConflict() {
        Reply created = api.post(RunningApi.CGUS, cgu("stale", ""));
        api.patch(RunningApi.CGUS + "/stale", "{\"spec\":{\"enable\":false}}");

        Reply replaced = api.put(RunningApi.CGUS + "/stale", created.body().toString());

        assertThat(replaced.status()).isEqualTo(409);
        assertThat(replaced.body().path("reason").asText()).isEqualTo("Conflict");
        assertThat(replaced.message()).startsWith(
                "Operation cannot be fulfilled on clustergroupupgrades.ran.openshift.io \"stale\": the object has been modified");
    }

    @Test
    void aDeletionIsShownWhileItLastsAndThenTheResourceIsGone() {
        api.post(RunningApi.CGUS, cgu("leaving", ""));

        Reply deleted = api.delete(RunningApi.CGUS + "/leaving");

        assertThat(deleted.status()).as(deleted.body().toString()).isEqualTo(200);
        await("the tombstone arrives")
                .until(() -> api.get(RunningApi.CGUS + "/leaving").status() == 404);
    }

    @Test
    void aRepeatedCreateUnderAKeyGetsTheFirstAnswer() {
        String body = cgu("once", "");
        Reply first = api.post(RunningApi.CGUS, body, "Idempotency-Key", "k-1");
        api.patch(RunningApi.CGUS + "/once", "{\"spec\":{\"enable\":false}}");

        Reply second = api.post(RunningApi.CGUS, body, "Idempotency-Key", "k-1");
        Reply other = api.post(RunningApi.CGUS, cgu("twice", ""), "Idempotency-Key", "k-1");

        assertThat(first.status()).isEqualTo(201);
        assertThat(second.status()).isEqualTo(201);
        assertThat(second.body()).isEqualTo(first.body());
        assertThat(other.status()).isEqualTo(422);
        assertThat(other.message()).contains("Idempotency-Key").contains("ztp/once");
        assertThat(scheduler.commands().stream()
                        .filter(record -> record.command() instanceof Command.Apply apply
                                && Boolean.FALSE.equals(apply.precondition().mustExist())
                                && apply.cgu().name().matches("once|twice")))
                .hasSize(1);
    }

    @Test
    void aFieldThatHasNoEffectAnyMoreIsKeptWithAWarning() {
        api.post(RunningApi.CGUS, cgu("running", ""));
        scheduler.show(new CguId("ztp", "running"), status(ConditionReason.REMEDIATING, Instant.EPOCH));
        await("the condition shows").until(() -> !api.get(RunningApi.CGUS + "/running")
                .body().at("/status/conditions").isMissingNode());

        Reply patched = api.patch(
                RunningApi.CGUS + "/running",
                "{\"spec\":{\"clusters\":[\"a\"],\"remediationStrategy\":{\"timeout\":10}}}");

        assertThat(patched.status()).isEqualTo(200);
        assertThat(patched.body().at("/spec/clusters/0").textValue()).isEqualTo("a");
        assertThat(patched.warnings()).containsExactly(
                "299 - \"spec.clusters: the change is kept but has no effect any more, because the rollout has started\"");
    }

    @Test
    void theStatusCannotBeWritten() {
        api.post(RunningApi.CGUS, cgu("read-only", ""));

        Reply patched = api.patch(RunningApi.CGUS + "/read-only/status", "{\"status\":{\"computedMaxConcurrency\":7}}");

        assertThat(patched.status()).isEqualTo(403);
        assertThat(patched.message()).endsWith("the status is Echelon's to write; it cannot be set");
    }

    @Test
    void aRefusalOfTheSchedulerNamesTheField() {
        scheduler.refuses(record -> record.command().cgu().name().equals("refused"));

        Reply created = api.post(RunningApi.CGUS, cgu("refused", ""));

        assertThat(created.status()).isEqualTo(422);
        assertThat(created.message()).isEqualTo("ClusterGroupUpgrade.ran.openshift.io \"refused\" is invalid: "
                + "spec.blockingCRs: Forbidden: is not supported by this version yet; remove it to go on without");
        assertThat(created.body().at("/details/causes/0/field").asText()).isEqualTo("spec.blockingCRs");
        assertThat(api.get(RunningApi.CGUS + "/refused").status()).isEqualTo(404);
    }

    @Test
    void thePlanSaysWhatIsAwaited() {
        api.post(RunningApi.CGUS, cgu("planned", ""));
        scheduler.show(new CguId("ztp", "planned"), status(ConditionReason.NOT_ENABLED, Instant.EPOCH));
        await("the condition shows").until(() -> !api.get(RunningApi.CGUS + "/planned")
                .body().at("/status/conditions").isMissingNode());

        Reply plan = api.get(RunningApi.CGUS + "/planned/plan");

        assertThat(plan.status()).isEqualTo(200);
        assertThat(plan.body().at("/phase").asText()).isEqualTo("BEFORE_START");
        assertThat(plan.body().at("/waitingFor/reason").asText()).isEqualTo("NotEnabled");
        assertThat(plan.body().at("/batches/0/clusters/0/name").asText()).isEqualTo("sno1");
    }

    @Test
    void theTrailTellsWhoSubmittedWhat() {
        api.post(RunningApi.CGUS, cgu("trailed", ""));

        JsonNode items = api.get(RunningApi.CGUS + "/trailed/events").body().path("items");

        assertThat(items).hasSize(2);
        assertThat(items.get(0).path("type").asText()).isEqualTo("dev.echelon.command.submitted.v1");
        assertThat(items.get(0).at("/data/message").asText())
                .isEqualTo("system:anonymous asks to create ClusterGroupUpgrade ztp/trailed via rest");
        assertThat(items.get(1).path("type").asText()).isEqualTo("dev.echelon.command.accepted.v1");
    }

    @Test
    void theIndexSaysWhereToGo() {
        assertThat(api.get("/").body().at("/links/clusterGroupUpgrades").asText())
                .isEqualTo("/apis/ran.openshift.io/v1alpha1/clustergroupupgrades");
    }

    static String cgu(String name, String spec) {
        return "{\"apiVersion\":\"ran.openshift.io/v1alpha1\",\"kind\":\"ClusterGroupUpgrade\",\"metadata\":{\"name\":\""
                + name + "\"},\"spec\":{" + spec + "\"remediationStrategy\":{\"maxConcurrency\":2}}}";
    }

    static CguStatus status(ConditionReason reason, Instant at) {
        Condition condition =
                new Condition(reason.type().wire(), reason.status(), reason.reason(), reason.with(), at);
        return new CguStatus(
                null, null, 2, List.of(condition), null, null, null, null, null, null, null, null,
                List.of(List.of("sno1"), List.of("sno2")), null, null);
    }
}

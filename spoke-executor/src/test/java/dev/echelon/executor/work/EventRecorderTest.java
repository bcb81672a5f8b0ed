package dev.echelon.executor.work;

import static org.assertj.core.api.Assertions.assertThat;

import dev.echelon.contract.CguId;
import dev.echelon.contract.audit.AuditEvent;
import dev.echelon.contract.audit.AuditType;
import dev.echelon.contract.audit.HubEvent;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Kubernetes events on a hub that is away, refuses, or is slow. */
class EventRecorderTest {

    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final List<String> created = new CopyOnWriteArrayList<>();
    private final Map<String, Integer> away = new HashMap<>();

    @AfterEach
    void stop() {
        executor.shutdownNow();
    }

    @Test
    void aHubThatIsAwayForAMomentGetsAllEventsOfACguInTheirOrder() {
        away.put("2", 3);

        EventRecorder recorder = recorder(InstantSource.system());
        recorder.record(List.of(event("du", "1"), event("du", "2"), event("du", "3")));

        assertThat(created).containsExactly("1", "2", "3");
        assertThat(recorder.lost()).isZero();
    }

    @Test
    void whatTheHubRefusesIsGivenUpAndTheNextOneFollows() {
        EventRecorder recorder = recorder(InstantSource.system());
        recorder.record(List.of(event("du", "refused"), event("du", "2"), event("other", "3")));

        assertThat(created).containsExactlyInAnyOrder("2", "3");
        assertThat(recorder.lost()).isEqualTo(1);
    }

    @Test
    void aHubThatStaysAwayDoesNotHoldUpForLong() {
        away.put("1", Integer.MAX_VALUE);
        Instant[] now = {Instant.parse("2026-01-01T00:00:00Z")};
        InstantSource passing = () -> {
            synchronized (now) {
                now[0] = now[0].plusSeconds(1);
                return now[0];
            }
        };

        EventRecorder recorder = recorder(passing);
        recorder.record(List.of(event("du", "1"), event("du", "2")));

        assertThat(recorder.lost()).isEqualTo(1);
        assertThat(created).as("tried once more each").containsExactly("2");
    }

    private EventRecorder recorder(InstantSource clock) {
        return new EventRecorder(this::create, clock, executor, Duration.ofMillis(1), Duration.ofSeconds(30));
    }

    private void create(AuditEvent event) {
        if (event.id().equals("refused")) {
            throw HubException.refused("create Event", 403, "forbidden");
        }
        synchronized (away) {
            if (away.merge(event.id(), -1, Integer::sum) >= 0) {
                throw HubException.unreachable("create Event", new IOException("connection refused"));
            }
        }
        created.add(event.id());
    }

    private static AuditEvent event(String cgu, String id) {
        return new AuditEvent(id, "/echelon/scheduler", AuditType.STARTED, new CguId("upgrades", cgu),
                Instant.parse("2026-01-01T00:00:00Z"),
                new AuditEvent.Data("scheduler", "uid", "", "", "", "", Map.of(),
                        new HubEvent("Normal", "CguStarted", "RemediationStarted", "note", Map.of(), "")));
    }
}

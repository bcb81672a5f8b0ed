package dev.echelon.scheduler.domain;

import static dev.echelon.contract.result.SpokeState.ACTIVE;
import static dev.echelon.contract.result.SpokeState.SUCCEEDED;
import static dev.echelon.contract.result.Workload.PRECACHE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.echelon.contract.audit.AuditType;
import dev.echelon.contract.intent.Intent;
import dev.echelon.contract.intent.Intent.Aspect;
import dev.echelon.contract.result.Result.JobProgress;
import dev.echelon.scheduler.Fleet;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a spoke's job says of its progress is told and changes nothing. */
class JobReportStoryTest {

    private final Fleet fleet = Fleet.of("a").withPolicy("p1");
    private final Story story =
            new Story(fleet).creates(fleet.spec().preCaching()).seesFleet().job(PRECACHE, "a", ACTIVE);
    private final String intentId = story.intents().get(Intent.spokeKey(Fleet.CGU, "a", Aspect.PRECACHE)).id();

    @Test
    void aReportIsToldWithItsNumbers() {
        report(7, 90L);

        assertThat(story.told().getLast().auditType()).isEqualTo(AuditType.JOB_PROGRESSED);
        assertThat(story.told().getLast().data().details())
                .isEqualTo(Map.of(
                        "cluster", "a",
                        "workload", "PRECACHE",
                        "done", "7",
                        "total", "40",
                        "bytes", "1048576",
                        "bytesPerSecond", "65536",
                        "secondsLeft", "90"));
        assertThat(story.told().getLast().data().hubEvent()).isNull();
    }

    @Test
    void aReportDoesNotShowTheResourceAgain() {
        story.pass(Duration.ofSeconds(1));
        int versions = story.shown().size();

        report(7, null);
        story.pass(Duration.ofSeconds(1));

        assertThat(story.shown()).hasSize(versions);
    }

    @Test
    void aRepeatAndALateOneAreOldNews() {
        report(7, null);
        report(7, null);
        assertThat(story.lastFacts()).isEmpty();

        story.job(PRECACHE, "a", SUCCEEDED).pass(Duration.ofSeconds(20));
        report(8, null);
        assertThat(story.lastFacts()).isEmpty();
    }

    private void report(int done, Long secondsLeft) {
        story.answers(new JobProgress(
                Fleet.CGU, intentId, story.now(), "a", PRECACHE, done, 40, 1_048_576, 65_536, secondsLeft));
    }
}

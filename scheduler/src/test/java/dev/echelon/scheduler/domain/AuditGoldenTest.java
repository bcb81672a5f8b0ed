package dev.echelon.scheduler.domain;

import static dev.echelon.contract.result.SpokeState.STARTING;
import static dev.echelon.contract.result.SpokeState.SUCCEEDED;
import static dev.echelon.contract.result.SpokeState.UNRECOVERABLE_ERROR;
import static dev.echelon.contract.result.Workload.BACKUP;
import static dev.echelon.contract.result.Workload.PRECACHE;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.echelon.contract.Json;
import dev.echelon.contract.audit.AuditEvent;
import dev.echelon.contract.audit.AuditType;
import dev.echelon.contract.intent.Intent;
import dev.echelon.contract.intent.Intent.Aspect;
import dev.echelon.contract.resource.CguSpec;
import dev.echelon.contract.resource.ConditionReason;
import dev.echelon.contract.result.Result;
import dev.echelon.scheduler.Fleet;
import dev.echelon.scheduler.Golden;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The words that others read: every condition, and one audit event of each kind that the scheduler writes. */
class AuditGoldenTest {

    private static final CguSpec.BeforeEnable UPGRADING =
            new CguSpec.BeforeEnable(null, Map.of("upgrading", ""), null, null, null);

    @Test
    void theTextOfEachConditionIsKept() {
        StringBuilder all = new StringBuilder();
        for (ConditionReason reason : ConditionReason.values()) {
            all.append(reason.type().wire())
                    .append(' ')
                    .append(reason.status())
                    .append(' ')
                    .append(reason.reason())
                    .append(": '")
                    .append(reason.with())
                    .append("'\n");
        }

        Golden.check("conditions.txt", all.toString());
    }

    @Test
    void oneEventOfEachKindIsKept() throws JsonProcessingException {
        Map<AuditType, AuditEvent> firsts = new EnumMap<>(AuditType.class);
        stories().forEach(story -> story.told().forEach(event -> firsts.putIfAbsent(event.auditType(), event)));
        assertThat(firsts.keySet())
                .containsExactlyInAnyOrderElementsOf(
                        EnumSet.complementOf(EnumSet.of(AuditType.SUBMITTED, AuditType.UNRECOGNISED)));

        StringBuilder all = new StringBuilder();
        for (AuditEvent event : firsts.values()) {
            all.append(Json.mapper().writerWithDefaultPrettyPrinter().writeValueAsString(event))
                    .append('\n');
        }

        Golden.check("audit-events.json", all.toString());
    }

    private static List<Story> stories() {
        List<Story> stories = new ArrayList<>();
        Fleet fleet = Fleet.of("a", "b").withPolicy("p1").withPolicy("p2");
        Story whole = new Story(fleet)
                .creates(fleet.spec().backup().actions(new CguSpec.Actions(null, UPGRADING)))
                .seesFleet()
                .job(BACKUP, "a", STARTING);
        whole.answers(new Result.JobProgress(
                Fleet.CGU,
                whole.intents().get(Intent.spokeKey(Fleet.CGU, "a", Aspect.BACKUP)).id(),
                whole.now(), "a", BACKUP, 3, 9,
                1_048_576, 65_536, 90L));
        stories.add(whole.job(BACKUP, "a", SUCCEEDED)
                .job(BACKUP, "b", SUCCEEDED)
                .relabeled(Aspect.LABELS_BEFORE, "a", "b")
                .complies("p1", "a", "b")
                .complies("p2", "a", "b")
                .hubDone()
                .deletes());

        Fleet late = Fleet.of("a", "b").withPolicy("p1");
        Story timedOut = new Story(late)
                .updates(late.spec())
                .creates(late.spec().maxConcurrency(1).timeout(60))
                .seesFleet();
        timedOut.answers(new Result.Stalled(
                Fleet.CGU, timedOut.hubIntent().id(), timedOut.now(), "the hub refused the Placement: 403"));
        stories.add(timedOut.pass(Duration.ofMinutes(61)));

        Fleet broken = Fleet.of("a").withPolicy("p1");
        stories.add(new Story(broken)
                .creates(broken.spec().preCaching().timeout(60))
                .seesFleet()
                .job(PRECACHE, "a", UNRECOVERABLE_ERROR)
                .pass(Duration.ofMinutes(61)));

        Fleet begun = Fleet.of("a", "b", "c").withPolicy("p1").withPolicy("p2");
        stories.add(new Story(begun)
                .adopts(begun.spec(), FoundStatus.inBatchTwo("{\"state\": \"Dreaming\", \"policyIndex\": 1}")));
        return stories;
    }
}

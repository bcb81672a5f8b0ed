package dev.echelon.api.hub;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.echelon.api.domain.Wanted;
import dev.echelon.contract.CguId;
import dev.echelon.contract.Json;
import dev.echelon.contract.resource.CguStatus;
import dev.echelon.contract.resource.ClusterGroupUpgrade;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class MirrorTrackTest {

    private static final Instant NOW = Instant.parse("2024-01-01T00:00:00Z");

    private final MirrorTrack track = new MirrorTrack(Duration.ofMillis(250));

    @Test
    void newsThatComeAfterTheStepWasDecidedKeepTheWorkGoing() {
        track.startWork();
        MirrorTrack.View decided = track.viewForStep();

        assertThat(track.startWork()).as("somebody works already").isFalse();
        track.view();
        track.toShow(decided, NOW);

        assertThat(track.endWork(false)).as("what came has not been acted on").isFalse();
        track.viewForStep();
        assertThat(track.endWork(false)).isTrue();
    }

    @Test
    void aWatchThatLagsBehindDoesNotBringACrBack() {
        track.seenOnHub(cr("one", "1"));
        track.seenInLog(cgu("one"));
        track.goneFromLog(NOW);
        track.goneFromHub("one");

        track.seenOnHub(cr("one", "2"));

        assertThat(track.view().onHub()).isEmpty();
        track.seenOnHub(cr("two", "3"));
        assertThat(track.view().onHub()).isPresent();
    }

    @Test
    void aStatusIsNotShownOnACrThatCameAfterTheStepWasDecided() {
        track.seenOnHub(cr("one", "1"));
        track.seenInLog(cgu("one"));
        MirrorTrack.View decided = track.viewForStep();
        assertThat(track.toShow(decided, NOW)).isPresent();

        track.seenOnHub(cr("two", "2"));

        assertThat(track.toShow(decided, NOW)).isEmpty();
    }

    private static HubObject cr(String uid, String version) {
        ObjectNode tree = HubObject.fresh(new CguId("ztp", "one"), Wanted.of(cgu(uid)));
        ((ObjectNode) tree.get("metadata")).put("uid", uid).put("resourceVersion", version);
        return HubObject.of(tree);
    }

    private static ClusterGroupUpgrade cgu(String uid) {
        return Json.read(
                ("{\"metadata\":{\"namespace\":\"ztp\",\"name\":\"one\",\"uid\":\"" + uid
                                + "\"},\"spec\":{\"remediationStrategy\":{\"maxConcurrency\":1}},"
                                + "\"status\":{\"computedMaxConcurrency\":1}}")
                        .getBytes(java.nio.charset.StandardCharsets.UTF_8),
                ClusterGroupUpgrade.class);
    }
}

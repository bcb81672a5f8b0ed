package dev.echelon.api.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.echelon.contract.CguId;
import dev.echelon.contract.kafka.TopicRecord;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class CguTableTest {

    private static final CguId ID = new CguId("ztp", "one");

    private final CguTable table = new CguTable(InstantSource.system(), 1_000_000);
    private final List<Boolean> shownBefore = new ArrayList<>();

    @Test
    void followersHearOfAChangeBeforeWhoeverWaitsForIt() {
        CompletableFuture<?> shown = table.whenShown(ID, "u", "64");
        table.follow((_, _) -> shownBefore.add(shown.isDone()));

        take("{\"metadata\":{\"namespace\":\"ztp\",\"name\":\"one\",\"uid\":\"u\",\"resourceVersion\":\"64\"},"
                + "\"spec\":{\"remediationStrategy\":{\"maxConcurrency\":1}}}");

        assertThat(shownBefore).containsExactly(false);
        assertThat(shown).isDone();
    }

    @Test
    void followersHearOfADeletionBeforeWhoeverWaitsForIt() {
        followersHearOfAChangeBeforeWhoeverWaitsForIt();
        CompletableFuture<?> gone = table.whenShown(ID, "u", "128");
        table.follow((_, cgu) -> shownBefore.add(gone.isDone()));
        shownBefore.clear();

        take(null);

        assertThat(shownBefore).endsWith(false);
        assertThat(gone).isDone();
    }

    private void take(String json) {
        table.accept(new TopicRecord(
                "cgus",
                0,
                0,
                Instant.EPOCH,
                ID.key(),
                Optional.ofNullable(json).map(text -> text.getBytes(StandardCharsets.UTF_8)),
                Map.of()));
    }
}

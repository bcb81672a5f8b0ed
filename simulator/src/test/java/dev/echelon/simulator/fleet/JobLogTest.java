package dev.echelon.simulator.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.echelon.simulator.scenario.Scenario.Release;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class JobLogTest {
    private static final Instant START = Instant.parse("2023-03-16T12:59:10Z");
    /** 10 MB at 80 Mbit/s: a second each. */
    private static final Release RELEASE = new Release("4.12.5", "release@sha256:1", 183, 10_000_000);

    private final Timeline timeline = new Timeline(10, Clock.systemUTC());

    @AfterEach
    void stop() {
        timeline.close();
    }

    @Test
    void precachingTakesImagesTimesSizeByBandwidth() {
        assertThat(JobScript.Precache.of(RELEASE, 0, 80_000_000).length()).isEqualTo(Duration.ofSeconds(1 + 183));
        assertThat(JobScript.Precache.of(RELEASE, 0, 8_000_000).length()).isEqualTo(Duration.ofSeconds(1 + 1830));
    }

    @Test
    void linesAppearAsTimeGoesBy() {
        JobScript script = JobScript.Precache.of(RELEASE, 0, 80_000_000);
        JobLog log = new JobLog(script, START, script.length(), "", 1, timeline);

        assertThat(log.linesAt(START)).isZero();
        assertThat(log.linesAt(START.plusMillis(100))).isEqualTo(4);
        assertThat(log.linesAt(START.plusMillis(1_100))).isEqualTo(14);
        assertThat(log.linesAt(START.plusMillis(18_400))).isEqualTo(187);
        assertThat(log.nextAfter(14)).contains(START.plusMillis(1_200));
        assertThat(log.nextAfter(187)).isEmpty();
    }

    @Test
    void logReadsAsTheWorkloadWritesIt() {
        JobScript script = JobScript.Precache.of(RELEASE, 0, 80_000_000);
        JobLog log = new JobLog(script, START, script.length(), "", 1, timeline);

        assertThat(log.line(0)).isEqualTo(
                "upgrades.pre-cache 2023-03-16T12:59:10+00:00 DEBUG Release index image processing done\n");
        assertThat(log.line(3)).matches("upgrades\\.pre-cache 2023-03-16T12:59:10\\+00:00 DEBUG Pulling "
                + "quay.io/openshift-release-dev/ocp-v4.0-art-dev@sha256:[0-9a-f]{64} \\[1/183]\n");
        assertThat(log.line(186)).isEqualTo(
                "upgrades.pre-cache 2023-03-16T12:59:28+00:00 DEBUG Image pre-cache done\n");
        assertThat(IntStream.range(3, 186).mapToObj(log::line).map(line -> line.replaceAll(".*sha256:|\\s.*", ""))
                .toList()).doesNotHaveDuplicates();
    }

    @Test
    void imagesThatAreThereAreSkippedInNoTime() {
        JobScript script = JobScript.Precache.of(RELEASE, 183, 80_000_000);
        JobLog log = new JobLog(script, START, script.length(), "", 1, timeline);

        assertThat(script.length()).isEqualTo(Duration.ofSeconds(1));
        assertThat(log.line(3)).contains("DEBUG Skipping existing image quay.io/");
    }

    @Test
    void jobThatFailsIsCutShort() {
        JobScript script = JobScript.Precache.of(RELEASE, 0, 80_000_000);
        JobLog log = new JobLog(script, START, Duration.ofSeconds(11), "pre-cache: failed", 1, timeline);

        assertThat(log.lines()).isEqualTo(3 + 11 + 1);
        assertThat(log.line(14)).isEqualTo("pre-cache: failed\n");
        assertThat(log.when(14)).isEqualTo(START.plusMillis(1_100));
    }

    @Test
    void slowSpokeWritesItsLinesLater() {
        JobScript script = JobScript.Precache.of(RELEASE, 0, 80_000_000);
        JobLog log = new JobLog(script, START, script.length(), "", 2, timeline);

        assertThat(log.when(3)).isEqualTo(START.plusMillis(200));
        assertThat(log.linesAt(START.plusMillis(200))).isEqualTo(4);
    }

    @Test
    void backupEndsWithTheWordsThatPeopleLookFor() {
        JobScript script = new JobScript.Backup(Duration.ofSeconds(23));
        JobLog log = new JobLog(script, START, script.length(), "", 1, timeline);

        assertThat(log.line(0)).isEqualTo("INFO[0000] ------------------------------------------------------------\n");
        assertThat(log.line(9)).isEqualTo("INFO[0004] ##### Thu Mar 16 12:59:10 UTC 2023: Taking backup\n");
        assertThat(log.line(log.lines() - 1)).isEqualTo("INFO[0023] backup has successfully finished ...\n");
    }
}

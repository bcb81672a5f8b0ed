package dev.echelon.executor.domain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What workloads leave on their Job (docs/spoke-agents.md). */
class JobReportTest {

    @Test
    void aJobThatPullsSaysHowFarItIs() {
        assertThat(report("""
                {"phase":"pull","list":"platform-images","imagesDone":12,"imagesTotal":80,"imagesSkipped":2,
                 "imagesFailed":0,"failed":[],"bytes":3000000000,"bytesPerSecond":25000000,"elapsedSeconds":120,
                 "etaSeconds":680}""").flatMap(JobReport::progress))
                .contains(new JobReport.Progress(12, 80, 3_000_000_000L, 25_000_000, 680L));
        assertThat(report("{\"phase\":\"pull\",\"imagesDone\":0,\"imagesTotal\":80,\"etaSeconds\":null}")
                .flatMap(JobReport::progress))
                .contains(new JobReport.Progress(0, 80, 0, 0, null));
    }

    @Test
    void aJobThatFailedSaysWhy() {
        assertThat(JobReport.whyFailed("pre-cache", report("""
                {"outcome":"failed","exitCode":1,"message":"3 images could not be pulled","imagesTotal":80,
                 "failed":[{"image":"quay.io/a@sha256:1","reason":"unauthorized"}]}""")))
                .isEqualTo("job pre-cache failed: 3 images could not be pulled; quay.io/a@sha256:1: unauthorized"
                        + " (exit code 1)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "no JSON", "[1]", "null", "{\"outcome\":\"failed\",\"message\":\"\"}"})
    void whatLeavesNothingIsAsBefore(String annotation) {
        assertThat(JobReport.whyFailed("pre-cache", report(annotation)))
                .isEqualTo("job pre-cache failed; its pod's log on the cluster says why");
        assertThat(report(annotation).flatMap(JobReport::progress)).isEmpty();
        assertThat(JobReport.of(Map.of("status", Map.of("active", 1)))).isEmpty();
    }

    private static Optional<JobReport> report(String annotation) {
        return JobReport.of(Map.of("metadata", Map.of("annotations", Map.of("echelon.dev/progress", annotation))));
    }
}

package dev.echelon.executor.domain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Contract 10.4, "Reading an MCV" and "Job status". */
class ViewAnswerTest {

    static Stream<Arguments> answers() {
        return Stream.of(
                Arguments.of(null, new ViewAnswer.Pending()),
                Arguments.of(Map.of(), new ViewAnswer.Pending()),
                Arguments.of(Map.of("conditions", List.of()), new ViewAnswer.Pending()),
                Arguments.of(processing("True", "anything not found"), new ViewAnswer.Found(Map.of())),
                Arguments.of(processing("False", "namespaces \"x\" not found"), new ViewAnswer.NotFound()),
                Arguments.of(processing("False", "not found at all"),
                        new ViewAnswer.Refused("MCV processing error: not found at all")),
                Arguments.of(processing("Unknown", ""), new ViewAnswer.Refused(
                        "MCV processing error: Processing condition not found in MCV status")),
                Arguments.of(Map.of("conditions", List.of(Map.of("type", "Other", "status", "True"))),
                        new ViewAnswer.Refused("MCV processing error: Processing condition not found in MCV status")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("answers")
    void aViewsStatusIsReadAsTheContractSays(Map<String, Object> status, ViewAnswer answer) {
        assertThat(ViewAnswer.of(status)).isEqualTo(answer);
    }

    static Stream<Arguments> jobs() {
        return Stream.of(
                Arguments.of(Map.of(), JobStatus.PENDING),
                Arguments.of(Map.of("active", 0, "succeeded", 0), JobStatus.PENDING),
                Arguments.of(Map.of("active", 1, "succeeded", 1), JobStatus.ACTIVE),
                Arguments.of(Map.of("succeeded", 1L), JobStatus.SUCCEEDED),
                Arguments.of(Spokes.failed("DeadlineExceeded"), JobStatus.DEADLINE_EXCEEDED),
                Arguments.of(Spokes.failed("BackoffLimitExceeded"), JobStatus.BACKOFF_LIMIT_EXCEEDED),
                Arguments.of(Spokes.failed("PodFailurePolicy"), JobStatus.UNKNOWN_FAILURE),
                Arguments.of(Map.of("conditions", List.of(
                        Map.of("type", "Failed", "status", "False", "reason", "DeadlineExceeded"))), JobStatus.PENDING),
                Arguments.of(Map.of("active", 1, "conditions", List.of(
                        Map.of("type", "Failed", "status", "True", "reason", "DeadlineExceeded"))), JobStatus.ACTIVE));
    }

    @ParameterizedTest(name = "{0} is {1}")
    @MethodSource("jobs")
    void aJobsStatusIsReadInTheContractsOrder(Map<String, Object> status, JobStatus expected) {
        assertThat(JobStatus.of(Map.of("status", status))).isEqualTo(expected);
    }

    @Test
    void aJobWithoutStatusIsPending() {
        assertThat(JobStatus.of(Map.of())).isEqualTo(JobStatus.PENDING);
    }

    private static Map<String, Object> processing(String status, String message) {
        return Map.of("conditions", List.of(Map.of("type", "Processing", "status", status, "message", message)));
    }
}

package dev.echelon.e2e.parity;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A set of cases that run as an operator's own acceptance tests would: through the hub's API only, on each kind of hub.
 * After each case its CGUs are deleted, and nothing of theirs may be left.
 */
@ParameterizedClass(name = "on {0}")
@MethodSource("dev.echelon.e2e.parity.BareHub#available")
@Execution(ExecutionMode.CONCURRENT)
abstract class ParityCase {

    @Parameter
    BareHub hub;

    Stage stage;

    @BeforeEach
    void setTheStage() {
        stage = new Stage(hub);
    }

    @AfterEach
    void clearTheStage() {
        stage.clear();
    }
}

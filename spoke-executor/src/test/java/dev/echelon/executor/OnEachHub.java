package dev.echelon.executor;

import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests that share one {@link ExecutorFixture} for each kind of hub; they start the executor themselves. */
@ParameterizedClass(name = "{0}")
@EnumSource(TestHub.Kind.class)
abstract class OnEachHub {

    static ExecutorFixture fixture;

    @Parameter
    TestHub.Kind hub;

    @BeforeParameterizedClassInvocation
    static void begin(TestHub.Kind hub) {
        fixture = ExecutorFixture.begin(hub);
    }

    @AfterParameterizedClassInvocation
    static void end() {
        if (fixture != null) {
            fixture.close();
            fixture = null;
        }
    }
}

package dev.echelon.service;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.ToDoubleFunction;

/** The meters that every service has by the same names; {@code docs/metrics.md} says what each means. */
public final class ServiceMeters {

    private ServiceMeters() {}

    /** @param source which the registry does not keep alive */
    public static <T> void lag(MeterRegistry metrics, String service, T source, ToDoubleFunction<T> lag) {
        Gauge.builder("echelon.lag.records", source, lag)
                .description("Records that are there and have not been taken in yet")
                .tag("service", service)
                .register(metrics);
    }

    /** @param source which the registry does not keep alive */
    public static <T> void deadLetters(MeterRegistry metrics, String service, T source, ToDoubleFunction<T> count) {
        FunctionCounter.builder("echelon.dead.letters", source, count)
                .description("Records that could not be processed")
                .tag("service", service)
                .register(metrics);
    }
}

package dev.echelon.standalone;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * The four services in this process: one Quarkus application whose beans are those of the four. They are told where
 * Kafka, the hub and the data are as any deployment tells them: by configuration.
 */
final class Services {

    private static final Duration REQUEST_PATIENCE = Duration.ofSeconds(60);
    private static final Duration BETWEEN_NEWS = Duration.ofMinutes(1);
    private static final Duration FIRST_NEWS = Duration.ofSeconds(10);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);

    private Services() {}

    /**
     * Starts the services, waits until all of them are ready, does the work and stops them.
     *
     * @param configuration MicroProfile configuration, by property name
     * @param patience how long to wait until they are ready
     * @param waiting told now and then what is not ready yet
     * @param work what to do while they run; its result is the exit code
     * @return the work's result
     * @throws Exception what the work threw, or why the services did not start
     */
    static int runWith(
            Map<String, String> configuration,
            URI http,
            Duration patience,
            Consumer<String> waiting,
            Callable<Integer> work)
            throws Exception {
        configuration.forEach(System::setProperty);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        AtomicReference<Integer> exitCode = new AtomicReference<>(1);
        Application.work = () -> {
            awaitReady(http, patience, waiting);
            return work.call();
        };
        Quarkus.run(Application.class, (code, problem) -> {
            exitCode.set(code);
            failure.compareAndSet(null, problem);
        });
        Throwable problem = Application.failure != null ? Application.failure : failure.get();
        switch (problem) {
            case null -> {
                return exitCode.get();
            }
            case Exception exception -> throw exception;
            default -> throw new IllegalStateException("the services did not start", problem);
        }
    }

    private static void awaitReady(URI http, Duration patience, Consumer<String> waiting)
            throws IOException, InterruptedException {
        Instant begun = Instant.now();
        Instant news = begun.plus(FIRST_NEWS);
        HttpRequest request = HttpRequest.newBuilder(http.resolve("/q/health/ready"))
                .timeout(REQUEST_PATIENCE)
                .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
            while (answer.statusCode() != 200) {
                Instant now = Instant.now();
                if (now.isAfter(begun.plus(patience))) {
                    throw new IllegalStateException("the services were not ready after " + patience.toSeconds()
                            + " s: " + Readiness.of(answer.body()).details());
                }
                if (now.isAfter(news)) {
                    news = now.plus(BETWEEN_NEWS);
                    waiting.accept(Readiness.of(answer.body()).names() + " (why: " + request.uri() + ")");
                }
                Thread.sleep(BETWEEN_LOOKS);
                answer = client.send(request, HttpResponse.BodyHandlers.ofString());
            }
        }
    }

    /** Quarkus makes the instance, hence the static hand-over; one process starts the services once. */
    public static final class Application implements QuarkusApplication {

        private static volatile Callable<Integer> work;
        private static volatile Exception failure;

        @Override
        public int run(String... args) {
            try {
                return work.call();
            } catch (Exception e) {
                failure = e;
                return 1;
            }
        }
    }
}

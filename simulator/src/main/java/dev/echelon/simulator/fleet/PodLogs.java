package dev.echelon.simulator.fleet;

import dev.echelon.kubeapi.ApiException;
import dev.echelon.kubeapi.ResponseStream;
import dev.echelon.kubeapi.SubresourceHandler;
import dev.echelon.kubeapi.SubresourceRequest;
import dev.echelon.simulator.api.SpokeKinds;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * The log subresource of a spoke's pods: {@code kubectl logs}, also with {@code -f} and {@code --tail}. Following a pod
 * that has not begun waits for it, where a kubelet would refuse.
 */
final class PodLogs implements SubresourceHandler {
    /** How often a pod that has not begun is looked at. */
    private static final Duration GLANCE = Duration.ofMillis(100);

    private final Spoke spoke;

    PodLogs(Spoke spoke) {
        this.spoke = spoke;
    }

    @Override
    public void handle(SubresourceRequest request) throws InterruptedException {
        request.object();
        Optional<JobLog> log = spoke.jobs().log(request.namespace(), request.name());
        if (!request.query("follow").orElse("").equals("true")) {
            JobLog known = log.orElseThrow(() -> ApiException.badRequest(
                    "container in pod \"%s\" is waiting to start: ContainerCreating".formatted(request.name())));
            int there = known.linesAt(spoke.world().timeline().now());
            StringBuilder text = new StringBuilder();
            for (int line = first(request, there); line < there; line++) {
                text.append(known.line(line));
            }
            request.respondText(200, text.toString());
            return;
        }
        try (ResponseStream stream = request.stream("text/plain; charset=utf-8")) {
            follow(request, stream);
        }
    }

    private void follow(SubresourceRequest request, ResponseStream stream) throws InterruptedException {
        Optional<JobLog> log = spoke.jobs().log(request.namespace(), request.name());
        while (stream.isOpen() && log.isEmpty()) {
            if (spoke.objects().get(SpokeKinds.POD, request.namespace(), request.name()).isEmpty()) {
                return;
            }
            LockSupport.parkNanos(GLANCE.toNanos());
            log = spoke.jobs().log(request.namespace(), request.name());
        }
        if (log.isEmpty()) {
            return;
        }
        int line = first(request, log.get().linesAt(spoke.world().timeline().now()));
        while (stream.isOpen()) {
            int there = log.get().linesAt(spoke.world().timeline().now());
            StringBuilder text = new StringBuilder();
            for (; line < there; line++) {
                text.append(log.get().line(line));
            }
            if (!text.isEmpty()) {
                stream.write(text.toString());
            }
            Optional<Instant> next = log.get().nextAfter(line);
            if (next.isEmpty()) {
                return;
            }
            LockSupport.parkNanos(Math.max(1_000_000, Duration.between(Instant.now(), next.get()).toNanos()));
        }
    }

    private static int first(SubresourceRequest request, int there) {
        return request.query("tailLines").map(tail -> Math.max(0, there - Integer.parseInt(tail))).orElse(0);
    }
}

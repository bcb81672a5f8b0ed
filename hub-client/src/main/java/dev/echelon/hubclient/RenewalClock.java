package dev.echelon.hubclient;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaderElectionRecord;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.Lock;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.Supplier;

/**
 * A lock that tells when it was last taken or renewed with success: the moment before the request went out, on the
 * scale of {@link System#nanoTime()}, because from then on the others count. And how each request for it went: empty
 * where it went well.
 */
record RenewalClock(Lock lock, LongConsumer renewed, Consumer<Optional<KubernetesClientException>> asked)
        implements Lock {

    @Override
    public LeaderElectionRecord get(KubernetesClient client) {
        return ask(() -> lock.get(client));
    }

    @Override
    public void create(KubernetesClient client, LeaderElectionRecord record) {
        take(() -> lock.create(client, record));
    }

    @Override
    public void update(KubernetesClient client, LeaderElectionRecord record) {
        take(() -> lock.update(client, record));
    }

    private void take(Runnable write) {
        long before = System.nanoTime();
        ask(() -> {
            write.run();
            return null;
        });
        renewed.accept(before);
    }

    private <T> T ask(Supplier<T> request) {
        try {
            T answer = request.get();
            asked.accept(Optional.empty());
            return answer;
        } catch (KubernetesClientException e) {
            asked.accept(Optional.of(e));
            throw e;
        }
    }

    @Override
    public String identity() {
        return lock.identity();
    }

    @Override
    public String describe() {
        return lock.describe();
    }
}

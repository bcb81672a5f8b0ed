package dev.echelon.hubclient;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaderElectionRecord;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.Lock;
import java.util.function.LongConsumer;

/**
 * A lock that tells when it was last taken or renewed with success: the moment before the request went out, on the
 * scale of {@link System#nanoTime()}, because from then on the others count.
 */
record RenewalClock(Lock lock, LongConsumer renewed) implements Lock {

    @Override
    public LeaderElectionRecord get(KubernetesClient client) {
        return lock.get(client);
    }

    @Override
    public void create(KubernetesClient client, LeaderElectionRecord record) {
        long before = System.nanoTime();
        lock.create(client, record);
        renewed.accept(before);
    }

    @Override
    public void update(KubernetesClient client, LeaderElectionRecord record) {
        long before = System.nanoTime();
        lock.update(client, record);
        renewed.accept(before);
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

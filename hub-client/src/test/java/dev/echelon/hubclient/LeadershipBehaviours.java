package dev.echelon.hubclient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Replicas that contend on a hub, which subclasses bring. */
abstract class LeadershipBehaviours {

    private static final String SERVICE = "some-service";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final List<Leadership> replicas = new ArrayList<>();

    /** A client of the hub, as an administrator. */
    abstract KubernetesClient hub();

    @AfterEach
    void stop() {
        replicas.forEach(Leadership::close);
        hub().leases().inNamespace("default").withName(SERVICE).delete();
    }

    @Test
    void oneReplicaLeadsAndTheOtherFollowsIt() {
        Leadership first = contend("first");
        await("the first leads").atMost(PATIENCE).until(first::isLeader);
        AtomicInteger changes = new AtomicInteger();
        Leadership second = replica("second", new SimpleMeterRegistry());
        second.start(changes::incrementAndGet);

        await("the second knows").atMost(PATIENCE).until(() -> second.describe().equals("follows first"));

        assertThat(first.describe()).isEqualTo("leads");
        assertThat(second.isLeader()).isFalse();
        assertThat(changes).hasValue(0);
    }

    @Test
    void whoClosesLetsTheOtherLeadLongBeforeTheLeaseWouldRunOut() {
        Duration lease = PATIENCE.multipliedBy(2);
        Leadership first = contend(new QuickLease("first", lease));
        await("the first leads").atMost(PATIENCE).until(first::isLeader);
        Leadership second = contend(new QuickLease("second", lease));
        await("the second follows").atMost(PATIENCE).until(() -> second.describe().equals("follows first"));

        first.close();

        assertThat(first.isLeader()).isFalse();
        assertThat(holder()).isNotEqualTo("first");
        await("the second leads").atMost(PATIENCE).until(second::isLeader);
    }

    @Test
    void whoResignsDoesNotLeadAndKeepsTheLeaseForItsLastWords() {
        Leadership first = contend("first");
        await("the first leads").atMost(PATIENCE).until(first::isLeader);

        first.resign();

        assertThat(first.isLeader()).isFalse();
        assertThat(holder()).isEqualTo("first");
    }

    @Test
    void aLeaseThatSomebodyElseHasTakenEndsTheLead() {
        Leadership first = contend("first");
        await("the first leads").atMost(PATIENCE).until(first::isLeader);
        List<Boolean> leadingWhileUsurped = new ArrayList<>();

        await("the first to notice").atMost(PATIENCE).pollInterval(Duration.ofMillis(50)).until(() -> {
            hub().leases().inNamespace("default").withName(SERVICE).edit(lease -> {
                lease.getSpec().setHolderIdentity("usurper");
                lease.getSpec().setRenewTime(java.time.ZonedDateTime.now().plusSeconds(1));
                return lease;
            });
            leadingWhileUsurped.add(first.isLeader());
            return !first.isLeader();
        });

        assertThat(leadingWhileUsurped).last().isEqualTo(false);
    }

    @Test
    void theGaugeSaysWhoLeads() {
        SimpleMeterRegistry metrics = new SimpleMeterRegistry();
        Leadership first = replica("first", metrics);
        assertThat(metrics.get("echelon.leader").tag("service", SERVICE).gauge().value()).isZero();

        first.start(() -> {});

        await("the gauge").atMost(PATIENCE).until(() -> metrics.get("echelon.leader").gauge().value() == 1);
    }

    @Test
    void theOnlyReplicaLeadsAndAsksNothingOfTheHub() {
        Leadership alone = Leadership.alone(SERVICE, new SimpleMeterRegistry());
        replicas.add(alone);
        assertThat(alone.isLeader()).isFalse();

        alone.start(() -> {});

        assertThat(alone.isLeader()).isTrue();
        assertThat(alone.describe()).isEqualTo("the only replica");
    }

    private Leadership contend(String name) {
        return contend(new QuickLease(name));
    }

    private Leadership contend(QuickLease lease) {
        Leadership replica = replica(lease, new SimpleMeterRegistry());
        replica.start(() -> {});
        return replica;
    }

    private Leadership replica(String name, SimpleMeterRegistry metrics) {
        return replica(new QuickLease(name), metrics);
    }

    private Leadership replica(QuickLease lease, SimpleMeterRegistry metrics) {
        Config config = hub().getConfiguration();
        Leadership replica = Leadership.of(SERVICE, config, lease, metrics);
        replicas.add(replica);
        return replica;
    }

    private String holder() {
        Lease lease = hub().leases().inNamespace("default").withName(SERVICE).get();
        return lease.getSpec().getHolderIdentity();
    }
}

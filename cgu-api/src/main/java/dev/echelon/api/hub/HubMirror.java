package dev.echelon.api.hub;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.echelon.api.domain.HubRules;
import dev.echelon.api.domain.HubStep;
import dev.echelon.api.hub.MirrorTrack.View;
import dev.echelon.api.kafka.CguTable;
import dev.echelon.api.kafka.CommandDesk;
import dev.echelon.contract.CguId;
import dev.echelon.contract.resource.ClusterGroupUpgrade;
import dev.echelon.hubclient.HubFailures;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import org.jboss.logging.Logger;

/**
 * Keeps ClusterGroupUpgrades the same on the hub and in the log. A CR's spec is an input, its status an output; what
 * came by REST is created on the hub where the CRD is installed.
 *
 * <p>Level-based: for each resource, a worker asks {@link HubRules} for the next step, does it, and asks again, until
 * both sides are settled and the status is shown. What changes meanwhile makes it ask again; a failure makes it ask
 * again after a pause that grows. So it does not matter what was missed, done twice or interrupted. Each step is one
 * request.
 */
public final class HubMirror implements HubCgus.Listener, AutoCloseable {

    private static final Logger LOG = Logger.getLogger(HubMirror.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    private static final int REQUESTS_AT_ONCE = 16;

    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;
    private static final int UNPROCESSABLE = 422;

    private final CguTable table;
    private final HubInputs inputs;
    private final HubCgus hub;
    private final BooleanSupplier leads;
    private final Duration statusInterval;
    private final Clock clock;
    private final ConcurrentMap<CguId, MirrorTrack> tracks = new ConcurrentHashMap<>();
    private final Set<CguId> withoutNamespace = ConcurrentHashMap.newKeySet();
    private final Semaphore requestsAtOnce = new Semaphore(REQUESTS_AT_ONCE);
    private volatile boolean hubSynced;
    private volatile boolean crdAbsent;
    private volatile boolean closed;
    private Runnable unfollow = () -> {};

    /**
     * @param leads whether this replica may write; asked before each request
     * @param statusInterval how far apart status writes of one resource that show the same conditions are
     */
    public HubMirror(
            CguTable table,
            CommandDesk desk,
            KubernetesClient client,
            BooleanSupplier leads,
            Duration statusInterval,
            Clock clock) {
        this.table = table;
        this.inputs = new HubInputs(table, desk, clock, this::refuse);
        this.hub = new HubCgus(client, this);
        this.leads = leads;
        this.statusInterval = statusInterval;
        this.clock = clock;
    }

    /** Begins, in the background, with what the table shows now. */
    public void start() {
        unfollow = table.follow(this::changedInLog);
        table.whenLoaded().thenRun(() -> {
            hub.start();
            everything();
        });
    }

    /** Why the hub is not mirrored at present, or what of it cannot be; empty when all is well. */
    public Optional<String> problem() {
        return hub.problem().or(() -> withoutNamespace.isEmpty()
                ? Optional.empty()
                : Optional.of("no namespace on the hub for " + new TreeSet<>(withoutNamespace)
                        + "; they are created there when it appears"));
    }

    private void changedInLog(CguId id, Optional<ClusterGroupUpgrade> cgu) {
        MirrorTrack track = track(id);
        cgu.ifPresentOrElse(
                track::seenInLog, () -> track.goneFromLog(table.deletedAt(id).orElseGet(clock::instant)));
        if (crdAbsent) {
            // Nobody is shown anything: what was true in between need not be kept.
            track.hubWithdrawn();
        }
        signal(id, track);
    }

    @Override
    public void synced(List<ObjectNode> crs) {
        crs.forEach(cr -> read(cr).ifPresent(object -> track(object.id()).seenOnHub(object)));
        crdAbsent = false;
        hubSynced = true;
        everything();
    }

    @Override
    public void changed(ObjectNode cr) {
        read(cr).ifPresent(object -> {
            MirrorTrack track = track(object.id());
            track.seenOnHub(object);
            signal(object.id(), track);
        });
    }

    @Override
    public void deleted(ObjectNode lastKnown) {
        read(lastKnown).ifPresent(object -> {
            MirrorTrack track = track(object.id());
            track.goneFromHub(object.uid());
            signal(object.id(), track);
        });
    }

    @Override
    public void withdrawn() {
        crdAbsent = true;
        hubSynced = false;
        tracks.values().forEach(MirrorTrack::hubWithdrawn);
    }

    @Override
    public void namespaceAppeared(String namespace) {
        withoutNamespace.stream().filter(id -> id.namespace().equals(namespace)).forEach(id -> signal(id, track(id)));
    }

    private Optional<HubObject> read(ObjectNode cr) {
        try {
            return Optional.of(HubObject.of(cr));
        } catch (IllegalArgumentException e) {
            LOG.warnf(
                    "the CR on the hub is left alone until it is changed: cgu=%s/%s reason=%s",
                    cr.at("/metadata/namespace").asText(), cr.at("/metadata/name").asText(), e.getMessage());
            // Not on the watch's thread, which must not wait for an answer.
            Thread.ofVirtual().name("refusal").start(() -> refuse(cr, e.getMessage()));
            return Optional.empty();
        }
    }

    /** Says on the CR why it is not taken in. Where the hub does not let us, the log and the audit trail have it. */
    private void refuse(ObjectNode cr, String message) {
        CguId id = new CguId(cr.at("/metadata/namespace").asText(), cr.at("/metadata/name").asText());
        try {
            Refusal.patch(cr, message, clock.instant()).ifPresent(patch -> hub.patchStatus(id, patch));
        } catch (KubernetesClientException e) {
            LOG.warnf("the refusal is not shown on the hub: cgu=%s reason=%s", id, e.getMessage());
        }
    }

    private MirrorTrack track(CguId id) {
        return tracks.computeIfAbsent(id, _ -> new MirrorTrack(statusInterval));
    }

    private void everything() {
        tracks.forEach(this::signal);
    }

    private void signal(CguId id, MirrorTrack track) {
        if (hubSynced && table.whenLoaded().isDone() && !closed && track.startWork()) {
            Thread.ofVirtual().name("mirror-" + id).start(() -> work(id, track));
        }
    }

    private void work(CguId id, MirrorTrack track) {
        Duration pause = Duration.ZERO;
        String lastTrouble = "";
        try {
            do {
                try {
                    while (!closed && hubSynced && step(id, track)) {
                        pause = Duration.ZERO;
                    }
                } catch (RuntimeException e) {
                    String trouble = HubFailures.inWords(e);
                    // Of a hub that is away one line tells for all.
                    if (!hub.isAway(e) && !trouble.equals(lastTrouble)) {
                        LOG.warnf("mirroring waits: cgu=%s reason=%s", id, trouble);
                    }
                    lastTrouble = trouble;
                    pause = longer(pause);
                    track.pause(pause);
                    track.startWork();
                }
            } while (!track.endWork(closed || !hubSynced));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Duration longer(Duration pause) {
        Duration doubled = pause.isZero() ? FIRST_PAUSE : pause.multipliedBy(2);
        return doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE;
    }

    /** Does one step; false when there is nothing to do until something changes. */
    private boolean step(CguId id, MirrorTrack track) throws InterruptedException {
        View view = track.viewForStep();
        HubStep next = HubRules.next(view.hubFacts(), view.logFacts(), view.memory());
        if (next instanceof HubStep.Settled) {
            return show(id, track, view);
        }
        if (next instanceof HubStep.AwaitEnd) {
            return false;
        }
        requestsAtOnce.acquire();
        try {
            requireToLead();
            return act(id, track, view, next);
        } catch (KubernetesClientException e) {
            return lookAgain(id, track, view, e);
        } finally {
            requestsAtOnce.release();
        }
    }

    /** Another replica may lead meanwhile: looked at again after a pause. */
    private void requireToLead() {
        if (!leads.getAsBoolean()) {
            throw new IllegalStateException("this replica does not lead at present");
        }
    }

    private boolean act(CguId id, MirrorTrack track, View view, HubStep next) {
        return switch (next) {
            case HubStep.Settled(), HubStep.AwaitEnd() -> false;
            case HubStep.Hold(String stamp) -> wrote(track, hub.patch(id, view.onHub().orElseThrow().holding(stamp)));
            case HubStep.Stamp() -> {
                String fingerprint = view.hubFacts().orElseThrow().wanted().fingerprint();
                yield wrote(track, hub.patch(id, view.onHub().orElseThrow().stamping(fingerprint)));
            }
            case HubStep.Write() -> wrote(track, hub.patch(id, view.onHub().orElseThrow()
                    .writing(view.logFacts().orElseThrow().wanted())));
            case HubStep.Create() -> create(id, track, view.logFacts().orElseThrow());
            case HubStep.Delete() -> {
                hub.delete(id);
                yield refresh(id, track);
            }
            case HubStep.Release() -> release(id, track, view.onHub().orElseThrow());
            case HubStep.TakeIn() -> inputs.takeIn(view.onHub().orElseThrow(), view.inLog(), track);
            case HubStep.AskDeletion() -> inputs.askDeletion(view.inLog().orElseThrow(), view.onHub());
        };
    }

    private boolean create(CguId id, MirrorTrack track, HubRules.InLog ours) {
        try {
            boolean created = wrote(track, hub.create(id, HubObject.fresh(id, ours.wanted())));
            withoutNamespace.remove(id);
            return created;
        } catch (KubernetesClientException e) {
            if (!isAboutNamespace(id, e)) {
                throw e;
            }
            if (withoutNamespace.add(id)) {
                LOG.warnf("not on the hub yet: cgu=%s reason=%s; it is created there when the namespace appears",
                        id, e.getMessage());
            }
            hub.watchNamespaces();
            return false;
        }
    }

    private static boolean isAboutNamespace(CguId id, KubernetesClientException e) {
        String message = String.valueOf(e.getMessage());
        return e.getCode() == NOT_FOUND && message.contains("namespaces \"" + id.namespace() + "\"")
                || message.contains("because it is being terminated");
    }

    private boolean release(CguId id, MirrorTrack track, HubObject cr) {
        track.released(cr.uid());
        ObjectNode after = hub.patch(id, cr.releasing());
        LOG.infof("cleaned up and released on the hub: cgu=%s", id);
        if (after.at("/metadata/finalizers").isEmpty()) {
            track.goneFromHub(cr.uid());
            return true;
        }
        return wrote(track, after);
    }

    private boolean wrote(MirrorTrack track, ObjectNode after) {
        track.seenOnHub(HubObject.of(after));
        return true;
    }

    /** The hub refused: what we went by is old, or not there any more. Everything else is for the pause to heal. */
    private boolean lookAgain(CguId id, MirrorTrack track, View wentBy, KubernetesClientException e) {
        if (e.getCode() != CONFLICT && e.getCode() != NOT_FOUND && e.getCode() != UNPROCESSABLE) {
            throw e;
        }
        // The watch may have brought what is newer while the request was on its way.
        if (isAsIn(wentBy, track)) {
            refresh(id, track);
            if (isAsIn(wentBy, track)) {
                throw e;
            }
        }
        return true;
    }

    private static boolean isAsIn(View wentBy, MirrorTrack track) {
        return track.view().onHub().map(HubObject::resourceVersion)
                .equals(wentBy.onHub().map(HubObject::resourceVersion));
    }

    private boolean refresh(CguId id, MirrorTrack track) {
        hub.get(id).ifPresentOrElse(
                cr -> track.seenOnHub(HubObject.of(cr)),
                () -> track.view().onHub().ifPresent(cr -> track.goneFromHub(cr.uid())));
        return true;
    }

    private boolean show(CguId id, MirrorTrack track, View view) throws InterruptedException {
        Instant now = clock.instant();
        Optional<MirrorTrack.Show> next = track.toShow(view, now);
        if (next.isEmpty()) {
            if (view.inLog().isEmpty()) {
                withoutNamespace.remove(id);
            }
            return false;
        }
        if (next.get().delay().isPositive()) {
            track.awaitNews(next.get().delay());
            return true;
        }
        requestsAtOnce.acquire();
        try {
            requireToLead();
            HubObject after = HubObject.of(hub.patchStatus(id, next.get().cr().showing(next.get().status())));
            track.shown(next.get().status(), after, clock.instant());
            return true;
        } catch (KubernetesClientException e) {
            return lookAgain(id, track, view, e);
        } finally {
            requestsAtOnce.release();
        }
    }

    @Override
    public void close() {
        closed = true;
        unfollow.run();
        hub.close();
    }
}

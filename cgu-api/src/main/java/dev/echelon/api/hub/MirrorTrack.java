package dev.echelon.api.hub;

import dev.echelon.api.domain.HubRules;
import dev.echelon.api.domain.HubRules.Memory;
import dev.echelon.api.domain.StatusQueue;
import dev.echelon.api.domain.Wanted;
import dev.echelon.contract.resource.CguStatus;
import dev.echelon.contract.resource.ClusterGroupUpgrade;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What the mirror knows of one ClusterGroupUpgrade: both sides as last seen, what it remembers, and the statuses that
 * wait to be shown. Methods return at once; one worker at a time acts on it.
 */
final class MirrorTrack {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition news = lock.newCondition();
    private final StatusQueue statuses;
    private Optional<HubObject> onHub = Optional.empty();
    private Optional<ClusterGroupUpgrade> inLog = Optional.empty();
    private Memory memory = Memory.NONE;
    private String resumedFor = "";
    private String released = "";
    private String gone = "";
    private boolean worked;
    private boolean unseen;

    MirrorTrack(Duration statusInterval) {
        statuses = new StatusQueue(statusInterval);
    }

    /** Both sides at one moment. */
    record View(Optional<HubObject> onHub, Optional<ClusterGroupUpgrade> inLog, Memory memory) {

        /** Whether there are two sides, and these are newer states of the same two. */
        boolean isAbout(Optional<HubObject> cr, Optional<ClusterGroupUpgrade> cgu) {
            return onHub.isPresent()
                    && inLog.isPresent()
                    && onHub.map(HubObject::uid).equals(cr.map(HubObject::uid))
                    && inLog.map(ours -> ours.metadata().uid()).equals(cgu.map(ours -> ours.metadata().uid()));
        }

        Optional<HubRules.OnHub> hubFacts() {
            return onHub.map(HubObject::facts);
        }

        Optional<HubRules.InLog> logFacts() {
            return inLog.map(cgu -> new HubRules.InLog(
                    cgu.metadata().uid(),
                    Wanted.of(cgu),
                    Wanted.ORIGIN_HUB.equals(cgu.metadata().annotations().get(Wanted.ORIGIN)),
                    cgu.metadata().deletionTimestamp() != null));
        }
    }

    /** What to write to the status of this CR, and how long to wait before. */
    record Show(HubObject cr, CguStatus status, Duration delay) {}

    void seenInLog(ClusterGroupUpgrade cgu) {
        locked(() -> {
            if (inLog.filter(before -> !before.metadata().uid().equals(cgu.metadata().uid())).isPresent()) {
                statuses.clear();
            }
            inLog = Optional.of(cgu);
            statuses.offer(cgu.status());
        });
    }

    void goneFromLog(Instant at) {
        locked(() -> {
            inLog = Optional.empty();
            statuses.clear();
            memory = memory.withDeletedAt(at);
        });
    }

    /** The hub has this, unless something newer was seen already; a watch may lag behind what a request has told. */
    void seenOnHub(HubObject cr) {
        locked(() -> {
            if (isNews(cr)) {
                onHub = Optional.of(cr);
                memory = memory.withVanished(false);
            }
        });
    }

    private boolean isNews(HubObject cr) {
        return !cr.uid().equals(gone) && onHub.filter(cr::isOlderThan).isEmpty();
    }

    void goneFromHub(String uid) {
        locked(() -> {
            if (onHub.filter(cr -> !cr.uid().equals(uid)).isPresent()) {
                // A newer one of the same name is there already.
                return;
            }
            onHub = Optional.empty();
            gone = uid;
            memory = memory.withVanished(!released.equals(uid) && inLog.isPresent());
        });
    }

    void released(String uid) {
        locked(() -> released = uid);
    }

    /** The hub shows nothing at all any more, which says nothing about what users want. */
    void hubWithdrawn() {
        locked(() -> {
            onHub = Optional.empty();
            memory = memory.withVanished(false);
            statuses.keepNewest();
        });
    }

    void taken(String fingerprint) {
        locked(() -> memory = memory.withTaken(fingerprint));
    }

    void refused(String fingerprint) {
        locked(() -> memory = memory.withRefused(fingerprint));
    }

    /** Both sides as they are now. */
    View view() {
        lock.lock();
        try {
            return new View(onHub, inLog, memory);
        } finally {
            lock.unlock();
        }
    }

    /** Both sides as they are now, for the next step to be decided by: what was new is not new any more. */
    View viewForStep() {
        lock.lock();
        try {
            unseen = false;
            return new View(onHub, inLog, memory);
        } finally {
            lock.unlock();
        }
    }

    /** What the CR has to show next; empty when it shows all, or when one of the two sides is not that of the step. */
    Optional<Show> toShow(View step, Instant now) {
        lock.lock();
        try {
            if (!step.isAbout(onHub, inLog)) {
                return Optional.empty();
            }
            HubObject cr = onHub.orElseThrow();
            if (!resumedFor.equals(cr.uid())) {
                statuses.resumeAfter(cr.status());
                resumedFor = cr.uid();
            }
            return statuses.next(cr.status()).map(status -> new Show(cr, status, statuses.delay(cr.status(), now)));
        } finally {
            lock.unlock();
        }
    }

    void shown(CguStatus status, HubObject cr, Instant now) {
        locked(() -> {
            statuses.written(status, cr.status(), now);
            if (isNews(cr)) {
                onHub = Optional.of(cr);
            }
        });
    }

    /** Whether the caller has to work on it; if not, somebody does and has been told. */
    boolean startWork() {
        lock.lock();
        try {
            unseen = true;
            news.signalAll();
            boolean free = !worked;
            worked = true;
            return free;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Whether the work may end; if not, something came in the meantime.
     *
     * @param inAnyCase leave what came for whoever starts to work next
     */
    boolean endWork(boolean inAnyCase) {
        lock.lock();
        try {
            worked = unseen && !inAnyCase;
            return !worked;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until something is new or the time is up. */
    void awaitNews(Duration atMost) throws InterruptedException {
        lock.lock();
        try {
            long left = atMost.toNanos();
            while (!unseen && left > 0) {
                left = news.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Waits out a pause, whatever is new. */
    void pause(Duration length) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(length.toNanos());
    }

    private void locked(Runnable change) {
        lock.lock();
        try {
            change.run();
        } finally {
            lock.unlock();
        }
    }
}

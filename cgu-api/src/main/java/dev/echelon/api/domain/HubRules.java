package dev.echelon.api.domain;

import java.time.Instant;
import java.util.Optional;

/**
 * Who wins between a CR on the hub and the resource in the log, as one total function of what both look like. It is
 * asked again after each step and after each change of either side, so that it may be interrupted at any point.
 *
 * <p>A CR whose spec is not the one that Echelon last wrote or took (its <em>stamp</em>, the annotation
 * {@link Wanted#MIRRORED}) has been edited by a user and is an input. A CR that still has the stamped spec is an output
 * and follows the log. Properties kept: a user's edit is never overwritten before it was handed in; what was handed in
 * is not handed in again; the finalizer is there before the first command and goes after the last clean-up.
 */
public final class HubRules {

    private HubRules() {}

    /**
     * The CR.
     *
     * @param stamp the value of {@link Wanted#MIRRORED}, empty where there is none
     * @param begun whether its status tells of a rollout
     */
    public record OnHub(
            String uid, Instant created, Wanted wanted, String stamp, boolean held, boolean deleting, boolean begun) {

        /** Somebody else's: it may have left something on the hub that only we can clean up now. */
        boolean leftByAnother() {
            return held && begun && stamp.isEmpty();
        }
    }

    /** The resource in the log. */
    public record InLog(String uid, Wanted wanted, boolean fromHub, boolean deleting) {}

    /**
     * What this process remembers beside both.
     *
     * @param taken fingerprint of the CR that was last accepted as an input; empty for none
     * @param refused fingerprint of the CR that was last refused; it waits for the user's next edit
     * @param deletedAt when the log's resource was last seen to be gone
     * @param vanished the CR was seen to go without having been released
     */
    public record Memory(String taken, String refused, Optional<Instant> deletedAt, boolean vanished) {
        public static final Memory NONE = new Memory("", "", Optional.empty(), false);

        public Memory withTaken(String fingerprint) {
            return new Memory(fingerprint, "", deletedAt, vanished);
        }

        public Memory withRefused(String fingerprint) {
            return new Memory(taken, fingerprint, deletedAt, vanished);
        }

        public Memory withDeletedAt(Instant at) {
            return new Memory("", "", Optional.of(at), false);
        }

        public Memory withVanished(boolean now) {
            return new Memory(taken, refused, deletedAt, now);
        }
    }

    /** The next step. */
    public static HubStep next(Optional<OnHub> onHub, Optional<InLog> inLog, Memory memory) {
        if (onHub.isEmpty()) {
            return inLog.map(ours -> withoutCr(ours, memory)).orElseGet(HubStep.Settled::new);
        }
        OnHub cr = onHub.get();
        if (cr.deleting()) {
            return leaving(cr, inLog, memory);
        }
        return inLog.map(ours -> both(cr, ours, memory)).orElseGet(() -> onlyCr(cr, memory));
    }

    private static HubStep withoutCr(InLog ours, Memory memory) {
        if (ours.deleting()) {
            return new HubStep.Settled();
        }
        // Whoever takes our finalizer off by force wants the resource gone. Where nobody saw it go (this process was
        // away, the hub was set up anew), it is put back: nothing is lost, and the user sees it and can delete it.
        return memory.vanished() ? new HubStep.AskDeletion() : new HubStep.Create();
    }

    private static HubStep leaving(OnHub cr, Optional<InLog> inLog, Memory memory) {
        if (inLog.isPresent()) {
            if (cr.held() && cr.stamp().isEmpty()) {
                // When the log's resource is gone, the CR has to look like one that was cleaned up after.
                return new HubStep.Stamp();
            }
            return inLog.get().deleting() ? new HubStep.Settled() : new HubStep.AskDeletion();
        }
        if (cr.leftByAnother() && !memory.refused().equals(cr.wanted().fingerprint())) {
            return new HubStep.TakeIn();
        }
        return cr.held() ? new HubStep.Release() : new HubStep.Settled();
    }

    private static HubStep onlyCr(OnHub cr, Memory memory) {
        boolean older = memory.deletedAt().filter(cr.created()::isBefore).isPresent();
        if (older && !cr.stamp().isEmpty()) {
            return new HubStep.Delete();
        }
        String fingerprint = cr.wanted().fingerprint();
        if (!cr.held()) {
            // A CR that has waited for its predecessor's end gets its stamp only when it is in the log: until then it
            // must not look like one that outlived its resource.
            return new HubStep.Hold(older ? "" : fingerprint);
        }
        return memory.refused().equals(fingerprint) ? new HubStep.Settled() : new HubStep.TakeIn();
    }

    private static HubStep both(OnHub cr, InLog ours, Memory memory) {
        boolean another = ours.fromHub() && cr.stamp().isEmpty() && !cr.uid().equals(ours.uid());
        if (ours.deleting()) {
            return another ? new HubStep.AwaitEnd() : new HubStep.Delete();
        }
        if (another) {
            // The CR that ours came from is gone and this is a new one of the same name: a new rollout.
            return new HubStep.AskDeletion();
        }
        if (!cr.held()) {
            return new HubStep.Hold("");
        }
        String fingerprint = cr.wanted().fingerprint();
        if (fingerprint.equals(ours.wanted().fingerprint())) {
            return cr.stamp().equals(fingerprint) ? new HubStep.Settled() : new HubStep.Stamp();
        }
        if (cr.stamp().equals(fingerprint) || memory.taken().equals(fingerprint)) {
            return new HubStep.Write();
        }
        return memory.refused().equals(fingerprint) ? new HubStep.Settled() : new HubStep.TakeIn();
    }
}

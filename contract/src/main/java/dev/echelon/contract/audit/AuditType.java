package dev.echelon.contract.audit;

import java.util.Arrays;

/** The kinds of audit events, with their names on the wire. A consumer may see names that it does not know. */
public enum AuditType {
    /** A user or the hub handed something in. Written by cgu-api before the scheduler has seen it. */
    SUBMITTED("dev.echelon.command.submitted.v1"),
    /** The scheduler took a command; {@code details.resourceVersion} is the version that shows it. */
    COMMAND_ACCEPTED("dev.echelon.command.accepted.v1"),
    /** The scheduler refused a command; {@code details.reason} is a Kubernetes status reason, the message says why. */
    COMMAND_REJECTED("dev.echelon.command.rejected.v1"),
    /** A CGU that somebody else had begun was taken over as it was found; {@code details.stage} says where it was. */
    ADOPTED("dev.echelon.cgu.adopted.v1"),
    /** A condition was set; before and after are its reasons. */
    CONDITION_CHANGED("dev.echelon.cgu.condition-changed.v1"),
    PLAN_CHANGED("dev.echelon.cgu.plan-changed.v1"),
    /** The CGU passed its gate: enabled and pre-cached. It may still be blocked or back up before the first batch. */
    STARTED("dev.echelon.cgu.started.v1"),
    BATCH_STARTED("dev.echelon.cgu.batch-started.v1"),
    BATCH_COMPLETED("dev.echelon.cgu.batch-completed.v1"),
    BATCH_TIMED_OUT("dev.echelon.cgu.batch-timed-out.v1"),
    CLUSTER_STARTED("dev.echelon.cluster.started.v1"),
    /** A cluster went on to its next policy. */
    CLUSTER_ADVANCED("dev.echelon.cluster.advanced.v1"),
    CLUSTER_COMPLETED("dev.echelon.cluster.completed.v1"),
    CLUSTER_TIMED_OUT("dev.echelon.cluster.timed-out.v1"),
    /** A spoke's pre-cache or backup entered a state. */
    SPOKE_PROGRESSED("dev.echelon.spoke.progressed.v1"),
    /** A spoke's job says how far it is. */
    JOB_PROGRESSED("dev.echelon.spoke.job-progressed.v1"),
    /** Labels and annotations of a cluster were changed on behalf of a CGU. */
    CLUSTER_RELABELED("dev.echelon.cluster.relabeled.v1"),
    /** The executor cannot carry an intent out for now. */
    INTENT_STALLED("dev.echelon.intent.stalled.v1"),
    COMPLETED("dev.echelon.cgu.completed.v1"),
    FAILED("dev.echelon.cgu.failed.v1"),
    TIMED_OUT("dev.echelon.cgu.timed-out.v1"),
    /** Nothing of an ended CGU enforces any more, or all left-overs of a deleted one are gone. */
    CLEANED_UP("dev.echelon.cgu.cleaned-up.v1"),
    DELETED("dev.echelon.cgu.deleted.v1"),
    /** Written by a newer version. */
    UNRECOGNISED("");

    private final String wire;

    AuditType(String wire) {
        this.wire = wire;
    }

    public String wire() {
        return wire;
    }

    public static AuditType of(String wire) {
        return Arrays.stream(values())
                .filter(type -> type.wire.equals(wire))
                .findFirst()
                .orElse(UNRECOGNISED);
    }
}

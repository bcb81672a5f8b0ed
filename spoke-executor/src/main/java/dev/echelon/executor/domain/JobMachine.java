package dev.echelon.executor.domain;

import dev.echelon.contract.intent.Intent;
import dev.echelon.contract.result.SpokeState;
import dev.echelon.contract.result.Workload;
import java.time.Instant;
import java.util.Optional;

/**
 * The state machine of one spoke job for one intent. It is pure and level-based: what it says follows from the state
 * that was last reported, from what the hub shows now and from the time, so that it may be asked again after any crash.
 */
public sealed interface JobMachine<S extends JobState> permits PrecacheMachine, BackupMachine {

    Workload workload();

    /** The same machine for the newer content of its intent. */
    JobMachine<S> with(Intent newer);

    /** The state in which a spoke begins, and stays while another CGU has the spoke's turn. */
    S first();

    /** The state in which to go on after a restart, when {@code reported} was the last one that was reported. */
    S resume(SpokeState reported, ObservedSpoke spoke);

    /**
     * The state in which to go on with a job that somebody else began: it is in the state {@code known}, and what lies
     * on the spoke under the fixed names is its own. Nothing was reported of it yet.
     */
    default S takeOver(SpokeState known, ObservedSpoke spoke) {
        return resume(known, spoke);
    }

    /** The state that the intent says the job is known to be in; empty where it begins. */
    Optional<SpokeState> known();

    /** The next step of the CGU whose turn it is on the spoke. */
    Step<S> next(S state, ObservedSpoke spoke, Instant now);

    /** The next step of a CGU that waits for its turn: nothing but that time may run out. */
    Step<S> waiting(S state, Instant now);

    /** The view that shows the job. */
    String jobView();

    /** Whether this job's views are still on the hub, which after a success means that the clean-up is not done. */
    boolean hasLeftOvers(ObservedSpoke spoke);
}

package dev.echelon.executor.domain;

import dev.echelon.contract.result.SpokeState;

/** A state of one of the two spoke jobs. */
public sealed interface JobState permits PrecacheState, BackupState {

    /** The published state that this is. Two states may be one published state, when only details differ. */
    SpokeState published();
}

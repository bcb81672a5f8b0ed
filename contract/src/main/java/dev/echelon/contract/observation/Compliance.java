package dev.echelon.contract.observation;

/** How a cluster stands to a policy (contract 7.3). */
public enum Compliance {
    COMPLIANT,
    NON_COMPLIANT,
    /** The root policy's status has no entry for the cluster: the policy does not apply to it. */
    NOT_MATCHED
}

package dev.echelon.contract.result;

/** The two jobs that run on a spoke. */
public enum Workload {
    PRECACHE,
    BACKUP
}

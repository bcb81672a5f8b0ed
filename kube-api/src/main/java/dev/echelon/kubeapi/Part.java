package dev.echelon.kubeapi;

/** Which part of an object an update writes. */
public enum Part {
    /** All but the status, where the kind has a status subresource; all, where it has none. */
    MAIN,
    /** The status and nothing else. */
    STATUS
}

package dev.echelon.api.domain;

/** The next thing to do so that the hub's CR and the log agree on one ClusterGroupUpgrade. */
public sealed interface HubStep {

    /** Nothing, until something changes. */
    record Settled() implements HubStep {}

    /**
     * Nothing, until the log's resource is gone, which is another one than the CR is for: not even its status is the
     * CR's to show.
     */
    record AwaitEnd() implements HubStep {}

    /**
     * Put the finalizer on the CR, before anything else is done about it.
     *
     * @param stamp the fingerprint to write beside it; empty to leave the annotation alone
     */
    record Hold(String stamp) implements HubStep {}

    /** Hand the CR's spec, labels and annotations in as a command. */
    record TakeIn() implements HubStep {}

    /** Hand in that the resource should go. */
    record AskDeletion() implements HubStep {}

    /** Create the CR, with finalizer and stamp. */
    record Create() implements HubStep {}

    /** Write spec, labels, annotations and stamp of the log's resource to the CR. */
    record Write() implements HubStep {}

    /** Write only the stamp: both sides agree, the CR does not say so yet. */
    record Stamp() implements HubStep {}

    /** Delete the CR; its finalizer holds it until the clean-up is done. */
    record Delete() implements HubStep {}

    /** Take the finalizer off: everything is cleaned up. */
    record Release() implements HubStep {}
}

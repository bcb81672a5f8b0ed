package dev.echelon.executor.domain;

import java.util.Map;
import java.util.Set;

/** Something that should be so on the hub. Making it so twice is the same as making it so once. */
public sealed interface Change {

    /** The object exists. One that exists already stays as it is. */
    record Ensure(HubObject object) implements Change {}

    /**
     * The action exists and the spoke has not carried it out yet. One that the spoke has answered is spent: a delete
     * that once ran would not run again, so it gives way to a new one.
     */
    record Issue(HubObject action) implements Change {}

    /** A fresh object exists in place of the one that was seen, so that the spoke is asked anew. */
    record Recreate(HubObject object) implements Change {}

    /** The object exists and has these labels, annotations and fields. */
    record Align(HubObject object) implements Change {}

    /**
     * The ManagedCluster has these labels and annotations, and not those; one that is not there is right as it is. Keys
     * that are not named stay as they are.
     */
    record Relabel(
            String cluster,
            Map<String, String> labels,
            Set<String> noLabels,
            Map<String, String> annotations,
            Set<String> noAnnotations)
            implements Change {}

    /** The object does not exist. */
    record Delete(HubKind kind, String namespace, String name) implements Change {}
}

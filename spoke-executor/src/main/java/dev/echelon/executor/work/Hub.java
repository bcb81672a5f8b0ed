package dev.echelon.executor.work;

import dev.echelon.contract.CguId;
import dev.echelon.executor.domain.Change;
import dev.echelon.executor.domain.HubKind;
import dev.echelon.executor.domain.ObservedSpoke;
import dev.echelon.executor.domain.SeenObject;
import java.util.Collection;
import java.util.Optional;

/** The hub, as the workers use it: what it shows, and changes to it. */
public interface Hub {

    /** What the hub shows of a spoke now. Costs no request. */
    ObservedSpoke spoke(String cluster);

    /** The Placements and PlacementBindings that carry the CGU's two labels, in all namespaces. Costs no request. */
    Collection<SeenObject> enforcing(CguId cgu);

    /**
     * The object as it is now: a view or action of a fixed name or with the CGU's label, a Placement, PlacementBinding
     * or ManifestWork with that label, or a ManagedCluster. Costs no request.
     *
     * @throws HubException when the hub does not have the kind, so that nothing follows from the object's absence
     */
    Optional<SeenObject> find(HubKind kind, String namespace, String name);

    /**
     * The views, actions or ManifestWorks in the cluster's namespace that carry the CGU's label, whichever CGU it
     * names. Costs no request.
     */
    Collection<SeenObject> ofCgus(HubKind kind, String cluster);

    /**
     * Reads an object of a kind that is not watched. Blocks.
     *
     * @throws HubException when the hub refused or could not be reached
     */
    Optional<SeenObject> read(HubKind kind, String namespace, String name);

    /**
     * Makes the change true, with as few requests as that takes: none where it is true already. Blocks.
     *
     * @throws HubException when the hub refused or could not be reached; nothing or a part of the change is done then
     */
    void apply(Change change);
}

package dev.echelon.executor.work;

import dev.echelon.contract.CguId;
import dev.echelon.executor.domain.Change;
import dev.echelon.executor.domain.ObservedSpoke;
import dev.echelon.executor.domain.SeenObject;
import java.util.Collection;

/** The hub, as the workers use it: what it shows, and changes to it. */
public interface Hub {

    /** What the hub shows of a spoke now. Costs no request. */
    ObservedSpoke spoke(String cluster);

    /** The Placements and PlacementBindings that carry the CGU's two labels, in all namespaces. Costs no request. */
    Collection<SeenObject> enforcing(CguId cgu);

    /**
     * Makes the change true, with as few requests as that takes: none where it is true already. Blocks.
     *
     * @throws HubException when the hub refused or could not be reached; nothing or a part of the change is done then
     */
    void apply(Change change);
}

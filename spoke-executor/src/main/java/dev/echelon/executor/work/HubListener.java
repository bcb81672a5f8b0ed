package dev.echelon.executor.work;

import dev.echelon.contract.CguId;

/** Is told what has changed on the hub. Does not block. */
public interface HubListener {

    /** A view, an action or a work of the spoke, or its availability, has changed. */
    void spokeChanged(String cluster);

    /** A Placement or PlacementBinding of the CGU has changed. */
    void enforcementChanged(CguId cgu);
}

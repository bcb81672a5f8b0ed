package dev.echelon.scheduler.domain;

import java.util.Map;
import java.util.Optional;

/** What deciding may look at: the pieces of one ClusterGroupUpgrade's state, each read only when it is asked for. */
public interface StateView {

    Optional<Upgrade> upgrade();

    Optional<Progress> progress();

    /** The piece of one cluster; empty when nothing is known of it. */
    Optional<Spoke> spoke(String cluster);

    /** The pieces of all clusters. Costs as much as there are; only for what concerns all of them. */
    Map<String, Spoke> spokes();

    /** Whether a command with this id was answered before. */
    boolean answered(String commandId);
}

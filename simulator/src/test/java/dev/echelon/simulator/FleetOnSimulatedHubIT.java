package dev.echelon.simulator;

/** The behaviours on the simulator's own hub. */
class FleetOnSimulatedHubIT extends FleetBehaviours {
    @Override
    HubTarget target() {
        return HubTarget.own();
    }
}

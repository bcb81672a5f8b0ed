package dev.echelon.executor.domain;

import java.util.Map;

/**
 * What the hub shows of one spoke now: the answers of the fixed-name views, the state of the fixed-name actions, and
 * whether the cluster is there.
 *
 * @param available whether {@code ManagedClusterConditionAvailable} is True
 * @param views by name; one that is missing does not exist
 * @param actions by name; one that is missing does not exist
 */
public record ObservedSpoke(boolean available, Map<String, ViewAnswer> views, Map<String, ActionState> actions) {

    private static final ViewAnswer ABSENT = new ViewAnswer.Absent();

    public ObservedSpoke {
        views = Map.copyOf(views);
        actions = Map.copyOf(actions);
    }

    /** How far a ManagedClusterAction is. */
    public enum ActionState {
        /** The spoke has not said anything about it. */
        WAITING,
        /** The spoke has answered, well or badly; it will not do it again. */
        SPENT
    }

    public ViewAnswer view(String name) {
        return views.getOrDefault(name, ABSENT);
    }

    public boolean hasView(String name) {
        return views.containsKey(name);
    }

    public boolean hasAction(String name) {
        return actions.containsKey(name);
    }

    /** Whether the action exists and the spoke may still carry it out. */
    public boolean isWaiting(String action) {
        return actions.get(action) == ActionState.WAITING;
    }
}

package dev.echelon.scheduler.domain;

import dev.echelon.contract.resource.Condition;
import dev.echelon.contract.resource.ConditionReason;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The order rule of {@code status.conditions} (contract 6.2). The order is API: {@code kubectl get} shows the last one.
 *
 * <ol>
 *   <li>A new type is appended.
 *   <li>A type whose status differs, and which is not the last one, moves to the end.
 *   <li>Anything else is changed in place.
 * </ol>
 *
 * {@code lastTransitionTime} changes only with the status; the relative order of the others never changes.
 */
public final class Conditions {

    private Conditions() {}

    /** The condition that a reason stands for, as of {@code now} in whole seconds. */
    public static Condition of(ConditionReason reason, Instant now, Object... values) {
        return new Condition(
                reason.type().wire(),
                reason.status(),
                reason.reason(),
                reason.with(values),
                now.truncatedTo(ChronoUnit.SECONDS));
    }

    /** The list after one condition was set in it; the same list when that changes nothing. */
    public static List<Condition> set(List<Condition> conditions, Condition wanted) {
        int at = indexOf(conditions, wanted.type());
        if (at < 0) {
            return appended(conditions, wanted);
        }
        Condition found = conditions.get(at);
        if (!found.status().equals(wanted.status())) {
            boolean last = at == conditions.size() - 1;
            return last ? replaced(conditions, at, wanted) : appended(without(conditions, at), wanted);
        }
        if (found.reason().equals(wanted.reason()) && found.message().equals(wanted.message())) {
            return conditions;
        }
        return replaced(
                conditions,
                at,
                new Condition(
                        wanted.type(),
                        wanted.status(),
                        wanted.reason(),
                        wanted.message(),
                        found.lastTransitionTime()));
    }

    /** Whether setting it would change the list. */
    static boolean changes(List<Condition> conditions, Condition wanted) {
        return set(conditions, wanted) != conditions;
    }

    static Optional<Condition> find(List<Condition> conditions, ConditionReason.Type type) {
        int at = indexOf(conditions, type.wire());
        return at < 0 ? Optional.empty() : Optional.of(conditions.get(at));
    }

    static boolean isTrue(List<Condition> conditions, ConditionReason.Type type) {
        return find(conditions, type).filter(Condition::isTrue).isPresent();
    }

    static List<Condition> remove(List<Condition> conditions, ConditionReason.Type type) {
        int at = indexOf(conditions, type.wire());
        return at < 0 ? conditions : List.copyOf(without(conditions, at));
    }

    /** What {@code kubectl get} shows as the state; empty before the first condition. */
    static String lastReason(List<Condition> conditions) {
        return conditions.isEmpty() ? "" : conditions.getLast().reason();
    }

    private static int indexOf(List<Condition> conditions, String type) {
        for (int i = 0; i < conditions.size(); i++) {
            if (conditions.get(i).type().equals(type)) {
                return i;
            }
        }
        return -1;
    }

    private static List<Condition> appended(List<Condition> conditions, Condition condition) {
        List<Condition> list = new ArrayList<>(conditions);
        list.add(condition);
        return List.copyOf(list);
    }

    private static List<Condition> replaced(List<Condition> conditions, int at, Condition condition) {
        List<Condition> list = new ArrayList<>(conditions);
        list.set(at, condition);
        return List.copyOf(list);
    }

    private static List<Condition> without(List<Condition> conditions, int at) {
        List<Condition> list = new ArrayList<>(conditions);
        list.remove(at);
        return list;
    }
}

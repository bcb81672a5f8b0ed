package dev.echelon.scheduler.domain;

import dev.echelon.contract.intent.Intent;
import dev.echelon.contract.resource.Condition;
import dev.echelon.contract.resource.ConditionReason;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A decision in the making. Each fact is folded into a working copy at once, so that the next step of the same decision
 * sees it: a chain of steps happens in one go.
 */
final class Draft {

    private final WorkingCopy state;
    private final Moment moment;
    private final List<Fact> facts = new ArrayList<>();
    private final Map<String, Optional<Intent>> intents = new LinkedHashMap<>();
    private long lastVersion;
    private boolean urgent;

    Draft(StateView view, Moment moment) {
        this.state = new WorkingCopy(view);
        this.moment = moment;
        this.lastVersion = moment.lastVersion();
    }

    Instant now() {
        return moment.now();
    }

    StateView state() {
        return state;
    }

    Upgrade upgrade() {
        return state.upgrade().orElseThrow();
    }

    Progress progress() {
        return state.progress().orElseThrow();
    }

    Lifecycle lifecycle() {
        return progress().lifecycle();
    }

    Spoke spoke(String cluster) {
        return state.spoke(cluster).orElse(Spoke.NEW);
    }

    void emit(Fact fact) {
        state.fold(fact);
        facts.add(fact);
    }

    void want(Intent intent) {
        intents.put(intent.key(), Optional.of(intent));
    }

    /** Nothing is wanted of this key any more. */
    void settle(String intentKey) {
        intents.put(intentKey, Optional.empty());
    }

    /** Sets a condition and shows it, if that changes anything. */
    void condition(ConditionReason reason, Object... values) {
        conditions(List.of(Conditions.of(reason, now(), values)));
    }

    /** As {@link #condition}, with what is wrong with the clusters or the policies. */
    void failed(ValidationFailure failure, ConditionReason reason, Object... values) {
        conditions(List.of(Conditions.of(reason, now(), values)), Optional.of(failure));
    }

    /** Sets conditions in one go, so that they show together, if that changes anything. */
    void conditions(List<Condition> wanted) {
        conditions(wanted, Optional.empty());
    }

    private void conditions(List<Condition> wanted, Optional<ValidationFailure> failure) {
        List<Condition> changing = wanted.stream()
                .filter(condition -> Conditions.changes(progress().conditions(), condition))
                .toList();
        if (!changing.isEmpty()) {
            emit(new Fact.ConditionsSet(changing, failure));
            show("");
        }
    }

    /** As {@link #condition}, for a message that only counts: it is shown with the next changes, not at once. */
    void recount(ConditionReason reason, int number) {
        Condition wanted = Conditions.of(reason, now(), number);
        Optional<Condition> found = Conditions.find(progress().conditions(), reason.type());
        boolean sameButMessage = found.filter(condition -> condition.status().equals(wanted.status())
                        && condition.reason().equals(wanted.reason()))
                .isPresent();
        if (!sameButMessage) {
            condition(reason, number);
        } else if (!found.get().message().equals(wanted.message())) {
            emit(new Fact.ConditionRecounted(wanted));
        }
    }

    /** Asks for the changes of this decision to be shown at its end, not within the window. */
    void urgent() {
        urgent = true;
    }

    boolean isUrgent() {
        return urgent;
    }

    /** Shows the resource as it now is. */
    void show(String commandId) {
        lastVersion = Version.next(Math.max(lastVersion, progress().book().version()), now(), moment.partition());
        emit(new Fact.Shown(now(), lastVersion, commandId));
    }

    /** Shows what is left to show, if it is urgent or the window is over. */
    void showTheRest() {
        if (state.progress().isEmpty()) {
            return;
        }
        Progress.Book book = progress().book();
        if (book.dirty() && (urgent || now().isAfter(book.shownAt().plus(Progress.SHOW_WINDOW)))) {
            show("");
        }
    }

    Decision decision() {
        return new Decision(facts, intents);
    }
}

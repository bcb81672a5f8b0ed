package dev.echelon.executor.work;

import dev.echelon.contract.CguId;
import dev.echelon.contract.intent.Intent;
import dev.echelon.contract.result.Result;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;

/**
 * Tries for one intent: what fails is tried again after a while that doubles up to a limit, and the reason is told
 * once. A hub that refuses is told of at once; one that is busy, away or in a conflict only when the second try fails
 * too.
 */
final class Attempt {

    private final Setting setting;
    private final CguId cgu;
    private final String intentId;
    private final String about;
    /** Reasons of the hub that were told since it last did what was asked. */
    private final Set<String> failuresTold = new HashSet<>();
    private final Set<String> troublesTold = new HashSet<>();
    private int failures;
    private Instant notBefore = Instant.MIN;

    Attempt(Setting setting, Intent intent) {
        this(setting, intent.cgu(), intent.id(), switch (intent) {
            case Intent.ForSpoke spoke -> " cluster=" + spoke.cluster();
            case Intent.ForHub _ -> "";
        });
    }

    /** For what is left to do on a cluster of an intent that is not there any more. */
    Attempt(Setting setting, Result.SpokeProgress last) {
        this(setting, last.cgu(), last.intentId(), " cluster=" + last.cluster());
    }

    private Attempt(Setting setting, CguId cgu, String intentId, String cluster) {
        this.setting = setting;
        this.cgu = cgu;
        this.intentId = intentId;
        this.about = "cgu=" + cgu + cluster + " intent=" + intentId;
    }

    /** Whether a try may be made now. */
    boolean due() {
        return !setting.clock().instant().isBefore(notBefore);
    }

    /** When the next try may be made; in the past where it may be made now. */
    Instant notBefore() {
        return notBefore;
    }

    boolean isFailing() {
        return failures > 0;
    }

    /**
     * Tries.
     *
     * @return whether it went well
     */
    boolean run(Runnable work) {
        try {
            work.run();
            failures = 0;
            failuresTold.clear();
            notBefore = Instant.MIN;
            return true;
        } catch (HubException e) {
            failed();
            if (e.isRefusal() || failures > 1) {
                // Of a hub that is away one line tells for all.
                tell(e.getMessage(), failuresTold, e.code() == 0 ? Level.DEBUG : Level.WARNING);
            }
        } catch (ResultSink.ResultNotWritten e) {
            failed();
            System.getLogger(Attempt.class.getName())
                    .log(Level.WARNING, "{0}; tried again: {1}", e.getMessage(), about);
        }
        return false;
    }

    /** Says, once for each text, that the spoke is in trouble. What cannot be told now is told with the next try. */
    void tell(String trouble) {
        tell(trouble, troublesTold, Level.WARNING);
    }

    private void tell(String reason, Set<String> told, Level level) {
        if (told.contains(reason)) {
            return;
        }
        System.getLogger(Attempt.class.getName())
                .log(level, "stalled: {0} reason={1}", about, reason);
        try {
            setting.results().publish(
                    new Result.Stalled(cgu, intentId, setting.clock().instant(), reason));
            told.add(reason);
        } catch (ResultSink.ResultNotWritten e) {
            System.getLogger(Attempt.class.getName())
                    .log(Level.WARNING, "{0}; told with the next try: {1}", e.getMessage(), about);
        }
    }

    private void failed() {
        Duration wait = setting.firstRetry().multipliedBy(1L << Math.min(failures, 20));
        failures++;
        Duration capped = wait.compareTo(setting.longestRetry()) > 0 ? setting.longestRetry() : wait;
        notBefore = setting.clock().instant().plus(capped);
    }
}

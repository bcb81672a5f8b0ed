package dev.echelon.executor.work;

import dev.echelon.contract.intent.Intent;
import dev.echelon.contract.intent.Intent.PolicyPlacement;
import dev.echelon.contract.result.Result;
import dev.echelon.contract.telemetry.Traces;
import dev.echelon.executor.domain.Enforcement;
import io.opentelemetry.api.trace.SpanKind;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The enforcing objects of one CGU, one pass at a time. The newest intent counts: those that arrive within a short
 * window, or while a pass is under way, are one. When somebody else changes an object, the next pass puts it right
 * again.
 */
final class HubWorker {

    private final Setting setting;
    private final Serial serial;
    private final Alarm retry;
    private final AtomicBoolean gathering = new AtomicBoolean();
    private volatile Wanted wanted;
    private volatile Instant lastPass = Instant.MIN;
    private volatile boolean stopped;

    /** From here on only touched by passes. */
    private Attempt attempt;
    private String attempted = "";
    private Intent answered;

    HubWorker(Setting setting) {
        this.setting = setting;
        this.serial = new Serial(setting.executor(), this::pass);
        this.retry = new Alarm(setting.timers(), serial::ask);
    }

    /** This holds from now on. */
    void want(Wanted newer) {
        wanted = newer;
        wake();
    }

    /** Something about the CGU's objects has changed, or is to be changed. */
    void wake() {
        if (!stopped && gathering.compareAndSet(false, true)) {
            Instant now = setting.clock().instant();
            Instant windowEnds = now.plus(setting.window());
            Instant apart = lastPass.equals(Instant.MIN) ? Instant.MIN : lastPass.plus(setting.spacing());
            setting.timers().at(windowEnds.isAfter(apart) ? windowEnds : apart, serial::ask);
        }
    }

    /** Leaves off as soon as possible. */
    void stop() {
        stopped = true;
    }

    private void pass() {
        // Before the intent is looked at: one that comes after this gets a pass of its own.
        gathering.set(false);
        Wanted now = wanted;
        if (stopped || now == null) {
            retry.clear();
            return;
        }
        lastPass = setting.clock().instant();
        if (!attempted.equals(now.intent().id())) {
            attempted = now.intent().id();
            attempt = new Attempt(setting, now.intent());
        }
        if (!attempt.due()) {
            retry.set(attempt.notBefore());
            return;
        }
        boolean went = attempt.run(() -> Traces.span(
                "carry out " + now.intent().getClass().getSimpleName(),
                SpanKind.CONSUMER,
                now.cause(),
                now.intent().cgu(),
                () -> {
                    carryOut(now.intent());
                    return null;
                }));
        retry.set(went ? Instant.MAX : attempt.notBefore());
    }

    private void carryOut(Intent intent) {
        switch (intent) {
            case Intent.EnforcePolicies enforce -> {
                Enforcement.enforce(enforce, setting.hub().enforcing(enforce.cgu())).forEach(setting.hub()::apply);
                List<String> names = enforce.placements().stream()
                        .map(PolicyPlacement::safeName)
                        .sorted()
                        .toList();
                answer(enforce, new Result.Enforced(
                        enforce.cgu(), enforce.id(), setting.clock().instant(), enforce.revision(), names, names));
            }
            case Intent.StopEnforcing stop -> {
                Enforcement.stop(stop, setting.hub().enforcing(stop.cgu())).forEach(setting.hub()::apply);
                answer(stop, new Result.EnforcementStopped(stop.cgu(), stop.id(), setting.clock().instant()));
            }
            case Intent.ForSpoke _ ->
                throw new IllegalStateException("intent " + intent.id() + " is a spoke's, not the hub's");
        }
    }

    /** Answers once for an intent and its revision: a pass that only puts something right again has nothing to say. */
    private void answer(Intent intent, Result result) {
        if (!intent.equals(answered)) {
            setting.results().publish(result);
            answered = intent;
        }
    }
}

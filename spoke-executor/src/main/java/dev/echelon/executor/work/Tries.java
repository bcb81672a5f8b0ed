package dev.echelon.executor.work;

import dev.echelon.contract.intent.Intent;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What is done once for each intent of one kind on one spoke: tried until it went well, and then not again as long as
 * the intent holds.
 */
final class Tries {

    private final Setting setting;
    private final Map<String, Attempt> attempts = new HashMap<>();
    private final Set<String> done = new HashSet<>();

    Tries(Setting setting) {
        this.setting = setting;
    }

    /** Forgets all intents but these. */
    void keep(Collection<? extends Intent> held) {
        Set<String> ids = new HashSet<>();
        held.forEach(intent -> ids.add(intent.id()));
        attempts.keySet().retainAll(ids);
        done.retainAll(ids);
    }

    boolean isDone(Intent intent) {
        return done.contains(intent.id());
    }

    void done(Intent intent) {
        done.add(intent.id());
    }

    /**
     * Tries, where it is time to.
     *
     * @return when to try again; {@link Instant#MAX} when it went well
     */
    Instant run(Intent intent, Runnable work) {
        Attempt attempt = of(intent);
        return attempt.due() && attempt.run(work) ? Instant.MAX : attempt.notBefore();
    }

    private Attempt of(Intent intent) {
        return attempts.computeIfAbsent(intent.id(), _ -> new Attempt(setting, intent));
    }
}

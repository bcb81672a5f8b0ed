package dev.echelon.scheduler.stream;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/**
 * The ids of answered commands, kept for a day: a sender that tries again for longer than that is not heard of. Old ones
 * go when new ones come, two for one, so that the work stays bounded.
 */
final class Answers {

    static final Duration KEPT = Duration.ofDays(1);

    private final Stores stores;
    private final Deque<Map.Entry<String, Long>> oldestFirst;

    Answers(Stores stores) {
        this.stores = stores;
        List<Map.Entry<String, Long>> known = new ArrayList<>();
        stores.eachAnswer((id, at) -> known.add(Map.entry(id, at)));
        known.sort(Comparator.comparingLong(Map.Entry::getValue));
        oldestFirst = new ArrayDeque<>(known);
    }

    void add(String commandId, Instant now) {
        stores.putAnswer(commandId, now.toEpochMilli());
        oldestFirst.add(Map.entry(commandId, now.toEpochMilli()));
        long tooOld = now.minus(KEPT).toEpochMilli();
        for (int i = 0; i < 2 && oldestFirst.peek().getValue() < tooOld; i++) {
            stores.removeAnswer(oldestFirst.poll().getKey());
        }
    }
}

package dev.echelon.scheduler.domain;

import dev.echelon.contract.intent.Intent;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What was decided.
 *
 * @param facts what has now happened, in order; nothing has when there are none
 * @param intents what should be true from now on, by key; empty where nothing is wanted any more
 */
public record Decision(List<Fact> facts, Map<String, Optional<Intent>> intents) {

    public Decision {
        facts = List.copyOf(facts);
        intents = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(intents));
    }
}

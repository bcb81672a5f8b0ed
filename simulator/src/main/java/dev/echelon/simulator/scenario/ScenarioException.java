package dev.echelon.simulator.scenario;

import java.util.List;

/** A scenario that cannot be used; the message names each place, what was found there and what was expected. */
public final class ScenarioException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<String> problems;

    ScenarioException(String source, List<String> problems) {
        super("Scenario %s: %s%s".formatted(source, problems.size() == 1 ? "" : problems.size() + " problems\n  ",
                String.join("\n  ", problems)));
        this.problems = List.copyOf(problems);
    }

    /** One line for each problem, beginning with the path of the place. */
    public List<String> problems() {
        return problems;
    }
}

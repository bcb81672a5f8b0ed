package dev.echelon.scheduler.domain;

import dev.echelon.contract.CguId;
import dev.echelon.contract.command.CommandRecord;
import dev.echelon.contract.observation.Observation;
import dev.echelon.contract.result.Result;
import java.util.Optional;

/** Everything that can make the scheduler decide something. */
public sealed interface Input {

    CguId cgu();

    /** Somebody asked for something. */
    record Asked(CommandRecord command) implements Input {
        @Override
        public CguId cgu() {
            return command.command().cgu();
        }
    }

    /** The hub shows something. */
    record Observed(Observation observation) implements Input {
        @Override
        public CguId cgu() {
            return observation.cgu();
        }
    }

    /** The executor answered. */
    record Answered(Result result) implements Input {
        @Override
        public CguId cgu() {
            return result.cgu();
        }
    }

    /** A deadline of the CGU, or of one of its clusters, is over. */
    record TimePassed(CguId cgu, Optional<String> cluster) implements Input {}
}

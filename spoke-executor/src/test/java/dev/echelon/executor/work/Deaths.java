package dev.echelon.executor.work;

import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.function.IntPredicate;

/** Kills a process at its effects on the world, before one or after it. */
final class Deaths {

    private final IntPredicate deadly;
    private final BooleanSupplier before;
    private int effects;

    private Deaths(IntPredicate deadly, BooleanSupplier before) {
        this.deadly = deadly;
        this.before = before;
    }

    static Deaths none() {
        return new Deaths(_ -> false, () -> false);
    }

    /** One, at the effect of this number. */
    static Deaths at(int number, boolean before) {
        return new Deaths(effect -> effect == number, () -> before);
    }

    /** At one in so many effects, but not for ever: of the first so many. */
    static Deaths byChance(Random chance, int oneIn, int first) {
        return new Deaths(effect -> effect < first && chance.nextInt(oneIn) == 0, chance::nextBoolean);
    }

    /** How many effects there were, or would have been. */
    int effects() {
        return effects;
    }

    /** Has the effect, unless the process dies before it. */
    void effect(Runnable effect) {
        boolean deadly = this.deadly.test(effects++);
        if (deadly && before.getAsBoolean()) {
            throw new SimulatedHub.Killed();
        }
        effect.run();
        if (deadly) {
            throw new SimulatedHub.Killed();
        }
    }
}

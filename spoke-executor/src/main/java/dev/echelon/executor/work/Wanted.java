package dev.echelon.executor.work;

import dev.echelon.contract.intent.Intent;
import io.opentelemetry.context.Context;

/**
 * An intent that holds, and when it was asked for.
 *
 * @param order of asking: the offset of the first record, in the partition, of the intent with this id
 * @param cause the trace that carrying it out belongs to
 */
public record Wanted(Intent intent, long order, Context cause) {

    /** Caused by what is being handled here. */
    public Wanted(Intent intent, long order) {
        this(intent, order, Context.current());
    }

    /** The same asking with newer content: an intent that is written again under its id keeps its turn. */
    Wanted after(Wanted before) {
        return before != null && before.intent().id().equals(intent.id())
                ? new Wanted(intent, before.order(), cause)
                : this;
    }
}

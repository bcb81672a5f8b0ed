package dev.echelon.executor.work;

import dev.echelon.contract.result.Result;
import java.util.function.Consumer;

/** The results that were written before, by this process or another. */
public interface ReportLog {

    /**
     * Hands over all results that are there now, in the order of writing for each CGU. Blocks until then.
     *
     * @throws InterruptedException when the thread was interrupted while it waited
     */
    void replay(Consumer<Result> results) throws InterruptedException;
}

package dev.echelon.hubfixture;

import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Ties a process to this JVM: it is killed when the JVM ends, however it does, by SIGKILL too. A run of tests that is
 * cut off leaves no server behind.
 */
public final class Tether {

    /** Waits for the end of its input, which comes when the JVM that holds the other end is no more. */
    private static final String WATCH = "read -r _; kill -9 \"$0\"";

    private Tether() {}

    /** Ties the process, and hands it back. */
    public static Process tie(Process process) {
        Process watch;
        try {
            watch = new ProcessBuilder("sh", "-c", WATCH, String.valueOf(process.pid()))
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            process.destroyForcibly();
            throw new UncheckedIOException("cannot watch over process " + process.pid(), e);
        }
        // Its number may be another process's soon.
        process.onExit().thenRun(watch::destroyForcibly);
        return process;
    }
}

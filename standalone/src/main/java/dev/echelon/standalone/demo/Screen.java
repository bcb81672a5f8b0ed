package dev.echelon.standalone.demo;

import java.io.PrintStream;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What the demo shows a person: steps, the commands a user would type, what they answer, and the audit trail beside it.
 * Several threads write. A command and its answer are one piece: what is told meanwhile comes after them. Colour only
 * on a terminal, never as the only sign.
 */
final class Screen {

    private final PrintStream out;
    private final InstantSource clock;
    private final long startMillis;
    private final boolean colour;
    private final List<String> meanwhile = new ArrayList<>();
    private boolean answering;

    Screen(PrintStream out, InstantSource clock, boolean colour) {
        this.out = out;
        this.clock = clock;
        this.startMillis = clock.millis();
        this.colour = colour;
    }

    /** A step of the walkthrough begins. */
    synchronized void step(int number, String title) {
        answered();
        out.println();
        out.println(bold(number + ". " + title));
    }

    /** A command that a user would type for what the demo does now. Its answer follows. */
    synchronized void command(String command) {
        answered();
        answering = true;
        out.println(stamp() + "$ " + command);
    }

    /** What a command answered, line by line. */
    synchronized void answer(String text) {
        part(text);
        answered();
    }

    /** A part of what a command answers. */
    synchronized void part(String text) {
        text.lines().forEach(line -> out.println("         " + line));
    }

    /** The command has answered all that it will. */
    synchronized void answered() {
        answering = false;
        meanwhile.forEach(out::println);
        meanwhile.clear();
    }

    /** A remark of the demo's own. */
    synchronized void note(String text) {
        tell(stamp() + text);
    }

    /** A line of the audit trail. */
    synchronized void audit(String text) {
        tell(dim(stamp() + "audit  " + text));
    }

    private void tell(String line) {
        if (answering) {
            meanwhile.add(line);
        } else {
            out.println(line);
        }
    }

    /** Time since the demo began. */
    Duration elapsed() {
        return Duration.ofMillis(clock.millis() - startMillis);
    }

    private String stamp() {
        return String.format(Locale.ROOT, "%6.1fs  ", elapsed().toMillis() / 1000.0);
    }

    private String bold(String text) {
        return colour ? "\033[1m" + text + "\033[0m" : text;
    }

    private String dim(String text) {
        return colour ? "\033[2m" + text + "\033[0m" : text;
    }
}

package dev.echelon.standalone.demo;

/** The demo did not get where the walkthrough goes; the message says what was awaited and what was seen. */
public final class DemoFailure extends RuntimeException {

    public DemoFailure(String message) {
        super(message);
    }
}

package dev.echelon.contract;

/** The names of Kafka record headers that Echelon sets. Values are UTF-8 text. */
public final class Headers {

    /** On {@code cgus}: the command that caused this state, where one did. */
    public static final String COMMAND_ID = "echelon-command-id";
    /** On {@code audit}: the media type of the value, as the CloudEvents Kafka binding wants it. */
    public static final String CONTENT_TYPE = "content-type";

    private Headers() {}
}

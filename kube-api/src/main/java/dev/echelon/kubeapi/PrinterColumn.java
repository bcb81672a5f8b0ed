package dev.echelon.kubeapi;

/**
 * One column of a kind's Table output.
 *
 * @param name        the heading
 * @param type        {@code string}, {@code integer}, {@code number}, {@code boolean} or {@code date} (shown as an age)
 * @param format      an OpenAPI format, {@link #ELAPSED}, {@link #REFERENCE}, or empty
 * @param description what the column shows, or empty
 * @param jsonPath    where the value is, as in {@code .status.conditions[-1:].reason}
 * @param priority    0 is always shown, more only in wide output
 */
public record PrinterColumn(String name, String type, String format, String description, String jsonPath,
        int priority) {
    /**
     * A format of our own, for built-in kinds whose columns are more than a path: two points in time with a slash
     * between them, shown as the time that has passed from one to the other, or to now where the second is missing.
     */
    public static final String ELAPSED = "elapsed";
    /** A format of our own: a reference to an object, shown as {@code kind/name}. */
    public static final String REFERENCE = "reference";

    /** A column of texts that is always shown. */
    public static PrinterColumn text(String name, String jsonPath) {
        return new PrinterColumn(name, "string", "", "", jsonPath, 0);
    }

    /** A column of points in time, shown as ages. */
    public static PrinterColumn age(String name, String jsonPath) {
        return new PrinterColumn(name, "date", "", "", jsonPath, 0);
    }
}

package dev.echelon.contract;

/**
 * The version of the JSON that the services exchange. It grows only when an old reader would misunderstand a new
 * record; added fields do not change it, because unknown fields are ignored.
 */
public final class SchemaVersion {

    public static final int CURRENT = 1;

    private SchemaVersion() {}

    /** @throws IllegalArgumentException when the record was written by a newer, incompatible version or has none */
    public static void require(int found) {
        if (found < 1 || found > CURRENT) {
            throw new IllegalArgumentException(
                    "schemaVersion: found " + found + ", this version reads 1 to " + CURRENT);
        }
    }
}

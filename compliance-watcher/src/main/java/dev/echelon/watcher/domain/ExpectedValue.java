package dev.echelon.watcher.domain;

import java.util.Objects;

/**
 * A value that a manifest of a ManifestWork has to feed back before the work is complete (contract 13.2).
 *
 * @param manifest the manifest's ordinal
 * @param name of the feedback value
 * @param value as text
 */
public record ExpectedValue(int manifest, String name, String value) {
    public ExpectedValue {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(value, "value");
    }
}

package dev.echelon.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Compares a text with the one that is kept under {@code src/test/resources/golden}. Changing one is changing what others
 * read: {@code GOLDEN_UPDATE=true} in the environment writes the files anew, and the diff is the thing to review.
 */
public final class Golden {

    private static final Path DIRECTORY = Path.of("src/test/resources/golden");

    private Golden() {}

    public static void check(String name, String actual) {
        Path file = DIRECTORY.resolve(name);
        try {
            if ("true".equals(System.getenv("GOLDEN_UPDATE"))) {
                Files.writeString(file, actual);
            }
            assertThat(actual).as("golden file %s", name).isEqualTo(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

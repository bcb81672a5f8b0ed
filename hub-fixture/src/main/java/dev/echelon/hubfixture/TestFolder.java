package dev.echelon.hubfixture;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * A folder for what a test's servers write: under the module's {@code target}, so that even a run that is cut off
 * leaves nothing elsewhere, and gone when it is closed.
 */
public final class TestFolder implements AutoCloseable {

    private final Path path;

    private TestFolder(Path path) {
        this.path = path;
    }

    /** @param name how the folder's name begins */
    public static TestFolder create(String name) {
        try {
            Path target = Files.createDirectories(Path.of("target").toAbsolutePath());
            return new TestFolder(Files.createTempDirectory(target, name + "-"));
        } catch (IOException e) {
            throw new UncheckedIOException("no folder for the test's " + name, e);
        }
    }

    public Path path() {
        return path;
    }

    /** Deletes it, with all that is in it. */
    @Override
    public void close() {
        if (!Files.exists(path)) {
            return;
        }
        try (Stream<Path> files = Files.walk(path)) {
            files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + path, e);
        }
    }
}

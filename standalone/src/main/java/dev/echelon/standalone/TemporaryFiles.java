package dev.echelon.standalone;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** Deletes what a finished run leaves behind. */
final class TemporaryFiles {

    private TemporaryFiles() {}

    /** Deletes the tree; what cannot be deleted stays for the system's own clean-up of its temporary folder. */
    static void delete(Path tree) throws IOException {
        try (Stream<Path> paths = Files.walk(tree)) {
            paths.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
        }
    }
}

package dev.echelon.embeddedkafka;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Keeps a second broker out of a directory. Kafka has such a lock too, but takes it late and answers a conflict with
 * the end of the process. The operating system drops the lock with the process, so a crash leaves none behind.
 */
final class DirectoryLock implements AutoCloseable {

    static final String FILE = ".embedded-broker.lock";

    private final FileChannel channel;

    private DirectoryLock(FileChannel channel) {
        this.channel = channel;
    }

    static DirectoryLock take(Path directory) throws IOException {
        Files.createDirectories(directory);
        var channel = FileChannel.open(directory.resolve(FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() != null) {
                return new DirectoryLock(channel);
            }
        } catch (OverlappingFileLockException e) {
            // Held by this process: the same refusal as for another one.
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        channel.close();
        throw new IllegalStateException("a broker is already running on " + directory
                + "; stop it, or give this one another directory");
    }

    /** Whether somebody holds the lock. */
    static boolean isTaken(Path directory) throws IOException {
        if (!Files.exists(directory.resolve(FILE))) {
            return false;
        }
        try (var channel = FileChannel.open(directory.resolve(FILE), StandardOpenOption.WRITE);
                var lock = channel.tryLock()) {
            return lock == null;
        } catch (OverlappingFileLockException e) {
            return true;
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new IllegalStateException("the lock of the embedded broker's directory did not close", e);
        }
    }
}

package dev.echelon.embeddedkafka;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.EligibleLeaderReplicasVersion;
import org.apache.kafka.server.common.Feature;
import org.apache.kafka.server.common.MetadataVersion;

/** The directory as Kafka wants it: formatted once, recognised ever after. */
final class Storage {

    /** Kafka writes this file last and atomically, so a format that was cut off is seen and done again. */
    private static final String META_PROPERTIES = "meta.properties";
    private static final Set<String> LEFT_BY_A_CUT_OFF_FORMAT =
            Set.of(DirectoryLock.FILE, "bootstrap.checkpoint", "bootstrap.checkpoint.tmp", "meta.properties.tmp");

    private Storage() {
    }

    /** Formats the directory when that has not been done, and returns the id of the cluster in it. */
    static String prepare(Path directory) throws IOException {
        if (!Files.exists(directory.resolve(META_PROPERTIES))) {
            refuseForeign(directory);
            format(directory);
        }
        return clusterId(directory);
    }

    private static void refuseForeign(Path directory) throws IOException {
        try (var entries = Files.list(directory)) {
            var foreign = entries.map(entry -> entry.getFileName().toString())
                    .filter(name -> !LEFT_BY_A_CUT_OFF_FORMAT.contains(name))
                    .sorted()
                    .findFirst();
            if (foreign.isPresent()) {
                throw new IllegalStateException(directory + " is not a broker's data directory, and it is not empty (it"
                        + " holds " + foreign.get() + "); name an empty or a new directory");
            }
        }
    }

    private static void format(Path directory) throws IOException {
        var formatter = new Formatter()
                .setPrintStream(new PrintStream(OutputStream.nullOutputStream()))
                .setClusterId(Uuid.randomUuid().toString())
                .setNodeId(BrokerSettings.NODE_ID)
                .setReleaseVersion(MetadataVersion.LATEST_PRODUCTION)
                .setSupportedFeatures(Feature.PRODUCTION_FEATURES)
                // With one replica there is nobody else to be eligible; without this the replica stays its partition's
                // leader-to-be through a crash, with it Kafka must elect it "uncleanly" again.
                .setFeatureLevel(EligibleLeaderReplicasVersion.FEATURE_NAME, (short) 0)
                .setControllerListenerName(BrokerSettings.CONTROLLER_LISTENER)
                .setMetadataLogDirectory(directory.toString())
                .setDirectories(List.of(directory.toString()))
                .setIgnoreFormatted(true);
        try {
            formatter.run();
        } catch (Exception e) {
            throw new IOException("formatting " + directory + " for a broker failed: " + e.getMessage(), e);
        }
    }

    private static String clusterId(Path directory) throws IOException {
        var properties = new Properties();
        try (var in = Files.newInputStream(directory.resolve(META_PROPERTIES))) {
            properties.load(in);
        }
        var clusterId = properties.getProperty("cluster.id");
        if (clusterId == null) {
            throw new IllegalStateException(directory.resolve(META_PROPERTIES)
                    + " has no cluster.id; it is damaged: restore it, or start with an empty directory");
        }
        return clusterId;
    }
}

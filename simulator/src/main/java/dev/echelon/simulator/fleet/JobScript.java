package dev.echelon.simulator.fleet;

import dev.echelon.simulator.scenario.Scenario.Release;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/**
 * What the workload of a job does, as the lines of its log and when each appears. Lines are made when somebody reads
 * them: a thousand spokes pull images at the same time and nobody reads most of their logs.
 */
sealed interface JobScript {
    /** How long it takes, in simulated time. */
    Duration length();

    /** How many lines it writes. */
    int lines();

    /** When a line appears, in simulated time after the start. */
    Duration at(int line);

    /** A line that appears at {@code when}. */
    String text(int line, Instant when);

    /**
     * Pulls the images of a release, one after the other, at the spoke's bandwidth.
     *
     * @param release what is pulled
     * @param present how many of the images are there already
     * @param setup   how long it takes to find out which images there are
     * @param each    how long one image takes
     */
    record Precache(Release release, int present, Duration setup, Duration each) implements JobScript {
        private static final DateTimeFormatter TIME =
                DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ssxxx", Locale.ROOT).withZone(ZoneOffset.UTC);
        private static final int BEFORE = 3;

        static Precache of(Release release, int present, long bandwidth) {
            double seconds = release.imageBytes() * 8.0 / bandwidth;
            return new Precache(release, present, Duration.ofSeconds(1), Duration.ofNanos(Math.round(seconds * 1e9)));
        }

        @Override
        public Duration length() {
            return setup.plus(each.multipliedBy(release.images() - present));
        }

        @Override
        public int lines() {
            return BEFORE + release.images() + 1;
        }

        @Override
        public Duration at(int line) {
            return line < BEFORE ? setup : setup.plus(each.multipliedBy(
                    Math.max(0, Math.min(line - BEFORE, release.images()) - present)));
        }

        @Override
        public String text(int line, Instant when) {
            if (line == 1) {
                return Digests.sha256(release.image());
            }
            int image = line - BEFORE;
            String said = switch (line) {
                case 0 -> "Release index image processing done";
                case 2 -> "Operators index is not specified. Operators will not be pre-cached";
                default -> image >= release.images() ? "Image pre-cache done"
                        : "%s quay.io/openshift-release-dev/ocp-v4.0-art-dev@sha256:%s%s".formatted(
                                image < present ? "Skipping existing image" : "Pulling",
                                Digests.of(release).get(image),
                                image < present ? "" : " [%d/%d]".formatted(image + 1, release.images()));
            };
            return "upgrades.pre-cache " + TIME.format(when) + " DEBUG " + said;
        }
    }

    /** Saves the node before an upgrade. */
    record Backup(Duration length) implements JobScript {
        private static final DateTimeFormatter DATE =
                DateTimeFormatter.ofPattern("EEE MMM d HH:mm:ss 'UTC' uuuu", Locale.ROOT).withZone(ZoneOffset.UTC);
        /** The second of a backup of {@value #SECONDS} seconds in which each line appears, and the line. */
        private static final int SECONDS = 23;
        private static final List<Map.Entry<Integer, String>> LINES = List.of(Map.entry(0, "-".repeat(60)),
                Map.entry(0, "Cleaning up old content..."), Map.entry(0, "-".repeat(60)),
                Map.entry(0, "Old directories deleted with contents"),
                Map.entry(0, "Old contents have been cleaned up"),
                Map.entry(4, "Available disk space : 155.49 GiB; Estimated disk space required for backup: 340.63 MiB"),
                Map.entry(4, "Sufficient disk space found to trigger backup"),
                Map.entry(4, "Upgrade recovery script written"),
                Map.entry(4, "Running: bash -c /var/recovery/upgrade-recovery.sh --take-backup --dir /var/recovery"),
                Map.entry(4, "##### @: Taking backup"),
                Map.entry(4, "##### @: Wiping previous deployments and pinning active"),
                Map.entry(5, "error: Out of range deployment index 1, expected < 1"),
                Map.entry(5, "Deployment 0 is now pinned"),
                Map.entry(5, "##### @: Backing up container cluster and required files"),
                Map.entry(6, "found latest kube-apiserver: /etc/kubernetes/static-pod-resources/kube-apiserver-pod-6"),
                Map.entry(6, "found latest kube-controller-manager: "
                        + "/etc/kubernetes/static-pod-resources/kube-controller-manager-pod-9"),
                Map.entry(6, "found latest kube-scheduler: /etc/kubernetes/static-pod-resources/kube-scheduler-pod-8"),
                Map.entry(7, "found latest etcd: /etc/kubernetes/static-pod-resources/etcd-pod-3"),
                Map.entry(9, "etcdctl version: 3.5.6"), Map.entry(9, "API version: 3.5"),
                Map.entry(11, "Snapshot saved at /var/recovery/cluster/snapshot.db"),
                Map.entry(11, "snapshot db and kube resources are successfully saved to /var/recovery/cluster"),
                Map.entry(18, "Command succeeded: rsync -a /etc/ /var/recovery/etc/"),
                Map.entry(19, "Command succeeded: rsync -a /usr/local/ /var/recovery/usrlocal/"),
                Map.entry(23, "Command succeeded: rsync -a /var/lib/kubelet/ /var/recovery/kubelet/"),
                Map.entry(23, "##### @: Backup complete"), Map.entry(23, "-".repeat(60)),
                Map.entry(23, "backup has successfully finished ..."));

        @Override
        public int lines() {
            return LINES.size();
        }

        @Override
        public Duration at(int line) {
            return length.multipliedBy(LINES.get(line).getKey()).dividedBy(SECONDS);
        }

        @Override
        public String text(int line, Instant when) {
            return "INFO[%04d] %s".formatted(LINES.get(line).getKey(),
                    LINES.get(line).getValue().replace("@", DATE.format(when)));
        }
    }

    /** Any other job. */
    record Plain(String job, Duration length) implements JobScript {
        @Override
        public int lines() {
            return 2;
        }

        @Override
        public Duration at(int line) {
            return line == 0 ? Duration.ZERO : length;
        }

        @Override
        public String text(int line, Instant when) {
            return job + (line == 0 ? ": started" : ": done");
        }
    }

    /** The names of a release's images: made up, the same each time, in order. */
    final class Digests {
        private static final Map<Release, List<String>> KNOWN = new ConcurrentHashMap<>();

        private Digests() {
        }

        static List<String> of(Release release) {
            return KNOWN.computeIfAbsent(release, r -> IntStream.range(0, r.images())
                    .mapToObj(i -> sha256(r.image() + "/" + i)).sorted().toList());
        }

        static String sha256(String text) {
            try {
                return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256")
                        .digest(text.getBytes(StandardCharsets.UTF_8)));
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}

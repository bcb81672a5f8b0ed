package dev.echelon.simulator.scenario;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A fleet and what happens to it.
 *
 * @param name      what it is called in messages
 * @param seed      what all chance comes from: the same seed gives the same fleet, failures and jitter
 * @param speed     how many simulated seconds pass in a real one, above 0
 * @param instant   spokes comply at once when a policy is enforced and jobs end as they start; for benchmarks
 * @param clusters  the spokes, generators already expanded, names unique
 * @param manifests objects that lie on the hub from the start, in the order in which they are applied
 * @param releases  platform releases whose images are known
 * @param durations how long things take, in simulated time
 * @param failures  what goes wrong, and where
 */
public record Scenario(String name, long seed, double speed, boolean instant, List<SpokeSpec> clusters,
        List<ObjectNode> manifests, List<Release> releases, Durations durations, List<FailureRule> failures) {

    /** Copies the lists. */
    public Scenario {
        clusters = List.copyOf(clusters);
        manifests = List.copyOf(manifests);
        releases = List.copyOf(releases);
        failures = List.copyOf(failures);
    }

    /** The same at another speed. */
    public Scenario atSpeed(double faster) {
        return new Scenario(name, seed, faster, instant, clusters, manifests, releases, durations, failures);
    }

    /** The same, with everything done at once where {@code at} is true. */
    public Scenario instantly(boolean at) {
        return new Scenario(name, seed, speed, at, clusters, manifests, releases, durations, failures);
    }

    /** The release with this image, or else with this version, where the scenario knows one. */
    public Optional<Release> release(String image, String version) {
        return releases.stream().filter(release -> !image.isEmpty() && release.image().equals(image)).findFirst()
                .or(() -> releases.stream().filter(release -> release.version().equals(version)).findFirst());
    }

    /**
     * One spoke as it is at the start.
     *
     * @param name      of the ManagedCluster and of its namespace on the hub
     * @param labels    of the ManagedCluster; {@code name} is always among them
     * @param version   the OpenShift version that it runs
     * @param bandwidth bits a second between the spoke and the registry
     * @param node      the name of its node
     */
    public record SpokeSpec(String name, Map<String, String> labels, String version, long bandwidth, String node) {
        /** Copies the labels. */
        public SpokeSpec {
            labels = Map.copyOf(labels);
        }
    }

    /**
     * A platform release.
     *
     * @param version    as in {@code 4.12.5}
     * @param image      the pull spec of the release image
     * @param images     how many images it consists of
     * @param imageBytes the size of one of them
     */
    public record Release(String version, String image, int images, long imageBytes) {
    }
}

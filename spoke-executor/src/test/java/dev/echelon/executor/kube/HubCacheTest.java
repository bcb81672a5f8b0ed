package dev.echelon.executor.kube;

import static org.assertj.core.api.Assertions.assertThat;

import dev.echelon.contract.CguId;
import dev.echelon.executor.domain.HubKind;
import dev.echelon.executor.domain.SeenObject;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is there, when watch and own writes tell of it in any order. */
class HubCacheTest {

    private final HubCache cache = new HubCache();

    @Test
    void theNewerSightingWins() {
        assertThat(cache.seen(view("a", "10"))).isTrue();
        assertThat(cache.seen(view("a", "9"))).as("a watch that lags").isFalse();
        assertThat(cache.seen(view("a", "10"))).as("the echo of an own write").isFalse();
        assertThat(cache.seen(view("a", "100"))).isTrue();

        assertThat(version()).isEqualTo("100");
    }

    @Test
    void whatWasDeletedStaysDeletedAlthoughTheWatchStillShowsIt() {
        cache.seen(view("a", "10"));
        cache.deleted(HubKind.VIEW, "sno1", "view", "a");

        assertThat(cache.seen(view("a", "11"))).isFalse();
        assertThat(cache.get(HubKind.VIEW, "sno1", "view")).isEmpty();
    }

    @Test
    void anotherObjectOfTheSameNameIsNotTheDeletedOne() {
        cache.seen(view("a", "10"));
        cache.deleted(HubKind.VIEW, "sno1", "view", "a");
        cache.seen(view("b", "12"));

        assertThat(cache.gone(view("a", "11"))).as("the watch now tells of the deletion").isFalse();
        assertThat(version()).isEqualTo("12");
    }

    @Test
    void aDeletionBySomebodyElseIsNews() {
        cache.seen(view("a", "10"));

        assertThat(cache.gone(view("a", "11"))).isTrue();
        assertThat(cache.get(HubKind.VIEW, "sno1", "view")).isEmpty();
    }

    @Test
    void whatWasMadeAndDeletedWhileTheWatchWasBrokenIsFoundByTheSweep() {
        cache.seen(view("a", "10"));

        assertThat(cache.sweep(HubKind.VIEW, "10", (_, _) -> false)).as("not shown yet").isEmpty();
        assertThat(cache.sweep(HubKind.VIEW, "20", (_, _) -> true)).as("still there").isEmpty();
        assertThat(cache.sweep(HubKind.VIEW, "20", (_, _) -> false)).hasSize(1);
        assertThat(cache.get(HubKind.VIEW, "sno1", "view")).isEmpty();
    }

    @Test
    void aCguHasTheObjectsThatCarryItsLabels() {
        CguId cgu = new CguId("upgrades", "du");
        Map<String, String> labels = Map.of(
                "openshift-cluster-group-upgrades/clusterGroupUpgrade", "du",
                "openshift-cluster-group-upgrades/clusterGroupUpgradeNamespace", "upgrades");
        SeenObject placement = placement(labels, "10");
        cache.seen(placement);
        assertThat(cache.enforcing(cgu)).containsExactly(placement);

        cache.deleted(HubKind.PLACEMENT, "ztp", "p", "a");
        assertThat(cache.enforcing(cgu)).isEmpty();
        cache.gone(placement);
        assertThat(cache.enforcing(cgu)).isEmpty();
    }

    @Test
    void aPlacementThatLosesItsLabelsIsNoCgusAnyMore() {
        CguId cgu = new CguId("upgrades", "du");
        cache.seen(placement(Map.of(
                "openshift-cluster-group-upgrades/clusterGroupUpgrade", "du",
                "openshift-cluster-group-upgrades/clusterGroupUpgradeNamespace", "upgrades"), "10"));

        cache.seen(placement(Map.of(), "11"));

        assertThat(cache.enforcing(cgu)).isEmpty();
    }

    private String version() {
        return cache.get(HubKind.VIEW, "sno1", "view").orElseThrow().resourceVersion();
    }

    private static SeenObject view(String uid, String version) {
        return new SeenObject(HubKind.VIEW, "sno1", "view", uid, version, false, Map.of(), Map.of(), Map.of());
    }

    private static SeenObject placement(Map<String, String> labels, String version) {
        return new SeenObject(HubKind.PLACEMENT, "ztp", "p", "a", version, false, labels, Map.of(), Map.of());
    }
}

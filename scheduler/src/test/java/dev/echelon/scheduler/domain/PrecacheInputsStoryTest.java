package dev.echelon.scheduler.domain;

import static dev.echelon.contract.result.SpokeState.SUCCEEDED;
import static dev.echelon.contract.result.Workload.PRECACHE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.echelon.contract.observation.ComplianceByCluster;
import dev.echelon.contract.observation.GraphAnswer;
import dev.echelon.contract.observation.Observation.FleetSnapshot;
import dev.echelon.contract.observation.ObservedPolicy;
import dev.echelon.contract.observation.ObservedPolicy.RootPolicy;
import dev.echelon.contract.observation.PlatformRequest;
import dev.echelon.contract.observation.PrecacheInputs;
import dev.echelon.contract.observation.TemplateObject;
import dev.echelon.contract.resource.PreCachingConfig;
import dev.echelon.contract.resource.PrecacheSpec;
import dev.echelon.scheduler.Fleet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What pre-caching takes from PreCachingConfig, overrides and update graph (contract 3.5, 10.2, 10.3). */
class PrecacheInputsStoryTest {

    private static final String UNREADABLE =
            "PrecacheSpecIncomplete: Precaching spec is incomplete: failed to get PreCachingConfig resource due to ";
    private static final PlatformRequest REQUEST = new PlatformRequest("http://g", "stable", "4.12.5");

    private final Fleet fleet = Fleet.of("a").withPolicy("p1");
    private final Story story = new Story(fleet);

    @Test
    void theConfigGoesBeforeTheOverridesAndTheseBeforeThePolicies() {
        Map<String, String> overrides = Map.of(
                "operators.packagesAndChannels", "one:stable\n\n  two:alpha  \n",
                "excludePrecachePatterns", " aws \nazure",
                "precache.spaceRequired", "50 GiB");
        PreCachingConfig.Spec config = new PreCachingConfig.Spec(
                List.of("extra"),
                List.of("vsphere"),
                new PreCachingConfig.Overrides(List.of("ignored"), List.of("three:beta"), "ignored", "ignored"),
                "60 GB");

        assertThat(frozen(new PrecacheInputs("", config, overrides)))
                .isEqualTo(new PrecacheSpec(
                        List.of("extra"), List.of("vsphere"), List.of(), List.of("three:beta"), Fleet.IMAGE, "56"));
        assertThat(frozen(new PrecacheInputs("", new PreCachingConfig.Spec(null, null, null, ""), overrides)))
                .isEqualTo(new PrecacheSpec(
                        List.of(),
                        List.of("aws", "azure"),
                        List.of(),
                        List.of("one:stable", "two:alpha"),
                        Fleet.IMAGE,
                        "50"));
        assertThat(frozen(PrecacheInputs.NONE))
                .isEqualTo(new PrecacheSpec(List.of(), List.of(), List.of(), List.of(), Fleet.IMAGE, "35"));
    }

    @Test
    void whatCannotBeReadShowsUntilItCan() {
        fleet.withPrecacheInputs(new PrecacheInputs("PreCachingConfig.ran.openshift.io \"x\" not found", null, null));
        story.creates(fleet.spec().preCaching().config("x")).seesFleet();
        assertThat(story.seen()).last().isEqualTo(UNREADABLE + "PreCachingConfig.ran.openshift.io \"x\" not found");
        assertThat(story.lifecycle()).isEqualTo(new Lifecycle.Preparing());

        fleet.withPrecacheInputs(space("30Gi"));
        story.seesFleet();
        assertThat(story.seen()).last().isEqualTo(UNREADABLE + "invalid suffix: 'gi'");

        fleet.withPrecacheInputs(space("30 GiB"));
        story.seesFleet();
        assertThat(story.seen())
                .endsWith(
                        "PrecacheSpecIsWellFormed: Precaching spec is valid and consistent",
                        "InProgress: Precaching in progress for 1 clusters");
    }

    @Test
    void onceItIsGoodItStaysAsItIs() {
        fleet.withPrecacheInputs(space("30 GiB"));
        story.creates(fleet.spec().preCaching().enable(false)).seesFleet();

        fleet.withPrecacheInputs(space("nonsense"));
        story.seesFleet().job(PRECACHE, "a", SUCCEEDED);

        assertThat(story.cgu().status().precaching().spec().spaceRequired()).isEqualTo("30");
        assertThat(story.seen()).last().isEqualTo("NotEnabled: Not enabled");
    }

    @Test
    void aSnapshotThatWasMadeWithoutPreCachingOrForAnotherConfigIsNotDecidedOn() {
        story.creates(fleet.spec().enable(false)).seesFleet();
        FleetSnapshot old = fleet.snapshot(1, story.now());

        story.updates(fleet.spec().enable(false).preCaching()).observes(old);
        assertThat(story.facts(Fact.PrecacheSpecFrozen.class)).isEmpty();

        FleetSnapshot withoutConfig = fleet.snapshot(2, story.now());
        story.updates(fleet.spec().enable(false).preCaching().config("x")).observes(withoutConfig);
        assertThat(story.facts(Fact.PrecacheSpecFrozen.class)).isEmpty();

        fleet.withPrecacheInputs(space("40"));
        story.seesFleet();
        assertThat(story.facts(Fact.PrecacheSpecFrozen.class)).hasSize(1);
    }

    @Test
    void whileTheUpdateGraphHasNotAnsweredNothingIsWrongYet() {
        Story asking = story("p1", "");
        asking.seesFleet();
        assertThat(asking.seen()).containsExactly("ClusterSelectionCompleted: All selected clusters are valid");
        assertThat(asking.lifecycle()).isEqualTo(new Lifecycle.Preparing());

        asking.fleet.withGraph(new GraphAnswer(REQUEST, "", "unable to find version 4.12.5 on update graph on url x"));
        asking.seesFleet();
        assertThat(asking.seen())
                .last()
                .isEqualTo("InvalidPlatformImage: unable to find version 4.12.5 on update graph on url x");

        asking.fleet.withGraph(new GraphAnswer(REQUEST, "payload", ""));
        asking.seesFleet();
        assertThat(asking.cgu().status().precaching().spec().platformImage()).isEqualTo("payload");
    }

    @Test
    void aConflictWithAPolicyThatEveryClusterCompliesWithShowsBeforePreCaching() {
        Story conflicting = story("p1", "image-1");
        conflicting.fleet.withOddPolicy(platform("p2", "image-2", List.of("a")));
        conflicting.updates(conflicting.fleet.spec().preCaching()).seesFleet();

        assertThat(conflicting.seen())
                .last()
                .isEqualTo("PrecacheSpecIncomplete: Precaching spec is incomplete: platform image defined more then once"
                        + " with conflicting image values");
    }

    @Test
    void aPolicyThatEveryClusterCompliesWithPutsItsQuestionForPreCachingOnly() {
        fleet.withOddPolicy(platform("p0", "", List.of("a")));
        fleet.withOddPolicy(new ObservedPolicy(
                "p2",
                List.of("ns"),
                false,
                new RootPolicy("ns", "", false, false, List.of(), List.of(), null, compliance(List.of()))));
        story.creates(fleet.spec().policies("p0", "p2").preCaching()).seesFleet();
        assertThat(story.seen()).last().isEqualTo("ValidationCompleted: Completed validation");
        assertThat(story.lifecycle()).isEqualTo(new Lifecycle.Preparing());

        fleet.withGraph(new GraphAnswer(REQUEST, "", "unable to find it"));
        story.seesFleet();
        assertThat(story.seen())
                .last()
                .isEqualTo("PrecacheSpecIncomplete: Precaching spec is incomplete: unable to find it");

        fleet.withGraph(new GraphAnswer(REQUEST, "payload", ""));
        story.seesFleet();
        assertThat(story.cgu().status().precaching().spec().platformImage()).isEqualTo("payload");
    }

    @Test
    void preCachingThatIsSwitchedOffAndOnLooksAtItsInputsAgain() {
        fleet.withPrecacheInputs(space("30 GiB"));
        story.creates(fleet.spec().preCaching().enable(false)).seesFleet().job(PRECACHE, "a", SUCCEEDED);
        story.updates(fleet.spec().enable(false));
        assertThat(story.conditions()).doesNotContain("PrecachingSuceeded=True PrecachingCompleted");

        story.updates(fleet.spec().preCaching().enable(false));
        fleet.withPrecacheInputs(space("70 GiB"));
        story.seesFleet();

        assertThat(story.cgu().status().precaching().spec().spaceRequired()).isEqualTo("70");
        assertThat(story.conditions()).contains("PrecachingSuceeded=False InProgress");
    }

    private PrecacheSpec frozen(PrecacheInputs inputs) {
        Story fresh = new Story(fleet.withPrecacheInputs(inputs)).creates(fleet.spec().preCaching()).seesFleet();
        return fresh.cgu().status().precaching().spec();
    }

    private static PrecacheInputs space(String text) {
        return new PrecacheInputs("", new PreCachingConfig.Spec(null, null, null, text), null);
    }

    private static Story story(String policy, String image) {
        Fleet asking = Fleet.of("a").withOddPolicy(platform(policy, image, List.of()));
        return new Story(asking).creates(asking.spec().preCaching());
    }

    private static ObservedPolicy platform(String name, String image, List<String> compliant) {
        return new ObservedPolicy(
                name,
                List.of("ns"),
                false,
                new RootPolicy(
                        "ns",
                        "",
                        false,
                        false,
                        List.of(new TemplateObject.ClusterVersion("http://g", "stable", "4.12.5", image)),
                        List.of(),
                        null,
                        compliance(compliant)));
    }

    private static ComplianceByCluster compliance(List<String> compliant) {
        return new ComplianceByCluster(compliant, compliant.isEmpty() ? List.of("a") : List.of());
    }
}

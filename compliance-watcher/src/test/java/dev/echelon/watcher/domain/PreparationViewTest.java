package dev.echelon.watcher.domain;

import static dev.echelon.watcher.Upgrades.annotated;
import static dev.echelon.watcher.Upgrades.beforeStart;
import static dev.echelon.watcher.Upgrades.blockedBy;
import static dev.echelon.watcher.Upgrades.completed;
import static dev.echelon.watcher.Upgrades.inProgress;
import static dev.echelon.watcher.Upgrades.precaching;
import static dev.echelon.watcher.Upgrades.spec;
import static dev.echelon.watcher.Upgrades.timedOut;
import static dev.echelon.watcher.Upgrades.works;
import static org.assertj.core.api.Assertions.assertThat;

import dev.echelon.contract.CguId;
import dev.echelon.contract.observation.GraphAnswer;
import dev.echelon.contract.observation.Observation;
import dev.echelon.contract.observation.Observation.FleetSnapshot;
import dev.echelon.contract.observation.ObservedBlocker;
import dev.echelon.contract.observation.ObservedBlocker.State;
import dev.echelon.contract.observation.ObservedTemplate;
import dev.echelon.contract.observation.PlatformRequest;
import dev.echelon.contract.observation.PrecacheInputs;
import dev.echelon.contract.observation.TemplateObject;
import dev.echelon.contract.resource.CguSpec;
import dev.echelon.contract.resource.CguSpec.BlockingCr;
import dev.echelon.contract.resource.CguSpec.ConfigRef;
import dev.echelon.contract.resource.CguStatus.PolicyRef;
import dev.echelon.contract.resource.PreCachingConfig;
import dev.echelon.watcher.QuestionsAsked;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an upgrade is told before its start beside clusters and policies. */
class PreparationViewTest {

    private static final CguId CGU = new CguId("ns", "cu");
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final CguSpec ANY = spec(List.of("a"), List.of());
    private static final BlockingCr WAVE = new BlockingCr("wave-1", "ns");

    private final Set<CguId> concerned = new LinkedHashSet<>();
    private final QuestionsAsked asked = new QuestionsAsked();
    private final FleetView view = new FleetView(concerned::add, asked);

    @Test
    void aBlockerIsMissingThenRunsThenEndsAndOnlyThoseHearOfItThatWait() {
        view.apply(beforeStart("ns", "cu", 1, blockedBy(ANY, WAVE)));
        view.apply(beforeStart("ns", "other", 1, ANY));
        concerned.remove(new CguId("ns", "other"));
        assertThat(fleet().blockers()).containsExactly(new ObservedBlocker("ns", "wave-1", State.MISSING, null));

        view.apply(beforeStart("ns", "wave-1", 1, ANY));
        concerned.remove(new CguId("ns", "wave-1"));
        assertThat(fleet().blockers()).containsExactly(new ObservedBlocker("ns", "wave-1", State.RUNNING, null));

        view.apply(inProgress("ns", "wave-1", ANY, List.of(List.of("a")), List.of()));
        concerned.remove(new CguId("ns", "wave-1"));
        assertThat(concerned).as("progress is no news").isEmpty();

        view.apply(completed("ns", "wave-1", ANY));
        assertThat(fleet().blockers()).containsExactly(new ObservedBlocker("ns", "wave-1", State.SUCCEEDED, null));

        view.forget(new CguId("ns", "wave-1"));
        assertThat(fleet().blockers()).containsExactly(new ObservedBlocker("ns", "wave-1", State.MISSING, null));
    }

    @Test
    void anEntryWithoutNamespaceFindsNothingAndOrderAndRepeatsAreKept() {
        view.apply(completed("ns", "wave-1", ANY));
        view.apply(beforeStart("ns", "cu", 1, blockedBy(ANY, new BlockingCr("wave-1", ""), WAVE, WAVE)));

        assertThat(fleet().blockers()).extracting(ObservedBlocker::state)
                .containsExactly(State.MISSING, State.SUCCEEDED, State.SUCCEEDED);
    }

    @ParameterizedTest(name = "mode {0}, filtering {1}: {2}")
    @CsvSource({
        "partial, true, a b a",
        "partial, yes,",
        "full, true,",
        ", true,"
    })
    void completedClustersAreToldToThoseWhoFilterByThem(String mode, String filtering, String completed) {
        view.apply(timedOut("ns", "wave-1", ANY, List.of("a", "b", "a"), List.of("c")));
        Map<String, String> annotations = mode == null
                ? Map.of(Blocking.CLUSTER_FILTERING, filtering)
                : Map.of(Blocking.COMPLETION_MODE, mode, Blocking.CLUSTER_FILTERING, filtering);
        view.apply(annotated(beforeStart("ns", "cu", 1, blockedBy(ANY, WAVE)), annotations));

        assertThat(fleet().blockers()).containsExactly(new ObservedBlocker(
                "ns", "wave-1", State.FAILED, completed == null ? null : List.of(completed.split(" "))));
    }

    @Test
    void onlyPreCachingAsksForItsInputs() {
        view.apply(new HubChange.OverridesSeen("ns", Map.of("precache.spaceRequired", "10 GB")));
        view.apply(beforeStart("ns", "cu", 1, ANY));
        assertThat(fleet().precacheInputs()).isEqualTo(PrecacheInputs.NONE);

        view.apply(beforeStart("ns", "cu", 2, precaching(ANY, null)));
        assertThat(fleet().precacheInputs())
                .isEqualTo(new PrecacheInputs("", null, Map.of("precache.spaceRequired", "10 GB")));

        view.apply(new HubChange.OverridesSeen("elsewhere", Map.of("precache.spaceRequired", "20 GB")));
        assertThat(concerned).isEmpty();
        view.apply(new HubChange.OverridesGone("ns"));
        assertThat(fleet().precacheInputs()).isEqualTo(PrecacheInputs.NONE);
    }

    @ParameterizedTest(name = "namespace ''{0}''")
    @CsvSource({"'', ns", "configs, configs"})
    void theConfigThatIsNamedIsMissingUntilItIsThere(String given, String namespace) {
        view.apply(beforeStart("ns", "cu", 1, precaching(ANY, new ConfigRef("x", given))));
        assertThat(fleet().precacheInputs().error()).isEqualTo("PreCachingConfig.ran.openshift.io \"x\" not found");

        PreCachingConfig.Spec found = new PreCachingConfig.Spec(
                List.of("image"),
                List.of("aws"),
                new PreCachingConfig.Overrides(List.of("ignored"), List.of("a:b"), "ignored", "ignored"),
                "45 GiB");
        view.apply(new HubChange.ConfigSeen(new PolicyKey("neither", "x"), PrecacheConfigReading.of(found)));
        assertThat(concerned).isEmpty();
        view.apply(new HubChange.ConfigSeen(new PolicyKey(namespace, "x"), PrecacheConfigReading.of(found)));

        PrecacheInputs inputs = fleet().precacheInputs();
        assertThat(inputs.error()).isEmpty();
        assertThat(inputs.config()).isEqualTo(new PreCachingConfig.Spec(
                List.of("image"),
                List.of("aws"),
                new PreCachingConfig.Overrides(null, List.of("a:b"), null, null),
                "45 GiB"));
    }

    @Test
    void templatesAreReportedOnceEachInOrderAndPoliciesNotAtAll() {
        view.apply(beforeStart("ns", "cu", 1, works(List.of("a"), List.of("t2", "t1", "t2"))));
        assertThat(fleet().templates())
                .containsExactly(new ObservedTemplate("t2", false, 0), new ObservedTemplate("t1", false, 0));

        view.apply(new HubChange.TemplateSeen(new PolicyKey("elsewhere", "t1"), 1));
        assertThat(concerned).isEmpty();
        view.apply(new HubChange.TemplateSeen(new PolicyKey("ns", "t1"), 3));

        FleetSnapshot fleet = fleet();
        assertThat(fleet.templates())
                .containsExactly(new ObservedTemplate("t2", false, 0), new ObservedTemplate("t1", true, 3));
        assertThat(fleet.policies()).isEmpty();
    }

    @Test
    void theGraphIsAskedWhatThePoliciesOfTheRolloutRaiseAndTheAnswerIsTold() {
        PlatformRequest question = new PlatformRequest("http://graph", "stable", "4.12.5");
        cluster("a");
        policy("p", new TemplateObject.ClusterVersion("http://graph", "stable", "4.12.5", ""), "NonCompliant");
        view.apply(beforeStart("ns", "cu", 1, spec(List.of("a"), List.of("p"))));

        assertThat(fleet().updateGraph()).isEmpty();
        assertThat(asked.open()).containsExactly(question);

        view.answered(new GraphAnswer(question, null, "no"));
        assertThat(fleet().updateGraph()).containsExactly(new GraphAnswer(question, "", "no"));
        view.answered(new GraphAnswer(question, null, "no"));
        assertThat(concerned).as("the same again is no news").isEmpty();
        view.answered(new GraphAnswer(question, "image", null));
        assertThat(fleet().updateGraph()).containsExactly(new GraphAnswer(question, "image", ""));

        // Another spec that raises the same question is answered at once.
        view.apply(beforeStart("ns", "cu", 2, spec(List.of("a"), List.of("p"))));
        assertThat(fleet().updateGraph()).hasSize(1);

        view.apply(inProgress(
                "ns", "cu", spec(List.of("a"), List.of("p")), List.of(List.of("a")), List.of(new PolicyRef("p", "z"))));
        assertThat(asked.open()).isEmpty();
    }

    @Test
    void aQuestionOfTwoIsAskedOnceAndDroppedWithTheSecond() {
        cluster("a");
        policy("p", new TemplateObject.ClusterVersion("http://graph", "stable", "4.12.5", ""), "NonCompliant");
        CguId other = new CguId("ns", "other");
        for (CguId cgu : List.of(CGU, other)) {
            view.apply(beforeStart("ns", cgu.name(), 1, spec(List.of("a"), List.of("p"))));
            view.observe(cgu, NOW);
        }
        assertThat(asked.open()).hasSize(1);

        view.forget(CGU);
        assertThat(asked.open()).hasSize(1);
        view.forget(other);
        assertThat(asked.open()).isEmpty();
    }

    @Test
    void whatEveryClusterCompliesWithRaisesAQuestionOnlyForPreCaching() {
        cluster("a");
        policy("p", new TemplateObject.ClusterVersion("http://graph", "stable", "4.12.5", ""), "Compliant");
        view.apply(beforeStart("ns", "cu", 1, spec(List.of("a"), List.of("p"))));
        fleet();
        assertThat(asked.open()).isEmpty();

        view.apply(beforeStart("ns", "cu", 2, precaching(spec(List.of("a"), List.of("p")), null)));
        fleet();
        assertThat(asked.open()).hasSize(1);
    }

    @ParameterizedTest(name = "{0} {1} {2} {3}")
    @CsvSource({
        "http://graph, stable, 4.12.5, an-image",
        "'', stable, 4.12.5, ''",
        "http://graph, '{{hub .channel hub}}', 4.12.5, ''"
    })
    void nobodyIsAskedWhereThereIsAnImageOrNoWholeQuestion(
            String upstream, String channel, String version, String image) {
        cluster("a");
        policy("p", new TemplateObject.ClusterVersion(upstream, channel, version, image), "NonCompliant");
        view.apply(beforeStart("ns", "cu", 1, spec(List.of("a"), List.of("p"))));
        fleet();

        assertThat(asked.open()).isEmpty();
    }

    @Test
    void anInvalidOrEnforcedPolicyRaisesNoQuestion() {
        cluster("a");
        TemplateObject.ClusterVersion version =
                new TemplateObject.ClusterVersion("http://graph", "stable", "4.12.5", "");
        root("enforced", new PolicyInspection(true, "", false, false, List.of(version), List.of()), "NonCompliant");
        root("broken", new PolicyInspection(false, "bad", false, false, List.of(version), List.of()), "NonCompliant");
        view.apply(beforeStart("ns", "cu", 1, precaching(spec(List.of("a"), List.of("enforced", "broken")), null)));
        fleet();

        assertThat(asked.open()).isEmpty();
    }

    private void cluster(String name) {
        view.apply(new HubChange.ClusterSeen(name, Map.of()));
    }

    private void policy(String name, TemplateObject object, String compliance) {
        root(name, new PolicyInspection(false, "", false, false, List.of(object), List.of()), compliance);
    }

    private void root(String name, PolicyInspection inspection, String compliance) {
        PolicyKey key = new PolicyKey("ztp", name);
        view.apply(new HubChange.RootPolicySeen(
                key,
                new RootPolicyReading(
                        inspection,
                        null,
                        ComplianceReading.read(List.of(new ComplianceReading.Entry("a", compliance))))));
        view.apply(new HubChange.ReplicaSeen(new Replica("a", key, false, false)));
    }

    private FleetSnapshot fleet() {
        assertThat(concerned).containsExactly(CGU);
        concerned.clear();
        List<Observation> observations = view.observe(CGU, NOW);
        assertThat(observations).hasSize(1);
        return (FleetSnapshot) observations.getFirst();
    }
}

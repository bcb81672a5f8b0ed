package dev.echelon.scheduler.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.echelon.contract.observation.ComplianceByCluster;
import dev.echelon.contract.observation.GraphAnswer;
import dev.echelon.contract.observation.ObservedPolicy;
import dev.echelon.contract.observation.ObservedPolicy.RootPolicy;
import dev.echelon.contract.observation.PlatformRequest;
import dev.echelon.contract.observation.PrecacheInputs;
import dev.echelon.contract.observation.TemplateObject;
import dev.echelon.contract.observation.TemplateObject.CatalogSource;
import dev.echelon.contract.observation.TemplateObject.ClusterVersion;
import dev.echelon.contract.observation.TemplateObject.Subscription;
import dev.echelon.contract.resource.CguStatus.PolicyRef;
import dev.echelon.contract.resource.ConditionReason;
import dev.echelon.contract.resource.PrecacheSpec;
import dev.echelon.scheduler.Fleet;
import dev.echelon.scheduler.domain.PolicyValidation.Invalid;
import dev.echelon.scheduler.domain.PolicyValidation.Valid;
import dev.echelon.scheduler.domain.PolicyValidation.Verdict;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The rows of contract 3.2 to 3.7, 10.2 and 10.3, with their messages. */
class PolicyValidationTest {

    private static final List<String> CLUSTERS = List.of("a", "b");

    @Test
    void anAmbiguousNameStopsTheValidation() {
        ObservedPolicy ambiguous = new ObservedPolicy("policy-a", List.of("ns1", "ns2"), false, null);

        assertThat(message(validate(false, ambiguous, missing("gone"))))
                .isEqualTo("Managed policy name should be unique, but was found in multiple namespaces: "
                        + "{\"policy-a\":[\"ns1\",\"ns2\"]} ");
    }

    @Test
    void missingPoliciesAreListedInTheSpecsOrder() {
        assertThat(message(validate(false, missing("p2"), missing("p1"))))
                .isEqualTo("Missing managed policies: [p2 p1] ");
    }

    @Test
    void aPolicyWithoutARootIsMissing() {
        assertThat(message(validate(false, new ObservedPolicy("p1", List.of("ns"), false, null))))
                .isEqualTo("Missing managed policies: [p1] ");
    }

    @Test
    void invalidPoliciesHideMissingOnes() {
        ObservedPolicy invalid = policy("bad", "policy is missing its spec.policy-templates.objectDefinition", List.of());

        assertThat(message(validate(false, missing("gone"), invalid))).isEqualTo("Invalid managed policies: [bad] ");
    }

    @Test
    void anEnforcedPolicyIsSkippedSilently() {
        ObservedPolicy enforced = new ObservedPolicy("p1", List.of("ns1", "ns2"), true, null);

        assertThat(validate(false, enforced)).isEqualTo(new Valid(List.of(), List.of()));
    }

    @Test
    void aPolicyThatEveryClusterCompliesWithTakesNoPart() {
        ObservedPolicy compliant = policy("p1", compliance(List.of("a", "b")), false, List.of());

        assertThat(((Valid) validate(false, compliant)).namesBefore()).containsExactly("p1");
    }

    @Test
    void notMatchedIsNotCompliantBeforehand() {
        ObservedPolicy notMatched = policy("p1", compliance(List.of("a")), false, List.of());

        assertThat(((Valid) validate(false, notMatched)).rolloutPolicies())
                .extracting(RolloutPolicy::name)
                .containsExactly("p1");
    }

    @Test
    void aTemplateWithAStatusIsNeverCompliantBeforehand() {
        ObservedPolicy expecting = policy("p1", compliance(List.of("a", "b")), true, List.of());

        assertThat(((Valid) validate(false, expecting)).namesBefore()).isEmpty();
    }

    static Stream<Arguments> platforms() {
        return Stream.of(
                Arguments.of(
                        "a template in a field",
                        true,
                        List.of(new ClusterVersion("", "placeholder", "4.12.5", "")),
                        "templating cluster version fields not supported"),
                Arguments.of(
                        "two images",
                        false,
                        List.of(new ClusterVersion("", "", "", "x"), new ClusterVersion("", "", "", "y")),
                        "platform image defined more then once with conflicting image values"),
                Arguments.of(
                        "two channels",
                        false,
                        List.of(new ClusterVersion("", "s", "", "x"), new ClusterVersion("", "t", "", "x")),
                        "platform image defined more then once with conflicting channel values"),
                Arguments.of(
                        "no image and no upstream",
                        false,
                        List.of(new ClusterVersion("", "stable", "4.12.5", "")),
                        "policy with ClusterVersion must have upstream, channel, and version when image is not provided"),
                Arguments.of(
                        "a hub template, with pre-caching",
                        true,
                        List.of(new ClusterVersion("http://g", "{{hub x hub}}", "4.12.5", "")),
                        "templatized ClusterVersion fields not supported with precaching"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("platforms")
    void aPlatformThatCannotBeWorkedOutIsRefused(
            String name, boolean preCaching, List<TemplateObject> objects, String message) {
        Invalid invalid = (Invalid) validate(preCaching, policy("p1", "", objects));

        assertThat(invalid.reason()).isEqualTo(ConditionReason.INVALID_PLATFORM_IMAGE);
        assertThat(message(invalid)).isEqualTo(message);
    }

    @Test
    void aRawTemplateWithoutAnObjectIsRefused() {
        ObservedPolicy lacking = new ObservedPolicy(
                "p1",
                List.of("ns"),
                false,
                new RootPolicy("ns", "", false, true, List.of(), List.of(), null, compliance(List.of())));

        assertThat(message(validate(false, lacking))).isEqualTo("[stripPolicy] can't find any objectDefinition");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theUpdateGraphIsAskedForAnImageThatIsNotNamed(boolean preCaching) {
        ObservedPolicy asking = policy("p1", "", List.of(new ClusterVersion("http://g", "stable", "4.12.5", "")));
        PlatformRequest request = new PlatformRequest("http://g", "stable", "4.12.5");
        GraphAnswer another = new GraphAnswer(new PlatformRequest("http://g", "stable", "4.12.4"), "other", "");
        GraphAnswer refused =
                new GraphAnswer(request, "", "error response from update graph url http://g?channel=stable: 503");

        assertThat(validate(preCaching, List.of(another), asking)).isEqualTo(new PolicyValidation.Awaited());
        assertThat(message(validate(preCaching, List.of(refused), asking)))
                .isEqualTo("error response from update graph url http://g?channel=stable: 503");
        assertThat(validate(preCaching, List.of(another, new GraphAnswer(request, "image", "")), asking))
                .isInstanceOf(Valid.class);
    }

    @Test
    void aTemplateInTheVersionIsGoodEnoughWithoutPreCaching() {
        assertThat(validate(
                        false, policy("p1", "", List.of(new ClusterVersion("http://g", "{{hub x hub}}", "4.12.5", "")))))
                .isInstanceOf(Valid.class);
    }

    @Test
    void aDependencyThatComesLaterIsRefused() {
        ObservedPolicy early = new ObservedPolicy(
                "early",
                List.of("ns"),
                false,
                new RootPolicy(
                        "ns",
                        "",
                        false,
                        false,
                        List.of(),
                        List.of(new PolicyRef("late", "ns"), new PolicyRef("elsewhere", "ns")),
                        null,
                        compliance(List.of())));

        assertThat(message(validate(false, early, policy("late", "", List.of()))))
                .isEqualTo("Managed Policy early depends on late, which is to be remediated later");
        assertThat(validate(false, policy("late", "", List.of()), early)).isInstanceOf(Valid.class);
    }

    @Test
    void subscriptionsAreTheContent() {
        ObservedPolicy policy = policy(
                "p1",
                "",
                List.of(
                        new Subscription("operators.coreos.com/v1alpha1", "openshift-ptp", "ptp", "ptp-op", "stable"),
                        new Subscription("operators.coreos.com/v1alpha1", "", "nameless-space", "x", "y")));

        assertThat(((Valid) validate(false, policy)).content())
                .isEqualTo(Map.of(
                        "p1",
                        "[{\"kind\":\"Subscription\",\"name\":\"ptp\",\"apiVersion\":\"operators.coreos.com/v1alpha1\","
                                + "\"namespace\":\"openshift-ptp\"}]"));
    }

    @Test
    void theSoftwareSpecComesFromThePolicies() {
        List<ObservedPolicy> policies = List.of(
                policy("p1", "", List.of(new ClusterVersion("", "", "4.12.5", "image"), new CatalogSource("index"))),
                policy("p2", "", List.of(new Subscription("v1", "ns", "ptp", "ptp-operator", "stable"))));

        assertThat(PrecacheSoftware.find(policies, PrecacheInputs.NONE, List.of()))
                .isEqualTo(new PrecacheSoftware.Consistent(new PrecacheSpec(
                        null, null, List.of("index"), List.of("ptp-operator:stable"), "image", "35")));
    }

    @Test
    void aSoftwareSpecThatIsInconsistentIsRefused() {
        assertThat(problem(List.of(new CatalogSource("index"))))
                .isEqualTo("inconsistent precaching configuration: olm index provided, but no packages");
        assertThat(problem(List.of(new Subscription("v1", "ns", "ptp", "ptp-operator", "stable"))))
                .isEqualTo("inconsistent precaching configuration: no software spec provided");
    }

    private static String problem(List<TemplateObject> objects) {
        List<ObservedPolicy> policies = List.of(policy("p1", "", objects));
        PrecacheSoftware.Incomplete found = (PrecacheSoftware.Incomplete)
                PrecacheSoftware.find(policies, PrecacheInputs.NONE, List.of());
        assertThat(found.reason()).isEqualTo(ConditionReason.PRECACHE_SPEC_INCONSISTENT);
        return found.value();
    }

    private static Verdict validate(boolean preCaching, ObservedPolicy... policies) {
        return validate(preCaching, List.of(), policies);
    }

    private static Verdict validate(boolean preCaching, List<GraphAnswer> graph, ObservedPolicy... policies) {
        Fleet.Spec spec = Fleet.of("a", "b")
                .spec()
                .policies(Stream.of(policies).map(ObservedPolicy::name).toArray(String[]::new));
        return PolicyValidation.validate(
                (preCaching ? spec.preCaching() : spec).build(), CLUSTERS, List.of(policies), graph);
    }

    private static String message(Verdict verdict) {
        Invalid invalid = (Invalid) verdict;
        return invalid.reason().with(invalid.values().toArray());
    }

    private static ObservedPolicy missing(String name) {
        return new ObservedPolicy(name, List.of(), false, null);
    }

    private static ObservedPolicy policy(String name, String defect, List<TemplateObject> objects) {
        return new ObservedPolicy(
                name,
                List.of("ns"),
                false,
                new RootPolicy("ns", defect, false, false, objects, List.of(), null, compliance(List.of())));
    }

    private static ObservedPolicy policy(
            String name, ComplianceByCluster compliance, boolean expectsStatus, List<TemplateObject> objects) {
        return new ObservedPolicy(
                name,
                List.of("ns"),
                false,
                new RootPolicy("ns", "", expectsStatus, false, objects, List.of(), null, compliance));
    }

    private static ComplianceByCluster compliance(List<String> compliant) {
        return new ComplianceByCluster(compliant, List.of());
    }
}

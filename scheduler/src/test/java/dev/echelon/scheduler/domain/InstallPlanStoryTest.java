package dev.echelon.scheduler.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.echelon.contract.intent.Intent;
import dev.echelon.contract.intent.Intent.ApproveInstallPlans;
import dev.echelon.contract.intent.Intent.SubscriptionView;
import dev.echelon.contract.result.Result;
import dev.echelon.scheduler.Fleet;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Whose install plans are approved, and until when (contract 12). */
class InstallPlanStoryTest {

    private static final String DESIRED = "update-europe-snos-ztp-policies-subscription-ptp";

    private final Fleet fleet = Fleet.of("a", "b")
            .withPolicy("operators")
            .withSubscription("operators", "ptp")
            .withPolicy("platform");
    private final Story story = new Story(fleet);

    @Test
    void aClusterAtAPolicyWithSubscriptionsHasItsInstallPlansApproved() {
        started(fleet.spec().maxConcurrency(1));

        ApproveInstallPlans wanted = story.approvals("a").orElseThrow();
        assertThat(wanted.subscriptions())
                .singleElement()
                .isEqualTo(new SubscriptionView(
                        "operators.coreos.com/v1alpha1",
                        "openshift-ptp",
                        "ptp",
                        DESIRED,
                        story.cgu().status().safeResourceNames().get("/" + DESIRED)));
        assertThat(wanted.subscriptions().getFirst().safeName()).startsWith(DESIRED + "-");
        assertThat(story.approvals("b")).isEmpty();
    }

    @Test
    void oneNameHoldsForAllClusters() {
        started(fleet.spec());

        assertThat(story.approvals("a").orElseThrow().subscriptions())
                .isEqualTo(story.approvals("b").orElseThrow().subscriptions());
    }

    @Test
    void approvalRestsAtAPolicyWithoutSubscriptionsAndTheViewsGoWhenTheClusterIsComplete() {
        started(fleet.spec());

        story.complies("operators", "a");
        assertThat(story.approvals("a")).isEmpty();
        assertThat(story.approvals("b").orElseThrow().subscriptions()).hasSize(1);

        story.complies("platform", "a");
        assertThat(story.approvals("a").orElseThrow().subscriptions()).isEmpty();
        assertThat(story.approvals("a").orElseThrow().dropActions()).isFalse();
        story.approvalsStopped("a");
        assertThat(story.approvals("a")).isEmpty();
    }

    @Test
    void aChangeOfComplianceAtTheSamePolicyAsksForNothingNew() {
        started(fleet.spec());
        String id = story.approvals("a").orElseThrow().id();

        story.complies("platform", "a");

        assertThat(story.approvals("a").orElseThrow().id()).isEqualTo(id);
    }

    @Test
    void theEndWaitsUntilNothingIsApprovedAnyMore() {
        started(fleet.spec());
        story.complies("platform", "a", "b").complies("operators", "a", "b");
        assertThat(story.conditions()).last().isEqualTo("Succeeded=True Completed");
        assertThat(story.approvals("a").orElseThrow().subscriptions()).isEmpty();

        story.hubDone().approvalsStopped("a");
        assertThat(story.lifecycle()).isInstanceOf(Lifecycle.Settling.class);

        story.approvalsStopped("b");
        assertThat(story.lifecycle()).isInstanceOf(Lifecycle.Finished.class);
        assertThat(story.intents()).isEmpty();
        assertThat(story.cgu().status().safeResourceNames()).isEmpty();
    }

    @Test
    void aTimedOutClusterLosesItsActionsToo() {
        started(fleet.spec().maxConcurrency(1).timeout(60));

        story.pass(Duration.ofMinutes(31));

        assertThat(story.approvals("a").orElseThrow().subscriptions()).isEmpty();
        assertThat(story.approvals("a").orElseThrow().dropActions()).isTrue();
        assertThat(story.approvals("b").orElseThrow().subscriptions()).hasSize(1);
    }

    @Test
    void aCanaryThatTimesOutLosesItsActionsToo() {
        started(fleet.spec().canaries("b").timeout(60));

        story.pass(Duration.ofMinutes(31));

        assertThat(story.seen()).last().isEqualTo("TimedOut: Policy remediation took too long on canary clusters");
        assertThat(story.approvals("b").orElseThrow().dropActions()).isTrue();
    }

    @Test
    void aClusterThatTimesOutAtALaterPolicyLosesTheActionsOfTheEarlierOne() {
        started(fleet.spec().timeout(60));
        story.complies("operators", "a");

        story.pass(Duration.ofMinutes(61));

        assertThat(story.approvals("a").orElseThrow().dropActions()).isTrue();
    }

    @Test
    void aDeletionUnderWayDropsViewsAndActionsOfOpenClusters() {
        started(fleet.spec());
        story.complies("platform", "a").complies("operators", "a").approvalsStopped("a");

        story.deletes();

        assertThat(story.approvals("a")).isEmpty();
        assertThat(story.approvals("b").orElseThrow().dropActions()).isTrue();
        story.hubDone();
        assertThat(story.memory().progress()).isPresent();
        story.approvalsStopped("b");
        assertThat(story.memory().progress()).isEmpty();
    }

    @Test
    void anAnswerToAnEarlierIntentIsOldNews() {
        started(fleet.spec());
        Intent asked = story.approvals("a").orElseThrow();
        story.complies("platform", "a").complies("operators", "a");

        story.answers(new Result.ApprovalsStopped(Fleet.CGU, asked.id(), story.now(), "a"));

        assertThat(story.lastFacts()).isEmpty();
        assertThat(story.approvals("a")).isPresent();
    }

    private void started(Fleet.Spec spec) {
        story.creates(spec).seesFleet();
        story.hubDone();
    }
}

package dev.echelon.executor;

import static dev.echelon.contract.result.SpokeState.NOT_STARTED;
import static dev.echelon.contract.result.SpokeState.PREPARING_TO_START;
import static dev.echelon.contract.result.SpokeState.STARTING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.echelon.contract.CguId;
import dev.echelon.contract.intent.Intent;
import dev.echelon.contract.intent.Intent.PolicyPlacement;
import dev.echelon.contract.result.Result;
import dev.echelon.contract.result.Workload;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A hub that is away, and one that refuses. */
class HubTroubleIT {

    private ExecutorFixture fixture;

    @BeforeEach
    void begin() {
        fixture = ExecutorFixture.begin(TestHub.Kind.API_SERVER);
        fixture.hub().namespace("ztp");
    }

    @AfterEach
    void end() {
        if (fixture != null) {
            fixture.close();
        }
    }

    @Test
    void aHubThatIsAwayIsWaitedForAndToldOfOnce() throws Exception {
        fixture.startExecutor();
        CguId cgu = ExecutorFixture.cgu("away");
        fixture.hub().cluster("away", true);
        Intent.Precache precache = ExecutorFixture.precache(ExecutorFixture.cgu("away-too"), "away", true);
        fixture.scheduler().want(precache);
        fixture.scheduler().awaitStates(precache, Workload.PRECACHE, NOT_STARTED, PREPARING_TO_START);

        fixture.hub().real().kill();
        fixture.scheduler().want(enforce(cgu));
        Result.Stalled stalled = fixture.scheduler().awaitResult("the stall is told", Result.Stalled.class,
                result -> result.cgu().equals(cgu));
        assertThat(stalled.reason()).startsWith("the hub could not be asked to create Placement ztp/p-x: ");
        await("the executor is not ready").atMost(Duration.ofSeconds(60)).until(() -> !fixture.executor().isReady());
        fixture.hub().real().runAgain();

        fixture.scheduler().awaitResult("enforced after all", Result.Enforced.class,
                result -> result.cgu().equals(cgu));
        assertThat(fixture.scheduler().results(cgu).stream()
                        .filter(Result.Stalled.class::isInstance)
                        .map(result -> ((Result.Stalled) result).reason()))
                .as("each reason is told once").doesNotHaveDuplicates();
        new HandSpoke(fixture.hub(), "away").deleteNamespace();
        await("the watches stand again").atMost(Duration.ofSeconds(120)).until(() -> fixture.executor().isReady());
        fixture.scheduler().awaitStates(
                precache, Workload.PRECACHE, NOT_STARTED, PREPARING_TO_START, STARTING);
    }

    @Test
    void aRefusalIsToldWithWhatAndWhyAndTriedAgain() {
        allow("readers", List.of("get", "list", "watch"));
        Config nobody = new ConfigBuilder(fixture.hub().config())
                .withOauthToken("nobody-token").withClientCertData(null).withClientKeyData(null).build();
        fixture.startExecutor(TestConfig.WITH_IMAGES, nobody);
        CguId cgu = ExecutorFixture.cgu("refused");

        fixture.scheduler().want(enforce(cgu));
        Result.Stalled stalled = fixture.scheduler().awaitResult("the refusal is told", Result.Stalled.class,
                result -> result.cgu().equals(cgu));

        assertThat(stalled.reason()).startsWith("the hub refused to create Placement ztp/p-x: 403 ").contains("nobody");
        assertThat(stalled.intentId()).isEqualTo("uid/enforce/1");
        allow("writers", List.of("create", "patch", "delete"));
        fixture.scheduler().awaitResult("enforced after all", Result.Enforced.class,
                result -> result.cgu().equals(cgu));
    }

    private void allow(String name, List<String> verbs) {
        fixture.hub().client().rbac().clusterRoles().resource(new ClusterRoleBuilder()
                        .withNewMetadata().withName(name).endMetadata()
                        .addNewRule().withApiGroups("*").withResources("*").withVerbs(verbs).endRule()
                        .build())
                .create();
        fixture.hub().client().rbac().clusterRoleBindings().resource(new ClusterRoleBindingBuilder()
                        .withNewMetadata().withName(name).endMetadata()
                        .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", name)
                        .addNewSubject("rbac.authorization.k8s.io", "User", "nobody", null)
                        .build())
                .create();
    }

    private static Intent.EnforcePolicies enforce(CguId cgu) {
        return new Intent.EnforcePolicies(cgu, "uid/enforce/1", 1, List.of(
                new PolicyPlacement("ztp", "p", cgu.name() + "-p-placement", "p-x", List.of("sno1"))));
    }
}

package dev.echelon.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.echelon.contract.command.Command;
import dev.echelon.contract.command.CommandRecord;
import dev.echelon.contract.resource.ClusterGroupUpgrade;
import dev.echelon.contract.resource.CguSpec;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ResourceJsonTest {

    private static final String WALKTHROUGH =
            """
            {"apiVersion":"ran.openshift.io/v1alpha1","kind":"ClusterGroupUpgrade",
             "metadata":{"name":"update-europe-snos","namespace":"ztp-policies"},
             "spec":{"preCaching":true,"backup":true,"clusters":["sno1","sno2"],"enable":false,
               "managedPolicies":["europe-snos-upgrade-version-412-5"],
               "remediationStrategy":{"maxConcurrency":2,"timeout":240}}}""";

    @Test
    void aSpecKeepsWhatItSaysAndGetsDefaultsForTheRest() {
        ClusterGroupUpgrade cgu = Json.read(WALKTHROUGH.getBytes(StandardCharsets.UTF_8), ClusterGroupUpgrade.class);

        assertThat(cgu.id()).isEqualTo(new CguId("ztp-policies", "update-europe-snos"));
        assertThat(cgu.spec().enable()).isFalse();
        assertThat(cgu.spec().deletesObjects()).isTrue();
        assertThat(Json.read(Json.write(cgu), ClusterGroupUpgrade.class)).isEqualTo(cgu);
        assertThat(new String(Json.write(cgu), StandardCharsets.UTF_8))
                .isEqualTo("{\"apiVersion\":\"ran.openshift.io/v1alpha1\",\"kind\":\"ClusterGroupUpgrade\","
                        + "\"metadata\":{\"name\":\"update-europe-snos\",\"namespace\":\"ztp-policies\",\"generation\":0},"
                        + "\"spec\":{\"backup\":true,\"clusters\":[\"sno1\",\"sno2\"],\"enable\":false,"
                        + "\"managedPolicies\":[\"europe-snos-upgrade-version-412-5\"],\"preCaching\":true,"
                        + "\"remediationStrategy\":{\"maxConcurrency\":2,\"timeout\":240}},\"status\":{}}");
    }

    @Test
    void unknownFieldsOfASpecAreKept() {
        CguSpec spec = Json.read(
                "{\"remediationStrategy\":{\"maxConcurrency\":1},\"fromTheFuture\":{\"a\":[1]}}".getBytes(StandardCharsets.UTF_8),
                CguSpec.class);

        assertThat(spec.unknown()).isEqualTo(Map.of("fromTheFuture", Map.of("a", List.of(1))));
        assertThat(new String(Json.write(spec), StandardCharsets.UTF_8)).contains("\"fromTheFuture\":{\"a\":[1]}");
    }

    @Test
    void aTimeoutOfZeroMeansTheDefault() {
        assertThat(new CguSpec.RemediationStrategy(null, 1, 0).timeout()).isEqualTo(240);
    }

    @Test
    void aCommandSurvivesTheTrip() {
        ClusterGroupUpgrade cgu = Json.read(WALKTHROUGH.getBytes(StandardCharsets.UTF_8), ClusterGroupUpgrade.class);
        CommandRecord record = new CommandRecord(
                "c-1",
                Instant.parse("2026-01-02T03:04:05Z"),
                "kube:admin",
                "rest",
                new Command.Apply(
                        cgu.id(),
                        "u-1",
                        Map.of("a", "b"),
                        Map.of(),
                        cgu.spec(),
                        new Command.Precondition(false, null, null, null)));

        assertThat(Json.read(Json.write(record), CommandRecord.class)).isEqualTo(record);
    }

    @Test
    void aRecordOfANewerSchemaIsRefusedWithBothVersions() {
        assertThatThrownBy(() -> Json.read(
                        "{\"schemaVersion\":2,\"id\":\"x\",\"issuedAt\":\"2026-01-02T03:04:05Z\",\"command\":{\"type\":\"Delete\",\"cgu\":\"a/b\"}}"
                                .getBytes(StandardCharsets.UTF_8),
                        CommandRecord.class))
                .hasMessageContaining("schemaVersion: found 2, this version reads 1 to 1");
    }
}

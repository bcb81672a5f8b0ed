package dev.echelon.e2e.parity;

import static dev.echelon.e2e.parity.PrecacheParityTest.SELECTED;
import static dev.echelon.e2e.parity.PrecacheParityTest.VALIDATED;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** Contract 10.3: what is pre-cached beside what the policies say. */
class PrecacheInputsParityTest extends ParityCase {

    private static final Ref CONFIG = new Ref(Ref.Kind.PRECACHING_CONFIG, "room", "room");
    private static final String INCOMPLETE = "PrecacheSpecValid=False PrecacheSpecIncomplete: Precaching spec is"
            + " incomplete: failed to get PreCachingConfig resource due to ";

    @Test
    void theConfigWinsOverTheConfigMapAndTheConfigMapOverThePolicies() {
        Ref cgu = Ref.cgu("conf", "conf");
        stage.clusters("conf-a");
        PrecacheParityTest.software(stage, "conf", Map.of("conf-a", "NonCompliant"));
        stage.create("""
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: cluster-group-upgrade-overrides, namespace: conf}
                data:
                  operators.packagesAndChannels: |
                    from-map:stable

                     other:fast
                  excludePrecachePatterns: "aws"
                  precache.spaceRequired: "40 GB"
                  platform.image: ignored
                """);
        stage.create("""
                apiVersion: ran.openshift.io/v1alpha1
                kind: ClusterGroupUpgrade
                metadata: {name: conf, namespace: conf}
                spec:
                  enable: false
                  preCaching: true
                  preCachingConfigRef: {name: trimmed}
                  clusters: [conf-a]
                  managedPolicies: [software]
                  remediationStrategy: {maxConcurrency: 1}
                """);
        stage.awaitConditions(cgu, SELECTED, VALIDATED, INCOMPLETE
                + "PreCachingConfig.ran.openshift.io \"trimmed\" not found");

        stage.create("""
                apiVersion: ran.openshift.io/v1alpha1
                kind: PreCachingConfig
                metadata: {name: trimmed, namespace: conf}
                spec:
                  excludePrecachePatterns: [azure, vsphere]
                  additionalImages: [registry.example.com/tool:1]
                """);

        stage.awaits(cgu, """
                status:
                  conditions: [{}, {}, {reason: PrecacheSpecIsWellFormed}, {type: PrecachingSuceeded}]
                  precaching:
                    spec:
                      platformImage: quay.io/release@sha256:aaaa
                      operatorsIndexes: ["registry.example.com/index:v1"]
                      operatorsPackagesAndChannels: ["from-map:stable", "other:fast"]
                      excludePrecachePatterns: [azure, vsphere]
                      additionalImages: ["registry.example.com/tool:1"]
                      spaceRequired: "38"
                """);
    }

    @Test
    void spaceThatCannotBeReadIsSaidUntilItCan() {
        Ref cgu = Ref.cgu("room", "room");
        stage.clusters("room-a");
        PrecacheParityTest.software(stage, "room", Map.of("room-a", "NonCompliant"));
        config("30Gi");
        stage.create("""
                apiVersion: ran.openshift.io/v1alpha1
                kind: ClusterGroupUpgrade
                metadata: {name: room, namespace: room}
                spec:
                  enable: false
                  preCaching: true
                  preCachingConfigRef: {name: room}
                  clusters: [room-a]
                  managedPolicies: [software]
                  remediationStrategy: {maxConcurrency: 1}
                """);
        stage.awaitConditions(cgu, SELECTED, VALIDATED, INCOMPLETE + "invalid suffix: 'gi'");
        stage.patch(CONFIG, "spec: {spaceRequired: \"-5 GiB\"}");
        stage.awaitConditions(cgu, SELECTED, VALIDATED, INCOMPLETE + "invalid size: '-5 GiB'");

        stage.patch(CONFIG, "spec: {spaceRequired: \"38.5 GiB\", excludePrecachePatterns: [aws]}");

        stage.awaits(cgu, """
                status:
                  conditions: [{}, {}, {reason: PrecacheSpecIsWellFormed}, {type: PrecachingSuceeded}]
                  precaching:
                    spec: {spaceRequired: "39", excludePrecachePatterns: [aws]}
                    status: {room-a: PreparingToStart}
                """);
        stage.patch(CONFIG, "spec: {spaceRequired: \"1 GiB\"}");
        PrecacheParityTest.runJob(stage, "room-a");
        stage.awaits(cgu, "status: {precaching: {spec: {spaceRequired: \"39\"}, status: {room-a: Active}}}");
    }

    private void config(String space) {
        stage.create("""
                apiVersion: ran.openshift.io/v1alpha1
                kind: PreCachingConfig
                metadata: {name: room, namespace: room}
                spec: {spaceRequired: "%s"}
                """.formatted(space));
    }
}

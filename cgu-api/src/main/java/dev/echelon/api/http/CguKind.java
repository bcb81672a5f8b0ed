package dev.echelon.api.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.echelon.contract.resource.ClusterGroupUpgrade;
import dev.echelon.kubeapi.ResourceKind;
import dev.echelon.kubeapi.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** The kind ClusterGroupUpgrade as this API serves it: what the CRD in {@code deploy/crds} says. */
public final class CguKind {

    private static final String CRD = "/crds/ran.openshift.io_clustergroupupgrades.yaml";

    private CguKind() {}

    /**
     * The CRD's kind. Unlike a hub, this API keeps fields of the spec that it does not know (and says so), because the
     * log may be read by a newer version than the one that wrote it.
     */
    public static ResourceKind load() {
        ObjectNode crd = crd();
        ObjectNode spec = (ObjectNode) crd.at("/spec/versions/0/schema/openAPIV3Schema/properties/spec");
        spec.put("x-kubernetes-preserve-unknown-fields", true).put("x-echelon-report-unknown-fields", true);
        ResourceKind kind = ResourceKind.fromCrd(crd);
        if (!kind.kind().equals(ClusterGroupUpgrade.KIND)) {
            throw new IllegalStateException(CRD + " defines " + kind.kind() + ", expected " + ClusterGroupUpgrade.KIND);
        }
        return kind;
    }

    private static ObjectNode crd() {
        try (InputStream file = CguKind.class.getResourceAsStream(CRD)) {
            if (file == null) {
                throw new IllegalStateException(CRD + " is missing in this build; it comes from deploy/crds");
            }
            return (ObjectNode) Json.parseYaml(file.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + CRD, e);
        }
    }
}

package dev.echelon.contract.resource;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.echelon.contract.CguId;
import java.util.Objects;

/**
 * The resource that users submit and watch, as the Kubernetes API shows it (contract 1.1 to 1.3).
 *
 * @param apiVersion always {@link #API_VERSION}
 * @param kind always {@link #KIND}
 * @param metadata name, namespace and what the API adds
 * @param spec what the user wants
 * @param status what is; empty until the first decision
 */
@JsonPropertyOrder({"apiVersion", "kind", "metadata", "spec", "status"})
public record ClusterGroupUpgrade(String apiVersion, String kind, ObjectMeta metadata, CguSpec spec, CguStatus status) {

    public static final String GROUP = "ran.openshift.io";
    public static final String VERSION = "v1alpha1";
    public static final String API_VERSION = GROUP + "/" + VERSION;
    public static final String KIND = "ClusterGroupUpgrade";
    public static final String PLURAL = "clustergroupupgrades";
    /** Keeps the resource on the hub until its objects there and on the spokes are gone (contract 14). */
    public static final String FINALIZER = "ran.openshift.io/cleanup-finalizer";

    public ClusterGroupUpgrade {
        apiVersion = apiVersion == null ? API_VERSION : apiVersion;
        kind = kind == null ? KIND : kind;
        Objects.requireNonNull(metadata, "metadata");
        Objects.requireNonNull(spec, "spec");
        status = status == null ? CguStatus.EMPTY : status;
    }

    public ClusterGroupUpgrade(ObjectMeta metadata, CguSpec spec, CguStatus status) {
        this(API_VERSION, KIND, metadata, spec, status);
    }

    @JsonIgnore
    public CguId id() {
        return new CguId(metadata.namespace(), metadata.name());
    }
}

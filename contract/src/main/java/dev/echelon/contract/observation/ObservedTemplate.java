package dev.echelon.contract.observation;

/**
 * Whether a ManifestWorkReplicaSet that a CGU names is there (contract 13.1). Its content goes from the hub to the hub
 * and is no part of what is decided.
 *
 * @param manifests how many manifests it has; 0 when it is missing
 */
public record ObservedTemplate(String name, boolean exists, int manifests) {}

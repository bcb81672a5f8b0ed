package dev.echelon.api.ztp.domain;

import java.util.Map;

/**
 * A Policy in a cluster's namespace, as far as it matters here.
 *
 * @param remediationAction empty when it has none
 */
public record ChildPolicy(
        String name, Map<String, String> labels, Map<String, String> annotations, String remediationAction) {

    /** On policies that the hub copied to a cluster: what they were copied from. */
    public static final String CHILD_LABEL = "policy.open-cluster-management.io/root-policy";

    /** On policies that an upgrade copied, as earlier versions of upstream did. */
    static final String COPIED_LABEL = "openshift-cluster-group-upgrades/clusterGroupUpgrade";

    /** On policies that take part: their place in the order. */
    static final String WAVE = "ran.openshift.io/ztp-deploy-wave";

    /** Whether it came from a root policy, is there to be enforced, and has a wave, right or wrong. */
    boolean takesPart() {
        return labels.containsKey(CHILD_LABEL)
                && !labels.containsKey(COPIED_LABEL)
                && !remediationAction.equalsIgnoreCase("enforce")
                && annotations.containsKey(WAVE);
    }
}

package dev.echelon.watcher.domain;

import java.util.Objects;
import java.util.regex.Pattern;

/**
 * A root policy as it was last seen.
 *
 * @param inspection what its spec says
 * @param soakSeconds how long a cluster has to stay compliant (contract 7.4); null when nothing is asked for
 * @param compliance what its status says
 */
public record RootPolicyReading(PolicyInspection inspection, Integer soakSeconds, ComplianceReading compliance) {

    public static final String SOAK_ANNOTATION = "ran.openshift.io/soak-seconds";

    private static final Pattern WHOLE_NUMBER = Pattern.compile("[+-]?[0-9]{1,18}");

    public RootPolicyReading {
        Objects.requireNonNull(inspection, "inspection");
        Objects.requireNonNull(compliance, "compliance");
    }

    /**
     * Reads the soak annotation.
     *
     * @param text null when the policy has none
     * @return null when there is none, or none that counts: it is no whole number, or negative
     */
    public static Integer soakSeconds(String text) {
        if (text == null || !WHOLE_NUMBER.matcher(text).matches()) {
            return null;
        }
        long seconds = Long.parseLong(text);
        return seconds < 0 ? null : (int) Math.min(seconds, Integer.MAX_VALUE);
    }

    boolean saysTheSameApartFromCompliance(RootPolicyReading other) {
        return inspection.equals(other.inspection) && Objects.equals(soakSeconds, other.soakSeconds);
    }
}

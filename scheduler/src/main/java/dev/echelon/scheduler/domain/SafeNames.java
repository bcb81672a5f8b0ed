package dev.echelon.scheduler.domain;

import dev.echelon.contract.CguId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Locale;

/**
 * Names of hub objects that fit (contract 5.2).
 *
 * <p>Where the CGU has no suffix annotation the suffix is not random but derived from the CGU's uid and the desired name:
 * the same CGU always gives the same name, so a lost write leaves no duplicate behind. Another CGU, also a later one with
 * the same name, gets another suffix.
 */
final class SafeNames {

    static final String SUFFIX_ANNOTATION = "cluster-group-upgrades-operator/name-suffix";

    private static final String ALPHABET = "bcdfghjklmnpqrstvwxz2456789";
    private static final int SUFFIX_LENGTH = 5;
    private static final int LIMIT = 253;

    private SafeNames() {}

    /** The desired name of the Placement and the PlacementBinding of a policy. */
    static String desiredPlacementName(String cguName, String policyName) {
        return (cguName + "-" + policyName + "-placement").toLowerCase(Locale.ROOT);
    }

    /** The desired name of a cluster's manifest work (contract 13.2). */
    static String desiredWorkName(String cguNamespace, String template) {
        return cguNamespace + "." + template;
    }

    /** The desired name of the view of a Subscription (contract 12). */
    static String desiredViewName(CguId cgu, String subscription) {
        return (cgu.name() + "-" + cgu.namespace() + "-Subscription-" + subscription).toLowerCase(Locale.ROOT);
    }

    /**
     * The actual name.
     *
     * @param namespace counts against the limit; empty where the contract says so
     * @param suffixAnnotation the value of {@link #SUFFIX_ANNOTATION}, or empty
     */
    static String safeName(String desiredName, String namespace, String uid, String suffixAnnotation) {
        String suffix = suffixAnnotation.isEmpty() ? suffix(uid, desiredName) : suffixAnnotation;
        int budget = LIMIT - suffix.length() - namespace.length() - 1;
        String cut = desiredName.substring(0, Math.max(0, Math.min(desiredName.length(), budget)));
        int end = cut.length();
        while (end > 0 && !endsWell(cut.charAt(end - 1))) {
            end--;
        }
        return cut.substring(0, end) + "-" + suffix;
    }

    /** The name of what a CGU has in its clusters' namespaces, one for all of them. A name once given stays. */
    static String inClusterNamespaces(Upgrade upgrade, String desiredName) {
        String suffix = upgrade.request().annotations().getOrDefault(SUFFIX_ANNOTATION, "");
        String given = upgrade.objects().safeNames().get("/" + desiredName);
        return given == null ? safeName(desiredName, "", upgrade.uid(), suffix) : given;
    }

    private static boolean endsWell(char c) {
        return Character.isLetterOrDigit(c) || c == '-';
    }

    private static String suffix(String uid, String desiredName) {
        byte[] digest = sha256(uid + "/" + desiredName);
        StringBuilder suffix = new StringBuilder(SUFFIX_LENGTH);
        for (int i = 0; i < SUFFIX_LENGTH; i++) {
            suffix.append(ALPHABET.charAt(Byte.toUnsignedInt(digest[i]) % ALPHABET.length()));
        }
        return suffix.toString();
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}

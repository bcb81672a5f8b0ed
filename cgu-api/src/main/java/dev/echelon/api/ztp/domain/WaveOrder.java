package dev.echelon.api.ztp.domain;

import java.math.BigInteger;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Which root policies a new cluster is brought up to, and in which order (ZTP contract 4 and 5). */
public final class WaveOrder {

    private static final Pattern INTEGER = Pattern.compile("[+-]?[0-9]+");

    private WaveOrder() {}

    /**
     * The names of the root policies, without namespace, by wave and then by name. Two that share a name in different
     * namespaces are one entry, with the wave of the one listed last.
     *
     * @throws WaveException when a policy that takes part has a wave that is no number
     */
    public static List<String> of(List<ChildPolicy> listed) {
        Map<String, Long> waves = new HashMap<>();
        for (ChildPolicy policy : listed) {
            if (policy.takesPart()) {
                long wave = wave(policy);
                // A namespace has no dot, a policy's name may.
                int dot = policy.name().indexOf('.');
                if (dot >= 0) {
                    waves.put(policy.name().substring(dot + 1), wave);
                }
            }
        }
        return waves.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().thenComparing(Map.Entry.comparingByKey(
                        Comparator.naturalOrder())))
                .map(Map.Entry::getKey)
                .toList();
    }

    private static long wave(ChildPolicy policy) {
        String text = policy.annotations().get(ChildPolicy.WAVE);
        if (!INTEGER.matcher(text).matches()) {
            throw new WaveException(policy.name(), "parsing \"" + text + "\": invalid syntax");
        }
        try {
            return new BigInteger(text).longValueExact();
        } catch (ArithmeticException e) {
            throw new WaveException(policy.name(), "parsing \"" + text + "\": value out of range");
        }
    }
}

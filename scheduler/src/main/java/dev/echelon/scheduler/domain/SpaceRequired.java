package dev.echelon.scheduler.domain;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * How much free space pre-caching needs, as people write it (contract 10.3): a number, at most one space, and a unit
 * of at most three letters in any case: {@code B}, or one of {@code K M G T P} alone, with {@code B}, or with {@code
 * iB}. A text with a lower-case {@code i} in it counts by 1024, another one by 1000.
 */
final class SpaceRequired {

    private static final Pattern NUMBER = Pattern.compile("[-+]?([0-9]+\\.?[0-9]*|\\.[0-9]+)");
    private static final String NUMBER_END = "0123456789. ";
    private static final String UNITS = "kmgtp";
    private static final BigDecimal GIB = BigDecimal.valueOf(1L << 30);
    private static final BigDecimal MOST = BigDecimal.valueOf(Long.MAX_VALUE);

    private SpaceRequired() {}

    /** What a text says. */
    sealed interface Reading {}

    /** @param gib whole GiB, rounded up, as decimal text */
    record Space(String gib) implements Reading {}

    /** @param error in the words that the condition shows */
    record Unreadable(String error) implements Reading {}

    static Reading read(String text) {
        int end = lastNumeric(text);
        if (end < 0) {
            return new Unreadable("invalid size: '" + text + "'");
        }
        String number = text.substring(0, text.charAt(end) == ' ' ? end : end + 1);
        if (!NUMBER.matcher(number).matches()) {
            return new Unreadable("strconv.ParseFloat: parsing \"" + number + "\": invalid syntax");
        }
        BigDecimal size = new BigDecimal(number);
        if (size.signum() < 0) {
            return new Unreadable("invalid size: '" + text + "'");
        }
        String written = text.substring(end + 1);
        String unit = written.toLowerCase(Locale.ROOT);
        if (written.length() > 3) {
            return new Unreadable("invalid suffix: '" + written + "'");
        }
        if (!isUnit(unit)) {
            return new Unreadable("invalid suffix: '" + unit + "'");
        }
        BigDecimal bytes = size.multiply(factor(unit, text.contains("i")));
        if (bytes.compareTo(MOST) > 0) {
            return new Unreadable("invalid size: '" + text + "'");
        }
        return new Space(bytes.setScale(0, RoundingMode.DOWN)
                .divide(GIB, 0, RoundingMode.CEILING)
                .toPlainString());
    }

    private static int lastNumeric(String text) {
        for (int i = text.length() - 1; i >= 0; i--) {
            if (NUMBER_END.indexOf(text.charAt(i)) >= 0) {
                return i;
            }
        }
        return -1;
    }

    private static boolean isUnit(String unit) {
        if (unit.isEmpty() || unit.equals("b")) {
            return true;
        }
        String rest = unit.substring(1);
        return UNITS.indexOf(unit.charAt(0)) >= 0 && (rest.isEmpty() || rest.equals("b") || rest.equals("ib"));
    }

    private static BigDecimal factor(String unit, boolean binary) {
        int power = unit.isEmpty() ? 0 : UNITS.indexOf(unit.charAt(0)) + 1;
        return BigDecimal.valueOf(binary ? 1024 : 1000).pow(power);
    }
}

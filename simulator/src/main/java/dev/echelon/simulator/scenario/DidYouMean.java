package dev.echelon.simulator.scenario;

import java.util.Collection;
import java.util.Comparator;

/** Guesses which word was meant. */
final class DidYouMean {
    private DidYouMean() {
    }

    /** A hint to append to an error, empty where no word is near. */
    static String hint(String found, Collection<String> words) {
        return words.stream().min(Comparator.comparingInt((String word) -> distance(found, word))
                        .thenComparingInt(word -> -commonBeginning(found, word)))
                .filter(word -> distance(found, word) <= Math.max(2, found.length() / 3))
                .map(word -> " (did you mean '" + word + "'?)").orElse("");
    }

    /** People get the end of a word wrong rather than its beginning. */
    private static int commonBeginning(String left, String right) {
        int length = 0;
        while (length < left.length() && length < right.length() && left.charAt(length) == right.charAt(length)) {
            length++;
        }
        return length;
    }

    /** How many letters must be added, dropped or changed, case aside. */
    static int distance(String left, String right) {
        int[] row = new int[right.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= left.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int change = Character.toLowerCase(left.charAt(i - 1)) == Character.toLowerCase(right.charAt(j - 1))
                        ? 0 : 1;
                int best = Math.min(diagonal + change, Math.min(row[j], row[j - 1]) + 1);
                diagonal = row[j];
                row[j] = best;
            }
        }
        return row[right.length()];
    }
}

package dev.echelon.e2e.parity;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether an object looks as expected: what is expected of an object must be there and equal, more fields are allowed;
 * lists must agree element by element, in full and in order; {@code null} says that the field must not be there.
 */
final class Expectation {

    private Expectation() {}

    /** Where they differ, one line for each place; empty where the object is as expected. */
    static List<String> differences(JsonNode expected, JsonNode actual) {
        List<String> found = new ArrayList<>();
        compare("", expected, actual, found);
        return found;
    }

    private static void compare(String path, JsonNode expected, JsonNode actual, List<String> found) {
        if (expected.isNull()) {
            if (!actual.isMissingNode() && !actual.isNull()) {
                found.add(path + " should not be there, but is " + actual);
            }
        } else if (actual.isMissingNode()) {
            found.add(path + " should be " + expected + ", but is not there");
        } else if (expected.isObject() && actual.isObject()) {
            expected.properties().forEach(field ->
                    compare(path + "/" + field.getKey(), field.getValue(), actual.path(field.getKey()), found));
        } else if (expected.isArray() && actual.isArray()) {
            if (expected.size() != actual.size()) {
                found.add(
                        path + " should have " + expected.size() + " elements, but has " + actual.size() + ": "
                                + actual);
                return;
            }
            for (int i = 0; i < expected.size(); i++) {
                compare(path + "/" + i, expected.get(i), actual.get(i), found);
            }
        } else if (expected.isNumber() && actual.isNumber()
                ? expected.decimalValue().compareTo(actual.decimalValue()) != 0
                : !expected.equals(actual)) {
            found.add(path + " should be " + expected + ", but is " + actual);
        }
    }
}

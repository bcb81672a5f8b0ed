package dev.echelon.kubeapi.select;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A field selector in the query form: {@code metadata.name=x,metadata.namespace!=y}. All terms must hold. */
public final class FieldSelector {
    private record Term(String field, String value, boolean equal) {
        boolean holds(JsonNode object) {
            JsonNode node = object;
            for (String name : field.split("\\.")) {
                node = node.path(name);
            }
            return node.asText("").equals(value) == equal;
        }
    }

    private static final Pattern TERM = Pattern.compile("([^=!]+)(==|=|!=)(.*)");

    private final List<Term> terms;

    private FieldSelector(List<Term> terms) {
        this.terms = List.copyOf(terms);
    }

    /**
     * Reads a selector; the empty string selects everything.
     *
     * @param supported which fields may be selected by
     * @throws IllegalArgumentException with Kubernetes' words where it cannot be read or names another field
     */
    public static FieldSelector parse(String text, Predicate<String> supported) {
        List<Term> terms = new ArrayList<>();
        for (String part : text.split(",")) {
            if (part.isBlank()) {
                continue;
            }
            Matcher matcher = TERM.matcher(part.strip());
            if (!matcher.matches()) {
                throw new IllegalArgumentException("invalid selector: '%s'; can't understand '%s'"
                        .formatted(text, part));
            }
            String field = matcher.group(1).strip();
            if (!supported.test(field)) {
                throw new IllegalArgumentException("field label not supported: " + field);
            }
            terms.add(new Term(field, matcher.group(3).strip(), !matcher.group(2).equals("!=")));
        }
        return new FieldSelector(terms);
    }

    /** Whether everything is selected. */
    public boolean isEmpty() {
        return terms.isEmpty();
    }

    /** Whether the object satisfies all terms; a missing field counts as the empty string. */
    public boolean matches(JsonNode object) {
        return terms.stream().allMatch(term -> term.holds(object));
    }

    /** The one value that the field must have, where a term says so. */
    public Optional<String> required(String field) {
        return terms.stream().filter(term -> term.equal && term.field.equals(field)).map(Term::value).findFirst();
    }
}

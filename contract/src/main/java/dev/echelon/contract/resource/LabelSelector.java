package dev.echelon.contract.resource;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;
import java.util.Map;

/**
 * A Kubernetes label selector: all of {@code matchLabels} and all of {@code matchExpressions} have to hold; an empty
 * selector matches everything.
 */
@JsonPropertyOrder({"matchExpressions", "matchLabels"})
public record LabelSelector(List<Requirement> matchExpressions, Map<String, String> matchLabels) {

    public LabelSelector {
        matchExpressions = matchExpressions == null ? List.of() : List.copyOf(matchExpressions);
        matchLabels = matchLabels == null ? Map.of() : Map.copyOf(matchLabels);
    }

    /**
     * One requirement.
     *
     * @param operator {@code In}, {@code NotIn}, {@code Exists} or {@code DoesNotExist}
     */
    @JsonPropertyOrder({"key", "operator", "values"})
    public record Requirement(String key, String operator, List<String> values) {
        public Requirement {
            key = key == null ? "" : key;
            operator = operator == null ? "" : operator;
            values = values == null ? List.of() : List.copyOf(values);
        }
    }
}

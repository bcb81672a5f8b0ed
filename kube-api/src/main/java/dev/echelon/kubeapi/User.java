package dev.echelon.kubeapi;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Who sends a request, as Kubernetes describes a user.
 *
 * @param uid    tells two users apart who have had the same name; may be empty
 * @param groups in which rights may be given, too
 * @param extra  whatever else the authenticator knows and a review of rights may want to see
 */
public record User(String name, String uid, List<String> groups, Map<String, List<String>> extra) {
    /** Whoever does not say who they are. */
    public static final User ANONYMOUS =
            new User("system:anonymous", "", List.of("system:unauthenticated"), Map.of());

    public User {
        groups = List.copyOf(groups);
        Map<String, List<String>> copy = new TreeMap<>();
        extra.forEach((key, values) -> copy.put(key, List.copyOf(values)));
        extra = java.util.Collections.unmodifiableMap(copy);
    }

    /** A user of whom nothing but the name is known. */
    public static User named(String name) {
        return new User(name, "", List.of(), Map.of());
    }
}

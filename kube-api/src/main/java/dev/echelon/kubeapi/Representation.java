package dev.echelon.kubeapi;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * In which form the client wants its answer, from the {@code Accept} header: the first media type that is served.
 *
 * @param form    what is made of the objects
 * @param yaml    YAML instead of JSON
 * @param version the version of {@code meta.k8s.io} or {@code apidiscovery.k8s.io} for the forms that have one
 */
record Representation(Form form, boolean yaml, String version) {
    enum Form { PLAIN, TABLE, PARTIAL, DISCOVERY }

    static final Representation JSON = new Representation(Form.PLAIN, false, "");

    private static final String ACCEPTED = "application/json, application/yaml";
    private static final Set<String> ANY = Set.of("*/*", "application/*", "application/json");
    private static final Set<String> META_VERSIONS = Set.of("v1", "v1beta1");

    /**
     * Reads an {@code Accept} header; none means JSON.
     *
     * @throws ApiException 406 where nothing that is accepted is served
     */
    static Representation of(String accept) {
        if (accept == null || accept.isBlank()) {
            return JSON;
        }
        for (String range : accept.split(",")) {
            String[] parts = range.strip().split(";");
            String type = parts[0].strip().toLowerCase(Locale.ROOT);
            if (type.equals("application/yaml")) {
                return new Representation(Form.PLAIN, true, "");
            }
            if (!ANY.contains(type)) {
                continue;
            }
            Map<String, String> parameters = new HashMap<>();
            for (int i = 1; i < parts.length; i++) {
                String[] pair = parts[i].strip().split("=", 2);
                parameters.put(pair[0].strip(), pair.length == 2 ? pair[1].strip() : "");
            }
            Representation found = of(parameters);
            if (found != null) {
                return found;
            }
        }
        throw ApiException.notAcceptable(ACCEPTED);
    }

    private static Representation of(Map<String, String> parameters) {
        String as = parameters.get("as");
        if (as == null) {
            return JSON;
        }
        String group = parameters.getOrDefault("g", "");
        String version = parameters.getOrDefault("v", "");
        boolean meta = group.equals("meta.k8s.io") && META_VERSIONS.contains(version);
        return switch (as) {
            case "Table" -> meta ? new Representation(Form.TABLE, false, version) : null;
            case "PartialObjectMetadata", "PartialObjectMetadataList" ->
                    meta ? new Representation(Form.PARTIAL, false, version) : null;
            case "APIGroupDiscoveryList" -> group.equals("apidiscovery.k8s.io") && version.equals("v2")
                    ? new Representation(Form.DISCOVERY, false, version) : null;
            default -> null;
        };
    }

    /** What stands in {@code Content-Type}. */
    String contentType() {
        return yaml ? "application/yaml" : "application/json";
    }
}

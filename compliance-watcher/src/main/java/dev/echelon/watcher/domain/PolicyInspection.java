package dev.echelon.watcher.domain;

import dev.echelon.contract.observation.TemplateObject;
import dev.echelon.contract.resource.CguStatus.PolicyRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What a root policy's spec says, as far as the rules look at it (contract 3.3 to 3.7, 10.2). A malformed policy is a
 * defect and never an exception.
 *
 * @param enforce whether the root itself enforces
 * @param defect the first reason why the policy is invalid, in the contract's words; empty when it is well-formed
 * @param expectsStatus whether an object template carries a status
 * @param lacksObject whether an entry of a raw template has no object: not invalid, but no platform image can be found
 * @param objects the objects that the rules look at, in order
 * @param dependencies {@code spec.dependencies}; the namespace is empty where none is given
 */
public record PolicyInspection(
        boolean enforce,
        String defect,
        boolean expectsStatus,
        boolean lacksObject,
        List<TemplateObject> objects,
        List<PolicyRef> dependencies) {

    /** The defect that a replica shows and the root does not. */
    public static final String HUB_TEMPLATE_DEFECT =
            "policy has hub template error, check the configuration policy's annotation"
                    + " 'policy.open-cluster-management.io/hub-templates-error' for detail";

    private static final String DEFINITION = "spec.policy-templates.objectDefinition";
    private static final String UNPARSABLE_RAW = "policy was unable to be unmmarshalled from object-templates-raw";

    private static final Pattern VARIABLE = Pattern.compile("\\{\\{\\s*\\$\\w+(?:\\.[\\w.]+)?\\s*}}");
    private static final Pattern PATH = Pattern.compile("\\{\\{\\s*\\.[\\w.]+\\s*}}");
    private static final Pattern REST = Pattern.compile("\\{\\{[^}]*}}");
    private static final String PLACEHOLDER = "placeholder";

    public PolicyInspection {
        objects = List.copyOf(objects);
        dependencies = List.copyOf(dependencies);
    }

    /** Reads YAML into maps, lists and scalars; an edge supplies it. */
    @FunctionalInterface
    public interface Yaml {
        /** @throws RuntimeException when the text is no YAML */
        Object read(String text);
    }

    /** Looks through a root policy's spec. */
    public static PolicyInspection inspect(Map<String, Object> spec, Yaml yaml) {
        Reading reading = new Reading();
        String defect = "";
        try {
            for (Object template : list(spec.get("policy-templates"), "spec.policy-templates")) {
                reading.template(map(template, "spec.policy-templates"), yaml);
            }
            for (Object dependency : list(spec.get("dependencies"), "spec.dependencies")) {
                Map<?, ?> named = map(dependency, "spec.dependencies");
                reading.dependencies.add(new PolicyRef(
                        text(named.get("name"), "spec.dependencies.name"),
                        text(named.get("namespace"), "spec.dependencies.namespace")));
            }
        } catch (Defective e) {
            defect = e.getMessage();
        }
        return new PolicyInspection(
                Replica.saysEnforce(spec),
                defect,
                reading.expectsStatus,
                reading.lacksObject,
                reading.objects,
                reading.dependencies);
    }

    /** Takes the hub's and the spokes' templates out of a raw text, so that YAML is left (contract 3.4). */
    static String strip(String raw) {
        String text = VARIABLE.matcher(raw).replaceAll(PLACEHOLDER);
        text = PATH.matcher(text).replaceAll(PLACEHOLDER);
        return REST.matcher(text).replaceAll("");
    }

    /** What has been found so far. */
    private static final class Reading {
        private boolean expectsStatus;
        private boolean lacksObject;
        private final List<TemplateObject> objects = new ArrayList<>();
        private final List<PolicyRef> dependencies = new ArrayList<>();

        void template(Map<?, ?> template, Yaml yaml) {
            Map<?, ?> definition = required(template, "objectDefinition", "policy is missing its " + DEFINITION);
            required(definition, "metadata", "policy is missing its " + DEFINITION + ".metadata");
            Map<?, ?> spec = required(definition, "spec", "policy is missing its " + DEFINITION + ".spec");
            Object listed = spec.get("object-templates");
            Object raw = spec.get("object-templates-raw");
            String both = DEFINITION + ".spec.object-templates and " + DEFINITION + ".spec.object-templates-raw";
            if (listed != null && raw != null) {
                throw new Defective("policy has both " + both);
            }
            if (listed == null && raw == null) {
                throw new Defective("policy is missing both " + both);
            }
            if (listed != null) {
                for (Object entry : list(listed, DEFINITION + ".spec.object-templates")) {
                    Map<?, ?> objectTemplate = map(entry, DEFINITION + ".spec.object-templates");
                    if (objectTemplate.get("objectDefinition") == null) {
                        throw new Defective(
                                "policy is missing its " + DEFINITION + ".spec.object-templates.objectDefinition");
                    }
                    objectTemplate(objectTemplate);
                }
            } else {
                parsed(raw, yaml).forEach(this::objectTemplate);
            }
        }

        private void objectTemplate(Map<?, ?> template) {
            if (template.get("objectDefinition") == null) {
                lacksObject = true;
                return;
            }
            Map<?, ?> object = map(template.get("objectDefinition"), "objectDefinition");
            expectsStatus |= object.get("status") != null;
            if ("mustnothave".equals(template.get("complianceType"))) {
                return;
            }
            // Kinds are compared exactly and without their group (contract 3.5, 3.7, 10.2).
            switch (object.get("kind") instanceof String kind ? kind : "") {
                case "ClusterVersion" -> clusterVersion(object);
                case "Subscription" -> subscription(object);
                case "CatalogSource" -> objects.add(new TemplateObject.CatalogSource(
                        scalar(optional(object, "spec").get("image"), "CatalogSource spec.image")));
                default -> {}
            }
        }

        private void clusterVersion(Map<?, ?> object) {
            if (object.get("spec") == null) {
                return;
            }
            Map<?, ?> spec = map(object.get("spec"), "ClusterVersion spec");
            Map<?, ?> desired = optional(spec, "desiredUpdate");
            objects.add(new TemplateObject.ClusterVersion(
                    text(spec.get("upstream"), "ClusterVersion spec.upstream"),
                    text(spec.get("channel"), "ClusterVersion spec.channel"),
                    text(desired.get("version"), "ClusterVersion spec.desiredUpdate.version"),
                    text(desired.get("image"), "ClusterVersion spec.desiredUpdate.image")));
        }

        private void subscription(Map<?, ?> object) {
            Map<?, ?> metadata = optional(object, "metadata");
            Map<?, ?> spec = optional(object, "spec");
            objects.add(new TemplateObject.Subscription(
                    text(object.get("apiVersion"), "Subscription apiVersion"),
                    text(metadata.get("namespace"), "Subscription metadata.namespace"),
                    text(metadata.get("name"), "Subscription metadata.name"),
                    scalar(spec.get("name"), "Subscription spec.name"),
                    scalar(spec.get("channel"), "Subscription spec.channel")));
        }

        /** Upstream crashes on what is no list (contract 3.4, trap); here it is invalid like other unparsable text. */
        private static List<Map<?, ?>> parsed(Object raw, Yaml yaml) {
            if (!(raw instanceof String text)) {
                throw new Defective(UNPARSABLE_RAW);
            }
            Object content;
            try {
                content = yaml.read(strip(text));
            } catch (RuntimeException e) {
                throw new Defective(UNPARSABLE_RAW);
            }
            if (!(content instanceof List<?> entries)) {
                throw new Defective(UNPARSABLE_RAW);
            }
            List<Map<?, ?>> templates = new ArrayList<>();
            for (Object entry : entries) {
                if (!(entry instanceof Map<?, ?> template)) {
                    throw new Defective(UNPARSABLE_RAW);
                }
                templates.add(template);
            }
            return templates;
        }
    }

    private static Map<?, ?> required(Map<?, ?> parent, String field, String otherwise) {
        if (parent.get(field) == null) {
            throw new Defective(otherwise);
        }
        return map(parent.get(field), field);
    }

    private static Map<?, ?> optional(Map<?, ?> parent, String field) {
        return parent.get(field) == null ? Map.of() : map(parent.get(field), field);
    }

    private static Map<?, ?> map(Object value, String path) {
        if (value instanceof Map<?, ?> map) {
            return map;
        }
        throw new Defective("policy has a value at " + path + " that is no object");
    }

    private static List<?> list(Object value, String path) {
        return switch (value) {
            case null -> List.of();
            case List<?> list -> list;
            default -> throw new Defective("policy has a value at " + path + " that is no list");
        };
    }

    /** Upstream assumes text and crashes on a number (contract 17, row 26). */
    private static String text(Object value, String path) {
        return switch (value) {
            case null -> "";
            case String text -> text;
            default -> throw new Defective("policy has a value at " + path + " that is no text; put it in quotes");
        };
    }

    /** What only pre-caching looks at is no reason to refuse a policy: a channel like 4.9 may have lost its quotes. */
    private static String scalar(Object value, String path) {
        return value instanceof Number || value instanceof Boolean ? value.toString() : text(value, path);
    }

    /** Ends an inspection; it never leaves this class. */
    private static final class Defective extends RuntimeException {
        Defective(String defect) {
            super(defect, null, false, false);
        }
    }
}

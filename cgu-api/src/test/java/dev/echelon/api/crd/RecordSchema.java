package dev.echelon.api.crd;

import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.echelon.contract.resource.Condition;
import dev.echelon.contract.resource.LabelSelector;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Derives an OpenAPI v3 schema, as a CustomResourceDefinition wants it, from a record of the contract.
 *
 * <p>Nothing is said twice: a component is required when the record's constructor refuses to be without it, and has a
 * default when the constructor puts a number or a boolean where nothing was given. Descriptions are the records' own.
 */
final class RecordSchema {

    /** What Kubernetes requires of its own types; the records of the contract are more lenient when they read. */
    private static final Map<Class<?>, Set<String>> REQUIRED_BY_KUBERNETES = Map.of(
            LabelSelector.Requirement.class, Set.of("key", "operator"),
            Condition.class, Set.of("lastTransitionTime", "message", "reason", "status", "type"));

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private RecordSchema() {}

    /** The schema of an object with this record's components as properties, sorted by name. */
    static ObjectNode of(Class<? extends Record> type) {
        ObjectNode schema = NODES.objectNode().put("type", "object");
        ArrayNode required = NODES.arrayNode();
        ObjectNode properties = NODES.objectNode();
        Record empty = isRefusedWhenEmpty(type) ? null : construct(type, new Object[type.getRecordComponents().length]);
        for (RecordComponent component : sorted(type)) {
            String name = component.getName();
            ObjectNode property = of(component.getGenericType());
            JsonPropertyDescription description = component.getAccessor().getAnnotation(JsonPropertyDescription.class);
            if (description != null) {
                property.put("description", description.value());
            }
            JsonNode byDefault = defaultOf(type, component, empty);
            if (byDefault != null) {
                property.set("default", byDefault);
            }
            properties.set(name, property);
            if (isRequired(type, component)) {
                required.add(name);
            }
        }
        schema.set("properties", properties);
        if (!required.isEmpty()) {
            schema.set("required", required);
        }
        if (type == LabelSelector.class) {
            schema.put("x-kubernetes-map-type", "atomic");
        }
        return schema;
    }

    private static ObjectNode of(Type type) {
        if (type instanceof ParameterizedType generic) {
            Type[] arguments = generic.getActualTypeArguments();
            if (generic.getRawType() == List.class) {
                ObjectNode schema = NODES.objectNode().put("type", "array");
                schema.set("items", of(arguments[0]));
                return schema;
            }
            if (generic.getRawType() == Map.class && arguments[0] == String.class) {
                ObjectNode schema = NODES.objectNode().put("type", "object");
                if (arguments[1] == Object.class) {
                    return schema.put("x-kubernetes-preserve-unknown-fields", true);
                }
                schema.set("additionalProperties", of(arguments[1]));
                return schema;
            }
        }
        if (type == String.class) {
            return NODES.objectNode().put("type", "string");
        }
        if (type == Instant.class) {
            return NODES.objectNode().put("type", "string").put("format", "date-time");
        }
        if (type == Integer.class || type == int.class || type == Long.class || type == long.class) {
            return NODES.objectNode().put("type", "integer");
        }
        if (type == Boolean.class || type == boolean.class) {
            return NODES.objectNode().put("type", "boolean");
        }
        if (type instanceof Class<?> c && c.isRecord()) {
            return of(c.asSubclass(Record.class));
        }
        throw new IllegalArgumentException("no schema is known for the type " + type.getTypeName()
                + "; teach RecordSchema or use a record, text, number, boolean, time, list or map");
    }

    private static List<RecordComponent> sorted(Class<? extends Record> type) {
        return Arrays.stream(type.getRecordComponents())
                .filter(component -> !component.getAccessor().isAnnotationPresent(JsonAnySetter.class))
                .filter(component -> !hasAnySetterField(type, component))
                .sorted(Comparator.comparing(RecordComponent::getName))
                .toList();
    }

    private static boolean hasAnySetterField(Class<? extends Record> type, RecordComponent component) {
        try {
            return type.getDeclaredField(component.getName()).isAnnotationPresent(JsonAnySetter.class);
        } catch (NoSuchFieldException e) {
            throw new IllegalStateException("a record without its own field: " + component, e);
        }
    }

    /** Required is what nothing else can stand in for: the constructor refuses, and names this component. */
    private static boolean isRequired(Class<? extends Record> type, RecordComponent component) {
        if (REQUIRED_BY_KUBERNETES.getOrDefault(type, Set.of()).contains(component.getName())) {
            return true;
        }
        return refusal(type).filter(component.getName()::equals).isPresent();
    }

    private static JsonNode defaultOf(Class<? extends Record> type, RecordComponent component, Record empty) {
        Record instance = empty == null ? withRequired(type) : empty;
        Object value = read(component, instance);
        if (component.getType() == Boolean.class && value != null) {
            return NODES.booleanNode((Boolean) value);
        }
        if (component.getType() == Integer.class && value != null && !isRequired(type, component)) {
            return NODES.numberNode((Integer) value);
        }
        return null;
    }

    private static boolean isRefusedWhenEmpty(Class<? extends Record> type) {
        return refusal(type).isPresent();
    }

    /**
     * The component that the constructor misses when nothing is given. One at most: a second would need a second try.
     */
    private static java.util.Optional<String> refusal(Class<? extends Record> type) {
        try {
            construct(type, new Object[type.getRecordComponents().length]);
            return java.util.Optional.empty();
        } catch (IllegalArgumentException e) {
            String path = e.getMessage().substring(0, e.getMessage().indexOf(':'));
            return java.util.Optional.of(path.substring(path.lastIndexOf('.') + 1));
        }
    }

    private static Record withRequired(Class<? extends Record> type) {
        String missing = refusal(type).orElseThrow();
        RecordComponent[] components = type.getRecordComponents();
        Object[] values = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            if (components[i].getName().equals(missing)) {
                values[i] = components[i].getType() == Integer.class
                        ? (Object) 1
                        : withRequired(components[i].getType().asSubclass(Record.class));
            }
        }
        return construct(type, values);
    }

    private static Record construct(Class<? extends Record> type, Object[] values) {
        Class<?>[] parameters = Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getType)
                .toArray(Class<?>[]::new);
        try {
            Constructor<? extends Record> constructor = type.getDeclaredConstructor(parameters);
            constructor.setAccessible(true);
            return constructor.newInstance(values);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof IllegalArgumentException refused) {
                throw refused;
            }
            throw new IllegalStateException("cannot construct an empty " + type.getName(), e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot construct an empty " + type.getName(), e);
        }
    }

    private static Object read(RecordComponent component, Record instance) {
        try {
            return component.getAccessor().invoke(instance);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot read " + component, e);
        }
    }
}

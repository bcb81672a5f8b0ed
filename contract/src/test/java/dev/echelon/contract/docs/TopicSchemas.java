package dev.echelon.contract.docs;

import com.fasterxml.classmate.ResolvedType;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.victools.jsonschema.generator.CustomDefinition;
import com.github.victools.jsonschema.generator.FieldScope;
import com.github.victools.jsonschema.generator.MemberScope;
import com.github.victools.jsonschema.generator.Option;
import com.github.victools.jsonschema.generator.OptionPreset;
import com.github.victools.jsonschema.generator.SchemaGenerationContext;
import com.github.victools.jsonschema.generator.SchemaGenerator;
import com.github.victools.jsonschema.generator.SchemaGeneratorConfigBuilder;
import com.github.victools.jsonschema.generator.SchemaVersion;
import com.github.victools.jsonschema.module.jackson.JacksonModule;
import com.github.victools.jsonschema.module.jackson.JacksonOption;
import dev.echelon.contract.CguId;
import dev.echelon.contract.Json;
import dev.echelon.contract.Topic;
import dev.echelon.contract.audit.AuditEvent;
import dev.echelon.contract.audit.AuditType;
import dev.echelon.contract.command.CommandRecord;
import dev.echelon.contract.intent.IntentRecord;
import dev.echelon.contract.kafka.DeadLetter;
import dev.echelon.contract.observation.ObservationRecord;
import dev.echelon.contract.resource.ClusterGroupUpgrade;
import dev.echelon.contract.result.ResultRecord;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;

/**
 * The JSON Schema of each topic's value, made from the records.
 *
 * <p>Nothing is said twice. Descriptions are the records' Javadoc. Required is what the reader refuses to be without,
 * found out by asking it, and what an interface promises of all its kinds.
 */
final class TopicSchemas {

    static final String REGENERATE = "mvn -pl contract -am test -Dtest=SchemaFilesTest -Dschemas.regenerate=true"
            + " -Dsurefire.failIfNoSpecifiedTests=false";

    private final Javadocs javadocs = new Javadocs(Path.of("src", "main", "java"));
    private final SchemaGenerator generator = new SchemaGenerator(config().build());

    /** The type of a topic's values. */
    static Class<? extends Record> valueOf(Topic topic) {
        return switch (topic) {
            case COMMANDS -> CommandRecord.class;
            case OBSERVATIONS -> ObservationRecord.class;
            case INTENTS -> IntentRecord.class;
            case RESULTS -> ResultRecord.class;
            case CGUS -> ClusterGroupUpgrade.class;
            case AUDIT -> AuditEvent.class;
            case DEAD_LETTERS -> DeadLetter.class;
        };
    }

    /** The name of a topic's schema in {@code docs/schemas}. */
    static String fileName(Topic topic) {
        return topic.topicName("") + ".json";
    }

    /** What is said of a topic. */
    String description(Topic topic) {
        return javadocs.of(Topic.class, topic.name());
    }

    /** What is said of a topic's values. */
    String valueDescription(Topic topic) {
        return javadocs.of(valueOf(topic));
    }

    ObjectNode schema(Topic topic) {
        ObjectNode made = generator.generateSchema(valueOf(topic));
        ObjectNode schema = Json.mapper().createObjectNode();
        schema.set("$schema", made.remove("$schema"));
        schema.put("$comment", "Generated from the records in contract. Do not edit. " + REGENERATE);
        schema.put("title", valueOf(topic).getSimpleName());
        schema.set("description", made.remove("description"));
        var definitions = made.remove("$defs");
        schema.setAll(made);
        if (definitions != null) {
            schema.set("$defs", definitions);
        }
        return schema;
    }

    private SchemaGeneratorConfigBuilder config() {
        var config = new SchemaGeneratorConfigBuilder(
                        Json.mapper(), SchemaVersion.DRAFT_2020_12, OptionPreset.PLAIN_JSON)
                .with(Option.DEFINITIONS_FOR_ALL_OBJECTS, Option.MAP_VALUES_AS_ADDITIONAL_PROPERTIES)
                .with(new JacksonModule(
                        JacksonOption.FLATTENED_ENUMS_FROM_JSONVALUE,
                        // Both are done below: the module overlooks a kind behind an interface behind the annotated
                        // one.
                        JacksonOption.SKIP_SUBTYPE_LOOKUP,
                        JacksonOption.IGNORE_TYPE_INFO_TRANSFORM));
        config.forTypesInGeneral()
                .withPropertySorter(Comparator.comparingInt(TopicSchemas::position))
                .withDescriptionResolver(scope -> javadocs.of(scope.getType().getErasedType()))
                .withCustomDefinitionProvider(TopicSchemas::inline)
                .withSubtypeResolver(TopicSchemas::kinds)
                .withTypeAttributeOverride((schema, scope, _) -> addKind(schema, scope.getType().getErasedType()));
        config.forFields()
                .withRequiredCheck(field -> isRequired(record(field), component(field)))
                .withDescriptionResolver(field ->
                        field.isFakeContainerItemScope() ? null : javadocs.of(record(field), field.getName()))
                .withNumberInclusiveMinimumResolver(field -> isVersion(field) ? BigDecimal.ONE : null)
                .withNumberInclusiveMaximumResolver(field ->
                        isVersion(field) ? BigDecimal.valueOf(dev.echelon.contract.SchemaVersion.CURRENT) : null)
                .withInstanceAttributeOverride((schema, field, _) -> {
                    if (record(field) == AuditEvent.class && field.getName().equals("type")) {
                        var examples = schema.putArray("examples");
                        EnumSet.complementOf(EnumSet.of(AuditType.UNRECOGNISED))
                                .forEach(type -> examples.add(type.wire()));
                    }
                });
        return config;
    }

    private static CustomDefinition inline(ResolvedType type, SchemaGenerationContext context) {
        ObjectNode schema = Json.mapper().createObjectNode();
        if (type.getErasedType() == CguId.class) {
            schema.put("type", "string").put("pattern", "^[^/]+/[^/]+$");
        } else if (type.getErasedType() == Map.class) {
            schema.put("type", "object")
                    .set("additionalProperties", context.createDefinitionReference(type.getTypeParameters().get(1)));
        } else {
            return null;
        }
        return new CustomDefinition(
                schema, CustomDefinition.DefinitionType.INLINE, CustomDefinition.AttributeInclusion.NO);
    }

    private static List<ResolvedType> kinds(ResolvedType type, SchemaGenerationContext context) {
        return type.getErasedType().isSealed()
                ? Samples.kinds(type.getErasedType())
                        .map(kind -> context.getTypeContext().resolveSubtype(type, kind))
                        .toList()
                : null;
    }

    /** Adds the property that tells kinds apart, as Jackson writes it. */
    private static void addKind(ObjectNode schema, Class<?> type) {
        if (!type.isRecord() || Arrays.stream(type.getInterfaces()).noneMatch(Class::isSealed)) {
            return;
        }
        ObjectNode json = Json.toTree(Samples.of(type).getFirst());
        ObjectNode kind = Json.mapper().createObjectNode();
        kind.putObject("type").set("const", json.get("type"));
        schema.set("properties", kind.setAll((ObjectNode) schema.get("properties")));
        ArrayNode required = Json.mapper().createArrayNode().add("type");
        schema.path("required").forEach(required::add);
        schema.set("required", required);
    }

    private static boolean isVersion(FieldScope field) {
        return field.getName().equals("schemaVersion");
    }

    private static boolean isRequired(Class<? extends Record> record, RecordComponent component) {
        return isPromised(record, component) || !canBeReadWithout(record, component.getName());
    }

    private static boolean isPromised(Class<?> type, RecordComponent component) {
        return Arrays.stream(type.getInterfaces())
                .filter(Class::isSealed)
                .anyMatch(kind -> Arrays.stream(kind.getMethods())
                        .anyMatch(method -> method.getName().equals(component.getName())
                                && method.getParameterCount() == 0));
    }

    private static boolean canBeReadWithout(Class<? extends Record> record, String name) {
        ObjectNode json = Json.toTree(Samples.of(record).getFirst());
        json.remove(name);
        try {
            Json.fromTree(json, record);
            return true;
        } catch (IllegalArgumentException refused) {
            return false;
        }
    }

    private static int position(MemberScope<?, ?> member) {
        List<RecordComponent> components =
                List.of(member.getDeclaringType().getErasedType().getRecordComponents());
        return components.stream().map(RecordComponent::getName).toList().indexOf(member.getName());
    }

    private static Class<? extends Record> record(FieldScope field) {
        ResolvedType type = field.getDeclaringType();
        return type.getErasedType().asSubclass(Record.class);
    }

    private static RecordComponent component(FieldScope field) {
        return record(field).getRecordComponents()[position(field)];
    }
}

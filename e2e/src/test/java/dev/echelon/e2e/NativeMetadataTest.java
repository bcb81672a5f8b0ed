package dev.echelon.e2e;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import dev.echelon.api.domain.RolloutPlan;
import dev.echelon.api.domain.Wanted;
import dev.echelon.api.http.CguKind;
import dev.echelon.contract.kafka.DeadLetter;
import io.fabric8.kubernetes.client.CustomResource;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import net.jpountz.lz4.LZ4Factory;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.streams.StreamsConfig;
import org.junit.jupiter.api.Test;

/**
 * What a native image of a service has to be told because only reflection leads to it: the file
 * {@code reachability-metadata.json} of contract, scheduler and cgu-api. It is made from what the services read and
 * write as JSON, and from what their libraries load by name. No image was built with it.
 */
class NativeMetadataTest {

    private static final String REGENERATE = "mvn -pl e2e -am test -Dtest=NativeMetadataTest -Dnative.regenerate=true"
            + " -Dsurefire.failIfNoSpecifiedTests=false";
    private static final List<String> SERVICES =
            List.of("cgu-api", "compliance-watcher", "scheduler", "spoke-executor");
    /** Written and never read, so that no class literal stands in the code. */
    private static final List<Class<?>> ONLY_WRITTEN =
            List.of(DeadLetter.class, Wanted.class, RolloutPlan.Batch.class, RolloutPlan.Wait.class);
    private static final Pattern READ = Pattern.compile(
            "(?:\\bread|\\bfromTree|\\btreeToValue|\\bserde|\\baddMixIn)\\(([^;]*?\\.class)\\)");
    private static final Pattern CLASS = Pattern.compile("([A-Z]\\w*(?:\\.[A-Z]\\w*)*)(\\[])?\\.class");
    /** Loaded by Streams by name, and in no configuration that has a default. */
    private static final List<String> STREAMS = List.of(
            "org.apache.kafka.streams.processor.internals.DefaultKafkaClientSupplier",
            "org.apache.kafka.streams.processor.internals.StateDirectory$StateDirectoryProcessFile",
            "org.apache.kafka.streams.processor.internals.StreamsPartitionAssignor",
            "org.apache.kafka.streams.processor.internals.assignment.FallbackPriorTaskAssignor",
            "org.apache.kafka.streams.processor.internals.assignment.HighAvailabilityTaskAssignor");

    @Test
    void everyTypeOfTheContractIsRegistered() throws Exception {
        Set<String> types = ReflectedTypes.from(contractTypes());
        types.addAll(lz4());

        assertFile("contract", types, List.of());
    }

    @Test
    void theSchedulersStateAndWhatStreamsLoadsByNameAreRegistered() throws Exception {
        Set<String> types = typesOf("dev.echelon.scheduler.");
        types.addAll(STREAMS);
        for (ConfigDef.ConfigKey key : StreamsConfig.configDef().configKeys().values()) {
            if (key.type == ConfigDef.Type.CLASS && key.defaultValue != null) {
                types.add(key.defaultValue instanceof Class<?> type ? type.getName() : key.defaultValue.toString());
            }
        }

        assertFile("scheduler", types, List.of());
    }

    @Test
    void whatCguApiAnswersAndTheCrdThatItServesAreRegistered() throws Exception {
        String crd = "crds/ran.openshift.io_clustergroupupgrades.yaml";
        assertThat(CguKind.class.getResource("/" + crd)).isNotNull();

        assertFile("cgu-api", typesOf("dev.echelon.api."), List.of(crd));
    }

    @Test
    void noOtherModuleReadsOrWritesTypesOfItsOwn() throws Exception {
        assertThat(typesOf("dev.echelon.").stream()
                        .filter(type -> !type.matches("dev\\.echelon\\.(contract|scheduler|api)\\..*")))
                .isEmpty();
    }

    @Test
    void whatIsReadOrWrittenIsFoundInTheSources() throws Exception {
        assertThat(typesOf("dev.echelon."))
                .contains(
                        "dev.echelon.contract.intent.Intent$Precache",
                        "dev.echelon.contract.resource.SaturatingInteger",
                        "dev.echelon.scheduler.domain.InstallPlans$Monitored[]",
                        "dev.echelon.scheduler.domain.Lifecycle$Remediating",
                        "dev.echelon.scheduler.stream.StateJson$LifecycleNames");
    }

    @Test
    void everyKindThatIsWatchedIsRegisteredWithAllOfItsParts() throws Exception {
        List<Class<?>> kinds = ours("compliance-watcher").stream()
                .filter(CustomResource.class::isAssignableFrom)
                .toList();
        assertThat(kinds).hasSizeGreaterThan(5);
        Set<String> registered = new TreeSet<>();
        for (Class<?> type : ours("compliance-watcher")) {
            RegisterForReflection registration = type.getAnnotation(RegisterForReflection.class);
            if (registration != null) {
                registered.add(type.getName());
                Arrays.stream(registration.targets()).map(Class::getName).forEach(registered::add);
            }
        }
        List<Type> parts = new ArrayList<>();
        for (Class<?> kind : kinds) {
            assertThat(registered).contains(kind.getName());
            parts.addAll(List.of(((ParameterizedType) kind.getGenericSuperclass()).getActualTypeArguments()));
        }
        assertThat(registered).containsAll(ReflectedTypes.from(parts).stream()
                .filter(part -> !part.startsWith("dev.echelon.contract."))
                .toList());
    }

    private static Set<String> typesOf(String prefix) throws Exception {
        return ReflectedTypes.from(roots()).stream()
                .filter(type -> type.startsWith(prefix))
                .collect(toCollection(TreeSet::new));
    }

    /** What the contract consists of: its records and what they are made of. Its Kafka classes are no part of it. */
    private static List<Class<?>> contractTypes() throws Exception {
        List<Class<?>> types = new ArrayList<>(List.of(DeadLetter.class));
        for (Class<?> type : ours("contract")) {
            boolean data = type.isRecord() || type.isEnum() || type.isSealed();
            if (data && !type.getPackageName().equals(DeadLetter.class.getPackageName())) {
                types.add(type);
            }
        }
        return types;
    }

    /** The types that some service reads or writes, found in its sources. */
    private static Set<Type> roots() throws Exception {
        Set<Type> roots = new LinkedHashSet<>(ONLY_WRITTEN);
        for (String service : SERVICES) {
            for (Path file : sources(service)) {
                String text = Files.readString(file);
                List<MatchResult> reads = READ.matcher(text).results().toList();
                for (MatchResult read : reads) {
                    for (MatchResult named : CLASS.matcher(read.group(1)).results().toList()) {
                        Class<?> type = resolve(text, className(service, file), named.group(1));
                        if (type != null) {
                            roots.add(named.group(2) == null ? type : type.arrayType());
                        }
                    }
                }
            }
        }
        return roots;
    }

    /** The class that a name in a source means; null where it is none of those that the source names by import. */
    private static Class<?> resolve(String source, String enclosing, String name) {
        String first = name.split("\\.")[0];
        List<String> candidates = new ArrayList<>(List.of(
                enclosing + "." + name, enclosing.substring(0, enclosing.lastIndexOf('.')) + "." + name));
        Pattern.compile("import ([\\w.]+\\.)" + first + ";").matcher(source).results()
                .forEach(imported -> candidates.add(imported.group(1) + name));
        return candidates.stream().map(NativeMetadataTest::load).filter(Objects::nonNull).findFirst().orElse(null);
    }

    /** A class by its name in a source, in which a nested one is set off by a dot as well. */
    private static Class<?> load(String name) {
        try {
            return Class.forName(name, false, NativeMetadataTest.class.getClassLoader());
        } catch (ClassNotFoundException notSo) {
            int dot = name.lastIndexOf('.');
            return dot < 0 ? null : load(name.substring(0, dot) + "$" + name.substring(dot + 1));
        }
    }

    /** All classes of a module, nested ones too. */
    private static List<Class<?>> ours(String module) throws Exception {
        List<Class<?>> all = new ArrayList<>();
        for (Path file : sources(module)) {
            if (!file.endsWith("package-info.java")) {
                addWithNested(load(className(module, file)), all);
            }
        }
        return all;
    }

    private static void addWithNested(Class<?> type, Collection<Class<?>> all) {
        all.add(type);
        for (Class<?> nested : type.getDeclaredClasses()) {
            addWithNested(nested, all);
        }
    }

    private static List<Path> sources(String module) throws IOException {
        try (Stream<Path> files = Files.walk(javaFolder(module))) {
            return files.filter(file -> file.toString().endsWith(".java")).sorted().toList();
        }
    }

    private static String className(String module, Path file) {
        return javaFolder(module).relativize(file).toString().replaceAll("\\.java$", "").replace('/', '.');
    }

    private static Path javaFolder(String module) {
        return Path.of("..", module, "src", "main", "java");
    }

    /** The implementations in Java, of which lz4 loads the one that it likes best. That in C stays out. */
    private static List<String> lz4() throws IOException, URISyntaxException {
        Path jar = Path.of(LZ4Factory.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        try (JarFile file = new JarFile(jar.toFile())) {
            List<String> found = file.stream()
                    .map(entry -> entry.getName())
                    .filter(name -> name.matches("net/jpountz/.*/\\w+Java(Safe|Unsafe)\\w*(\\$Factory)?\\.class"))
                    .map(name -> name.replaceAll("\\.class$", "").replace('/', '.'))
                    .toList();
            assertThat(found).hasSizeGreaterThan(10);
            return found;
        }
    }

    private static void assertFile(String module, Set<String> types, List<String> resources) throws Exception {
        Path file = Path.of("..", module, "src", "main", "resources", "META-INF", "native-image", "dev.echelon",
                "echelon-" + module, "reachability-metadata.json");
        for (String type : types) {
            // native-image overlooks in silence what a library no longer has.
            assertThat(load(type.replace("[]", ""))).as(type).isNotNull();
        }
        String expected = render(types, resources);
        if (Boolean.getBoolean("native.regenerate")) {
            Files.createDirectories(file.getParent());
            Files.writeString(file, expected);
        }
        assertThat(file).as("%s differs from the code; regenerate it with: %s", file, REGENERATE).hasContent(expected);
    }

    /** One line for each type. */
    private static String render(Set<String> types, List<String> resources) {
        String reflection = new TreeSet<>(types).stream()
                .map(type -> "    {\"type\": \"%s\", \"allDeclaredConstructors\": true, \"allDeclaredFields\": true,"
                                .formatted(type)
                        + " \"allDeclaredMethods\": true}")
                .collect(joining(",\n"));
        String globs = resources.stream().map("    {\"glob\": \"%s\"}"::formatted).collect(joining(",\n"));
        return """
                {
                  "comment": "Generated from what is read and written. Do not edit. %s",
                  "reflection": [
                %s
                  ],
                  "resources": [%s]
                }
                """.formatted(REGENERATE, reflection, globs.isEmpty() ? "" : "\n" + globs + "\n  ");
    }
}

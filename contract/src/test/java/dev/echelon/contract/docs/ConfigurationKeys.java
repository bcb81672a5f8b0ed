package dev.echelon.contract.docs;

import com.sun.source.doctree.DocCommentTree;
import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.AssignmentTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.ImportTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * What can be configured, read from the sources of all modules: every interface that is a {@code @ConfigMapping}, with
 * its defaults and its Javadoc, and the environment variables that the modules' {@code microprofile-config.properties}
 * name.
 */
final class ConfigurationKeys {

    private static final String MAPPING = "ConfigMapping";

    /**
     * One key.
     *
     * @param byDefault as it stands in the source; empty where there is none
     * @param meaning the Javadoc
     */
    record Key(String name, String byDefault, String meaning) {}

    /** The keys of one prefix, and which modules have them. */
    record Group(TreeSet<String> modules, List<Key> keys) {}

    private final Map<String, Group> groups = new TreeMap<>();

    /** @param root the folder with all modules */
    ConfigurationKeys(Path root) throws IOException {
        List<Path> modules;
        try (Stream<Path> found = Files.list(root)) {
            modules = found.filter(path -> Files.isDirectory(path.resolve("src/main/java"))).sorted().toList();
        }
        for (Path module : modules) {
            Properties outer = new Properties();
            Path defaults = module.resolve("src/main/resources/META-INF/microprofile-config.properties");
            if (Files.exists(defaults)) {
                try (var reader = Files.newBufferedReader(defaults)) {
                    outer.load(reader);
                }
            }
            new Module(module.getFileName().toString(), outer).read(module.resolve("src/main/java"));
        }
    }

    /** By prefix. */
    Map<String, Group> groups() {
        return groups;
    }

    private final class Module {
        private final String name;
        private final Properties outer;
        private DocTrees docs;

        Module(String name, Properties outer) {
            this.name = name;
            this.outer = outer;
        }

        void read(Path sources) throws IOException {
            List<Path> files = new ArrayList<>();
            try (Stream<Path> found = Files.walk(sources)) {
                for (Path path : found.filter(path -> path.toString().endsWith(".java")).toList()) {
                    if (Files.readString(path).contains("@" + MAPPING + "(")) {
                        files.add(path);
                    }
                }
            }
            if (files.isEmpty()) {
                return;
            }
            JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
            try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
                JavacTask task = (JavacTask) compiler.getTask(
                        null, manager, null, List.of("-proc:none"), null, manager.getJavaFileObjectsFromPaths(files));
                docs = DocTrees.instance(task);
                for (CompilationUnitTree unit : task.parse()) {
                    for (Tree type : unit.getTypeDecls()) {
                        read(unit, (ClassTree) type);
                    }
                }
            }
        }

        private void read(CompilationUnitTree unit, ClassTree type) {
            argument(unit, type.getModifiers().getAnnotations(), MAPPING, "prefix").ifPresent(prefix -> {
                List<Key> keys = new ArrayList<>();
                collect(unit, type, prefix + ".", keys);
                Group group = groups.computeIfAbsent(prefix, _ -> new Group(new TreeSet<>(), keys));
                if (!group.keys().equals(keys)) {
                    throw new IllegalStateException(prefix + ": " + name + " has other keys than " + group.modules());
                }
                group.modules().add(name);
            });
        }

        private void collect(CompilationUnitTree unit, ClassTree type, String prefix, List<Key> keys) {
            for (Tree member : type.getMembers()) {
                if (!(member instanceof MethodTree method) || method.getBody() != null) {
                    continue;
                }
                String returned = method.getReturnType().toString().replaceAll("^Optional<(.*)>$", "$1");
                String key = prefix
                        + argument(unit, method.getModifiers().getAnnotations(), "WithName", "value")
                                .orElseGet(() -> kebab(method.getName().toString()));
                Optional<ClassTree> nested = type.getMembers().stream()
                        .filter(ClassTree.class::isInstance)
                        .map(ClassTree.class::cast)
                        .filter(each -> each.getSimpleName().contentEquals(returned))
                        .filter(each -> each.getKind() == Tree.Kind.INTERFACE)
                        .findFirst();
                if (nested.isPresent()) {
                    collect(unit, nested.get(), key + ".", keys);
                } else {
                    keys.add(new Key(
                            returned.startsWith("Map<") ? key + ".\"<name>\"" : key,
                            byDefault(unit, method, key),
                            said(unit, method)));
                }
            }
        }

        private String byDefault(CompilationUnitTree unit, MethodTree method, String key) {
            String fromOutside = outer.getProperty(key);
            return fromOutside != null
                    ? fromOutside.replaceAll("^\\$\\{([A-Z_]+):}$", "\\$$1")
                    : argument(unit, method.getModifiers().getAnnotations(), "WithDefault", "value").orElse("");
        }

        private String said(CompilationUnitTree unit, MethodTree method) {
            DocCommentTree comment = docs.getDocCommentTree(TreePath.getPath(unit, method));
            if (comment == null) {
                throw new IllegalStateException(name + ": nothing is said of " + method.getName());
            }
            return Javadocs.plain(comment.getFullBody());
        }
    }

    private static Optional<String> argument(
            CompilationUnitTree unit, List<? extends AnnotationTree> annotations, String annotation, String argument) {
        return annotations.stream()
                .filter(each -> each.getAnnotationType().toString().equals(annotation))
                .flatMap(each -> each.getArguments().stream())
                .flatMap(each -> each instanceof AssignmentTree assigned
                        ? assigned.getVariable().toString().equals(argument)
                                ? Stream.of(assigned.getExpression())
                                : Stream.empty()
                        : Stream.of(each))
                .map(value -> value(unit, value))
                .findFirst();
    }

    /** The value of a literal, or of a constant of an imported class of the contract. */
    private static String value(CompilationUnitTree unit, ExpressionTree expression) {
        if (expression instanceof LiteralTree literal) {
            return literal.getValue().toString();
        }
        String[] parts = expression.toString().split("\\.");
        String type = unit.getImports().stream()
                .map(ImportTree::getQualifiedIdentifier)
                .map(Tree::toString)
                .filter(imported -> imported.endsWith("." + parts[0]))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("cannot tell the value of " + expression));
        try {
            return String.valueOf(Class.forName(type).getField(parts[1]).get(null));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot tell the value of " + expression, e);
        }
    }

    private static String kebab(String name) {
        return name.chars()
                .mapToObj(c -> Character.isUpperCase(c) ? "-" + (char) Character.toLowerCase(c) : "" + (char) c)
                .collect(Collectors.joining());
    }
}

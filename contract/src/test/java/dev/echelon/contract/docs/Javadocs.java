package dev.echelon.contract.docs;

import com.sun.source.doctree.DocCommentTree;
import com.sun.source.doctree.DocTree;
import com.sun.source.doctree.LinkTree;
import com.sun.source.doctree.LiteralTree;
import com.sun.source.doctree.ParamTree;
import com.sun.source.doctree.TextTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** What the Javadoc of the contract's sources says of types and components, as plain text. */
final class Javadocs {

    private final Map<String, String> texts = new HashMap<>();

    /** Reads all sources below a folder. */
    Javadocs(Path sources) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null);
                Stream<Path> found = Files.walk(sources)) {
            List<Path> paths = found.filter(path -> path.toString().endsWith(".java")).toList();
            JavacTask task = (JavacTask) compiler.getTask(
                    null, files, null, List.of("-proc:none"), null, files.getJavaFileObjectsFromPaths(paths));
            DocTrees docs = DocTrees.instance(task);
            for (var unit : task.parse()) {
                new Reader(docs, unit.getPackageName().toString()).scan(unit, null);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the sources in " + sources, e);
        }
    }

    /** What is said of a type; null where nothing is. */
    String of(Class<?> type) {
        return texts.get(type.getName());
    }

    /** What is said of a component of a record, or of a constant of an enum; null where nothing is. */
    String of(Class<?> type, String member) {
        return texts.get(type.getName() + "#" + member);
    }

    private final class Reader extends TreePathScanner<Void, Void> {
        private final DocTrees docs;
        private String enclosing;

        Reader(DocTrees docs, String packageName) {
            this.docs = docs;
            this.enclosing = packageName + ".";
        }

        @Override
        public Void visitClass(ClassTree type, Void nothing) {
            String outer = enclosing;
            String name = outer + type.getSimpleName();
            DocCommentTree comment = docs.getDocCommentTree(getCurrentPath());
            if (comment != null) {
                keep(name, comment.getFullBody());
                for (DocTree tag : comment.getBlockTags()) {
                    if (tag instanceof ParamTree param) {
                        keep(name + "#" + param.getName(), param.getDescription());
                    }
                }
            }
            enclosing = name + "$";
            type.getMembers().stream()
                    .filter(VariableTree.class::isInstance)
                    .map(VariableTree.class::cast)
                    .forEach(member -> {
                        var path = new TreePath(getCurrentPath(), member);
                        DocCommentTree said = docs.getDocCommentTree(path);
                        if (said != null) {
                            keep(name + "#" + member.getName(), said.getFullBody());
                        }
                    });
            super.visitClass(type, nothing);
            enclosing = outer;
            return null;
        }
    }

    private void keep(String name, List<? extends DocTree> body) {
        String text = plain(body);
        if (!text.isEmpty()) {
            texts.put(name, text);
        }
    }

    /** The text without marks, and without references to the contract's paragraphs, which a reader may not have. */
    static String plain(List<? extends DocTree> body) {
        return text(body).replaceAll("\\s+", " ").replaceAll(" \\(contract [^)]*\\)", "").strip();
    }

    private static String text(List<? extends DocTree> body) {
        return body.stream().map(Javadocs::text).collect(Collectors.joining());
    }

    private static String text(DocTree tree) {
        return switch (tree) {
            case TextTree text -> text.getBody();
            case LiteralTree code -> code.getBody().getBody();
            case LinkTree link when !link.getLabel().isEmpty() -> text(link.getLabel());
            case LinkTree link -> link.getReference().getSignature().replaceAll(".*[.#]", "").replaceAll("\\(.*", "");
            // Marks of HTML: what they enclose is text of its own.
            case DocTree _ -> "";
        };
    }
}

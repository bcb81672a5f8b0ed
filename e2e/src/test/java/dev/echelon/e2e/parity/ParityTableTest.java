package dev.echelon.e2e.parity;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code docs/parity.md} names tests that exist, and all cases that go through the hub. */
class ParityTableTest {

    private static final Path CHECKOUT = Path.of("").toAbsolutePath().getParent();
    private static final Pattern NAMED = Pattern.compile("`(\\w+)#(\\w+)`");
    private static final Pattern ROW = Pattern.compile("\\|(.*?)\\|(.*)\\|");
    private static final Pattern TEST_METHOD =
            Pattern.compile("@(?:Test|ParameterizedTest|Property)\\b[\\s\\S]*?\\bvoid (\\w+)\\(");

    @Test
    void everyTestThatTheTableNamesExists() throws IOException {
        Map<String, Set<String>> tests = tests();

        List<String> unknown = named(Files.readString(table())).stream()
                .filter(name -> !tests.getOrDefault(name.group(1), Set.of()).contains(name.group(2)))
                .map(MatchResult::group)
                .toList();

        assertThat(unknown).isEmpty();
    }

    @Test
    void everyRuleHasATestOrSaysThatItIsOpen() throws IOException {
        Map<String, List<String>> rules = rules();

        assertThat(rules).hasSizeGreaterThan(100);
        assertThat(rules).allSatisfy((rule, proofs) -> {
            assertThat(proofs).as(rule).isNotEmpty();
            assertThat(proofs).as(rule).satisfiesAnyOf(
                    open -> assertThat(open).singleElement().asString().matches("open(: .+)?"),
                    tests -> assertThat(tests).allMatch(test -> test.matches("`\\w+#\\w+`")));
        });
    }

    @Test
    void linesAreNoLongerThanElsewhere() throws IOException {
        assertThat(Files.readAllLines(table())).allMatch(line -> line.length() <= 120);
    }

    @Test
    void everyCaseThroughTheHubIsInTheTable() throws IOException {
        Set<String> named = new TreeSet<>();
        named(Files.readString(table())).forEach(name -> named.add(name.group(1) + "#" + name.group(2)));
        Set<String> cases = new TreeSet<>();
        tests().forEach((test, methods) -> {
            if (test.endsWith("ParityTest")) {
                methods.forEach(method -> cases.add(test + "#" + method));
            }
        });

        assertThat(cases).isNotEmpty();
        assertThat(named).containsAll(cases);
    }

    /** What proves each rule: a row without a rule belongs to the one above. */
    private static Map<String, List<String>> rules() throws IOException {
        Map<String, List<String>> rules = new LinkedHashMap<>();
        String section = "";
        String rule = "";
        for (String line : Files.readAllLines(table())) {
            if (line.startsWith("## ")) {
                section = line;
            }
            Matcher row = ROW.matcher(line);
            if (row.matches() && !line.startsWith("| rule |") && !line.startsWith("| --- |")) {
                rule = row.group(1).isBlank() ? rule : section + ": " + row.group(1).strip();
                List<String> proofs = rules.computeIfAbsent(rule, _ -> new ArrayList<>());
                if (!row.group(2).isBlank()) {
                    proofs.add(row.group(2).strip());
                }
            }
        }
        return rules;
    }

    private static Path table() {
        return CHECKOUT.resolve("docs/parity.md");
    }

    private static List<MatchResult> named(String text) {
        return NAMED.matcher(text).results().toList();
    }

    /** The methods of all test classes of the checkout, by class. */
    private static Map<String, Set<String>> tests() throws IOException {
        Map<String, Set<String>> found = new TreeMap<>();
        for (Path module : children(CHECKOUT)) {
            Path sources = module.resolve("src/test/java");
            if (Files.isDirectory(sources)) {
                try (Stream<Path> files = Files.walk(sources)) {
                    for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
                        Set<String> methods = found.computeIfAbsent(
                                file.getFileName().toString().replace(".java", ""), _ -> new TreeSet<>());
                        TEST_METHOD.matcher(Files.readString(file)).results().forEach(m -> methods.add(m.group(1)));
                    }
                }
            }
        }
        return found;
    }

    private static List<Path> children(Path folder) throws IOException {
        try (Stream<Path> children = Files.list(folder)) {
            return children.filter(Files::isDirectory).toList();
        }
    }
}

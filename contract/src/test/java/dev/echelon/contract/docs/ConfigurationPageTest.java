package dev.echelon.contract.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** {@code docs/configuration.md} has every key that a service can be configured by. */
class ConfigurationPageTest {

    private static final Path PAGE = Path.of("..", "docs", "configuration.md");
    private static final String BEGIN = "<!-- generated: keys -->\n";
    private static final String END = "<!-- end of what is generated -->\n";
    private static final String REGENERATE = "mvn -pl contract -am test -Dtest=ConfigurationPageTest"
            + " -Dconfiguration.regenerate=true -Dsurefire.failIfNoSpecifiedTests=false";

    @Test
    void theTablesSayWhatTheServicesSay() throws IOException {
        String expected = render(new ConfigurationKeys(Path.of("..")).groups());
        String page = Files.readString(PAGE);
        int begin = page.indexOf(BEGIN) + BEGIN.length();
        int end = page.indexOf(END);
        if (Boolean.getBoolean("configuration.regenerate")) {
            page = page.substring(0, begin) + expected + page.substring(end);
            Files.writeString(PAGE, page);
            end = begin + expected.length();
        }

        assertThat(expected).contains("echelon.kafka.topic-prefix", "echelon.watcher.graph.longest-pause",
                "$PRECACHE_IMG");
        assertThat(page.substring(begin, end))
                .as("docs/configuration.md differs from the services; regenerate it with: %s", REGENERATE)
                .isEqualTo(expected);
    }

    private static String render(Map<String, ConfigurationKeys.Group> groups) {
        StringBuilder page = new StringBuilder();
        groups.forEach((prefix, group) -> {
            page.append("\n### `").append(prefix).append("`: ").append(String.join(", ", group.modules()));
            page.append("\n\n| key | environment | default | |\n| --- | --- | --- | --- |\n");
            for (ConfigurationKeys.Key key : group.keys()) {
                page.append("| `").append(key.name()).append("` | `").append(environment(key.name())).append("` | ")
                        .append(key.byDefault().isEmpty() ? "–" : "`" + key.byDefault() + "`")
                        .append(" | ")
                        .append(key.meaning().replace("|", "\\|"))
                        .append(" |\n");
            }
        });
        return page.append('\n').toString();
    }

    /** MicroProfile's rule. */
    private static String environment(String key) {
        return key.replace("\"<name>\"", "_<NAME>__").replaceAll("[^A-Za-z0-9_<>]", "_").toUpperCase(Locale.ROOT);
    }
}

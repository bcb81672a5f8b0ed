package dev.echelon.watcher.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.echelon.contract.observation.Compliance;
import dev.echelon.watcher.domain.ComplianceReading.Changed;
import dev.echelon.watcher.domain.ComplianceReading.Entry;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Contract 7.3 and the soak annotation of 7.4. */
class ComplianceReadingTest {

    @ParameterizedTest(name = "{0} means {1}")
    @CsvSource(
            nullValues = "absent",
            value = {
                "Compliant, COMPLIANT",
                "NonCompliant, NON_COMPLIANT",
                "Pending, NON_COMPLIANT",
                "'', NON_COMPLIANT",
                "absent, NON_COMPLIANT",
                "compliant, NOT_MATCHED",
                "Unheard, NOT_MATCHED"
            })
    void anEntrySaysHowTheClusterStands(String text, Compliance compliance) {
        assertThat(ComplianceReading.read(List.of(new Entry("a", text))).of("a")).isEqualTo(compliance);
    }

    @Test
    void withoutAListNobodyIsCompliantAndWithAnEmptyOneNobodyIsMatched() {
        assertThat(ComplianceReading.read(null).of("a")).isEqualTo(Compliance.NON_COMPLIANT);
        assertThat(ComplianceReading.read(List.of()).of("a")).isEqualTo(Compliance.NOT_MATCHED);
    }

    @Test
    void theFirstEntryForAClusterCountsEvenIfItIsUnknown() {
        assertThat(read("a", "Compliant", "a", "NonCompliant").of("a")).isEqualTo(Compliance.COMPLIANT);
        assertThat(read("a", "Unheard", "a", "NonCompliant").of("a")).isEqualTo(Compliance.NOT_MATCHED);
    }

    @Test
    void aChangeNamesTheClustersThatAreNewGoneOrOther() {
        assertThat(read("a", "Compliant", "b", "Compliant", "c", "NonCompliant")
                        .since(read("a", "Compliant", "b", "Pending", "d", "Compliant")))
                .isEqualTo(new Changed(Set.of("b", "c", "d"), false));
        assertThat(read("a", "Pending").since(read("a", "NonCompliant")).nothing()).isTrue();
    }

    @Test
    void aListThatComesOrGoesMayChangeAnyCluster() {
        assertThat(read("a", "Compliant").since(ComplianceReading.unknown()).all()).isTrue();
        assertThat(ComplianceReading.unknown().since(read()).all()).isTrue();
        assertThat(ComplianceReading.unknown().since(ComplianceReading.unknown()).nothing()).isTrue();
    }

    @ParameterizedTest(name = "{0} means {1}")
    @CsvSource(
            nullValues = "none",
            value = {
                "none, none", "60, 60", "+60, 60", "0, 0", "-0, 0", "-1, none", "1.5, none", "60s, none", "' 60', none",
                "'', none", "99999999999, 2147483647"
            })
    void aSoakTimeIsAWholeNumberOfZeroOrMore(String annotation, Integer seconds) {
        assertThat(RootPolicyReading.soakSeconds(annotation)).isEqualTo(seconds);
    }

    private static ComplianceReading read(String... entries) {
        List<Entry> list = new java.util.ArrayList<>();
        for (int i = 0; i < entries.length; i += 2) {
            list.add(new Entry(entries[i], entries[i + 1]));
        }
        return ComplianceReading.read(list);
    }
}

package dev.echelon.api.ztp.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which policies, in which order (ZTP contract 4 and 5). */
class WaveOrderTest {

    private static final String CHILD = "policy.open-cluster-management.io/root-policy";
    private static final String COPIED = "openshift-cluster-group-upgrades/clusterGroupUpgrade";
    private static final String WAVE = "ran.openshift.io/ztp-deploy-wave";

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            abcdef 20, bcd -1, acd 10, efg 2, cdef 100     | bcd, efg, acd, abcdef, cdef
            abcdef 20, bcd -2, acd 8, efg 20, cdef 20      | bcd, acd, abcdef, cdef, efg
            abcdef 20, bcd 8, acd 8, efg 20, cdef 1        | cdef, acd, bcd, abcdef, efg
            abcdef 20, bcd 8, acd 0, abcdehhh 20, cdef 8   | acd, bcd, cdef, abcdef, abcdehhh
            """)
    void policiesAreOrderedByWaveAndThenByName(String waves, String order) {
        List<ChildPolicy> policies = new ArrayList<>();
        for (String entry : waves.split(", ")) {
            policies.add(policy("ns." + entry.split(" ")[0], entry.split(" ")[1]));
        }
        assertThat(WaveOrder.of(policies)).containsExactly(order.split(", "));
    }

    @Test
    void aNameMayHaveDotsAndAWaveMayBeLarge() {
        assertThat(WaveOrder.of(List.of(
                        policy("ztp-group.group-du-config-policy", "1000000000000000"),
                        policy("ztp-common.common-sub-4.11-policy", "2"),
                        policy("ztp-common.common-config-policy", "1"))))
                .containsExactly("common-config-policy", "common-sub-4.11-policy", "group-du-config-policy");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "+5", "007", "1000000000000000", "-9223372036854775808", "9223372036854775807"})
    void aWaveIsAnySignedIntegerOf64Bits(String wave) {
        assertThat(WaveOrder.of(List.of(policy("ns.p", wave)))).containsExactly("p");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", " 1", "1.0", "a", "1e3", "0x1", "+", "٣", "9223372036854775808"})
    void aWaveThatIsNoIntegerFailsAll(String wave) {
        assertThatThrownBy(() -> WaveOrder.of(List.of(policy("ns.good", "1"), policy("ns.bad", wave))))
                .isInstanceOf(WaveException.class)
                .hasMessageStartingWith("ran.openshift.io/ztp-deploy-wave in policy ns.bad is not an interger: "
                        + "parsing \"" + wave + "\": ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"enforce", "Enforce", "ENFORCE"})
    void aPolicyThatEnforcesIsLeftOutAndItsWaveDoesNoHarm(String action) {
        ChildPolicy enforcing =
                new ChildPolicy("ns.enforcing", Map.of(CHILD, "ns.enforcing"), Map.of(WAVE, "bad"), action);
        assertThat(WaveOrder.of(List.of(enforcing, policy("ns.p", "1")))).containsExactly("p");
    }

    @Test
    void whatIsNoChildIsACopyOrHasNoWaveIsLeftOut() {
        Map<String, String> copied = new HashMap<>(Map.of(CHILD, "ns.copied"));
        copied.put(COPIED, "cgu");
        assertThat(WaveOrder.of(List.of(
                        new ChildPolicy("ns.root", Map.of("other", "label"), Map.of(WAVE, "1"), "inform"),
                        new ChildPolicy("ns.copied", copied, Map.of(WAVE, "1"), "inform"),
                        new ChildPolicy("ns.unmanaged", Map.of(CHILD, "ns.unmanaged"), Map.of(), "inform"),
                        policy("ns.late", "20"),
                        policy("ns.early", "1"))))
                .containsExactly("early", "late");
    }

    @Test
    void aNameWithoutNamespaceIsLeftOutAfterItsWaveWasRead() {
        assertThat(WaveOrder.of(List.of(policy("plain", "1"), policy("ns.p", "2")))).containsExactly("p");
        assertThatThrownBy(() -> WaveOrder.of(List.of(policy("plain", "x")))).isInstanceOf(WaveException.class);
    }

    @Test
    void twoThatShareANameAreOneWithTheWaveOfTheLast() {
        assertThat(WaveOrder.of(List.of(policy("a.same", "1"), policy("ns.other", "5"), policy("b.same", "9"))))
                .containsExactly("other", "same");
    }

    private static ChildPolicy policy(String name, String wave) {
        return new ChildPolicy(name, Map.of(CHILD, name), Map.of(WAVE, wave), "inform");
    }
}

package dev.echelon.scheduler.domain;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SafeNamesTest {

    @Test
    void theDesiredNameIsLowerCase() {
        assertThat(SafeNames.desiredPlacementName("Cgu-A", "Policy.B")).isEqualTo("cgu-a-policy.b-placement");
    }

    @Test
    void theSameCguAlwaysGivesTheSameName() {
        String name = SafeNames.safeName("cgu-policy-placement", "ns", "uid-1", "");

        assertThat(name).matches("cgu-policy-placement-[bcdfghjklmnpqrstvwxz2456789]{5}");
        assertThat(SafeNames.safeName("cgu-policy-placement", "ns", "uid-1", "")).isEqualTo(name);
        assertThat(SafeNames.safeName("cgu-policy-placement", "ns", "uid-2", "")).isNotEqualTo(name);
    }

    @Test
    void theAnnotationGivesTheSuffix() {
        assertThat(SafeNames.safeName("a-placement", "ns", "uid", "xyz")).isEqualTo("a-placement-xyz");
    }

    @Test
    void aLongNameIsCutToWhatNamespaceAndSuffixLeaveAndEndsWell() {
        String name = SafeNames.safeName("x".repeat(241) + "..yyyyyyy", "n23456", "uid", "sfx");

        // 253 - 3 - 6 - 1 = 243, and both dots at the end go
        assertThat(name).isEqualTo("x".repeat(241) + "-sfx");
    }
}

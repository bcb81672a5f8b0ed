package dev.echelon.scheduler.domain;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The space that pre-caching needs, as people write it (contract 10.3). */
class SpaceRequiredTest {

    @ParameterizedTest
    @CsvSource({
        "40 GiB, 40", "38.5 GiB, 39", "40 GB, 38", "38.5 GB, 36", "2500000 KB, 3", "3100 MiB, 4", "3100 MB, 3",
        "2 TB, 1863", "1 PiB, 1048576", "1073741824, 1", "1073741825 B, 2", "1073741824b, 1", "40g, 38", "40gib, 40",
        "40 GIB, 38", "1 k, 1", "0, 0", ".5 GiB, 1", "5. GiB, 5", "+5 GiB, 5",
    })
    void whatUpstreamReadsIsRead(String text, String gib) {
        assertThat(SpaceRequired.read(text)).isEqualTo(new SpaceRequired.Space(gib));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "30Gi|invalid suffix: 'gi'",
                "123 ab|invalid suffix: 'ab'",
                "5 GiBs|invalid suffix: 'GiBs'",
                "5 bb|invalid suffix: 'bb'",
                "5 kbb|invalid suffix: 'kbb'",
                "-1 GiB|invalid size: '-1 GiB'",
                "GiB|invalid size: 'GiB'",
                "abc 123|strconv.ParseFloat: parsing \"abc 123\": invalid syntax",
                "40  GiB|strconv.ParseFloat: parsing \"40 \": invalid syntax",
                "' '|strconv.ParseFloat: parsing \"\": invalid syntax",
                "1.2.3|strconv.ParseFloat: parsing \"1.2.3\": invalid syntax",
                "99999999999 PiB|invalid size: '99999999999 PiB'",
            })
    void whatUpstreamRefusesIsRefusedInItsWords(String text, String error) {
        assertThat(SpaceRequired.read(text)).isEqualTo(new SpaceRequired.Unreadable(error));
    }
}

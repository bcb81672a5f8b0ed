package dev.echelon.contract.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.echelon.contract.Topic;
import java.nio.charset.StandardCharsets;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.junit.jupiter.api.Test;

class PartitionsTest {

    @Test
    void aKeyOfAnUpgradeGoesWhereKafkasOwnPartitionerPutsIt() {
        IntStream.range(0, 200).mapToObj(each -> "ztp/upgrade-" + each).forEach(key ->
                assertThat(Partitions.of(Topic.COMMANDS, key, 12))
                        .as(key)
                        .isEqualTo(BuiltInPartitioner.partitionForKey(key.getBytes(StandardCharsets.UTF_8), 12)));
    }

    @Test
    void allIntentsOfOneSpokeShareAPartitionWhicheverUpgradeTheyBelongTo() {
        var partitions = IntStream.range(0, 200)
                .map(each -> Partitions.of(Topic.INTENTS, "sno1|ztp/upgrade-" + each, 24))
                .distinct();

        assertThat(partitions.toArray()).hasSize(1);
    }

    @Test
    void spokesAreSpreadOverThePartitions() {
        var partitions = IntStream.range(0, 500)
                .map(each -> Partitions.of(Topic.INTENTS, "sno" + each + "|ztp/upgrade", 24))
                .distinct();

        assertThat(partitions.toArray()).hasSize(24);
    }
}

package dev.echelon.embeddedkafka;

import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Makes Kafka's loggers say only what matters, unless the host has configured them. A broker's INFO is for those who
 * run brokers; in one process with four services it would bury what they have to say.
 */
final class BrokerLogging {

    private static final Map<String, Level> LEVELS = Map.of(
            "kafka", Level.WARNING,
            "org.apache.kafka", Level.WARNING,
            "state.change.logger", Level.WARNING,
            // Warns whenever a new cluster gets its first records.
            "org.apache.kafka.controller.QuorumController", Level.SEVERE,
            // Warns at each stop of a broker. Clients in this process tell of a broker that is away by their health.
            "org.apache.kafka.clients.NetworkClient", Level.SEVERE,
            // Prints a stack trace for each request that comes before the one controller has elected itself; who asked
            // is told of the error too, and asks again.
            "kafka.server.ControllerApis", Level.OFF);

    // Held here because java.util.logging itself holds loggers weakly, and a level goes with its logger.
    private static final List<Logger> LOGGERS = LEVELS.keySet().stream().map(Logger::getLogger).toList();

    private BrokerLogging() {
    }

    /** Takes effect where SLF4J leads to java.util.logging or JBoss LogManager, as it does in Quarkus. */
    static void quieten() {
        for (var logger : LOGGERS) {
            if (logger.getLevel() == null) {
                logger.setLevel(LEVELS.get(logger.getName()));
            }
        }
    }
}

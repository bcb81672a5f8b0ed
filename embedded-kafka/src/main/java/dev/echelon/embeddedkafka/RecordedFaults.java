package dev.echelon.embeddedkafka;

import java.util.concurrent.CompletableFuture;
import kafka.server.FaultHandlerFactory;
import org.apache.kafka.server.fault.FaultHandler;
import org.apache.kafka.server.fault.FaultHandlerException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Remembers a broker's fault for its host to act on, where Kafka's own handler would end the process of the host. */
final class RecordedFaults implements FaultHandlerFactory {

    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedKafka.class);

    private final CompletableFuture<Throwable> fault = new CompletableFuture<>();

    CompletableFuture<Throwable> fault() {
        return fault;
    }

    @Override
    public FaultHandler build(String name, boolean fatal, Runnable action) {
        return new Handler(name, fatal, action);
    }

    private final class Handler implements FaultHandler {

        private final String name;
        private final boolean fatal;
        private final Runnable action;

        Handler(String name, boolean fatal, Runnable action) {
            this.name = name;
            this.fatal = fatal;
            this.action = action;
        }

        @Override
        public RuntimeException handleFault(String message, Throwable cause) {
            var exception = new FaultHandlerException(name + ": " + message, cause);
            action.run();
            if (fatal) {
                LOG.error("The embedded broker met a fault that it cannot go on after; restart this process",
                        exception);
                fault.complete(exception);
            } else {
                LOG.error("The embedded broker met a fault and goes on", exception);
            }
            return exception;
        }
    }
}

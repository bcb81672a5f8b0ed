package dev.echelon.kubeapi;

import org.junit.jupiter.api.Nested;

/** Conformity of this module's server over a store in memory. */
class InMemoryConformityIT {
    @Nested
    class Objects extends ObjectConformity {
        Objects() {
            super(Servers.inMemory());
        }
    }

    @Nested
    class BadInput extends BadInputConformity {
        BadInput() {
            super(Servers.inMemory());
        }
    }

    @Nested
    class Reading extends ReadConformity {
        Reading() {
            super(Servers.inMemory());
        }
    }

    @Nested
    class Watches extends WatchConformity {
        Watches() {
            super(Servers.inMemory());
        }
    }

    @Nested
    class Clients extends ClientConformity {
        Clients() {
            super(Servers.inMemory());
        }
    }
}

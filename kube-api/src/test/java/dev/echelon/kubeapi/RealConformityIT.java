package dev.echelon.kubeapi;

import org.junit.jupiter.api.Nested;

/** The same suite against Kubernetes' own API server: it says what conformity is. */
class RealConformityIT {
    @Nested
    class Objects extends ObjectConformity {
        Objects() {
            super(Servers.real());
        }
    }

    @Nested
    class BadInput extends BadInputConformity {
        BadInput() {
            super(Servers.real());
        }
    }

    @Nested
    class Reading extends ReadConformity {
        Reading() {
            super(Servers.real());
        }
    }

    @Nested
    class Watches extends WatchConformity {
        Watches() {
            super(Servers.real());
        }
    }

    @Nested
    class Clients extends ClientConformity {
        Clients() {
            super(Servers.real());
        }
    }
}

package dev.echelon.kubeapi;

import dev.echelon.hubfixture.RealHub;
import dev.echelon.kubeapi.json.Json;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;

/** The servers that conformity is tested on. Each is started once, for all tests of a run. */
final class Servers {
    private static HttpApi inMemory;
    private static HttpApi real;

    private Servers() {
    }

    /** This module over a store in memory. */
    static synchronized HttpApi inMemory() {
        if (inMemory == null) {
            inMemory = new HttpApi(ApiServer.start().url(), "none");
        }
        return inMemory;
    }

    /** Kubernetes' own; where there is none, the test is skipped. */
    static synchronized HttpApi real() {
        Optional<String> missing = RealHub.ownMissing();
        missing.ifPresent(why -> System.out.println("skipped: " + why));
        Assumptions.assumeTrue(missing.isEmpty(), missing.orElse(""));
        if (real == null) {
            real = startReal();
        }
        return real;
    }

    private static HttpApi startReal() {
        RealHub server = RealHub.start();
        Runtime.getRuntime().addShutdownHook(new Thread(server::close));
        HttpApi api = new HttpApi(server.client().getMasterUrl().toString().replaceFirst("/$", ""), "admin-token");
        api.post("/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
                new String(Json.encode(ApiServer.crd()), StandardCharsets.UTF_8));
        Awaitility.await("the CRD is served").atMost(Duration.ofSeconds(60)).until(() ->
                api.get("/apis/test.echelon.dev/v1/widgets").code() == 200
                        && api.get("/openapi/v3/apis/test.echelon.dev/v1").code() == 200);
        return api;
    }
}

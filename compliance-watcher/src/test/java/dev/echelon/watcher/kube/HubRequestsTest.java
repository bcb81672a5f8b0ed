package dev.echelon.watcher.kube;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HubRequestsTest {

    private static final String OCM = "https://hub:6443/apis/cluster.open-cluster-management.io/v1";

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({
        "GET, /managedclusters?limit=500, list, managedclusters",
        "GET, /managedclusters?limit=500&resourceVersion=7&watch=true, watch, managedclusters",
        "GET, /managedclusters/sno1, get, managedclusters",
        "GET, /namespaces/sno1/policies, list, policies",
        "GET, /namespaces/sno1/policies/p, get, policies",
        "PATCH, /namespaces/sno1/policies/p/status, patch, policies/status",
        "POST, /namespaces/sno1/policies, create, policies",
        "PUT, /managedclusters/sno1, update, managedclusters",
        "DELETE, /managedclusters/sno1, delete, managedclusters",
        "DELETE, /managedclusters, deletecollection, managedclusters"
    })
    void aRequestIsNamedInTheWordsOfRbac(String method, String path, String verb, String resource) {
        assertThat(HubRequests.Request.of(method, URI.create(OCM + path)))
                .isEqualTo(new HubRequests.Request(verb, resource));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "/version, get, none",
        "/api/v1/namespaces, list, namespaces",
        "/api/v1/namespaces/a, get, namespaces",
        "/api/v1/namespaces/a/secrets, list, secrets"
    })
    void coreResourcesAndPathsOfNoResourceAreNamedToo(String path, String verb, String resource) {
        assertThat(HubRequests.Request.of("GET", URI.create("https://hub:6443" + path)))
                .isEqualTo(new HubRequests.Request(verb, resource));
    }
}

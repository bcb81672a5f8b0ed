package dev.echelon.watcher.kube;

import dev.echelon.hubclient.HubFailures;
import dev.echelon.hubclient.HubRequest;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Notices what informers keep to themselves: that the hub does not answer for a resource, and that a watch begins anew,
 * after that or after another list.
 */
final class HubRequests implements Interceptor {

    private final Consumer<String> reconnected;
    private final Map<String, String> failures = new ConcurrentHashMap<>();
    private final Set<String> anew = ConcurrentHashMap.newKeySet();

    /**
     * @param reconnected given the resource whose watch has begun anew
     */
    HubRequests(Consumer<String> reconnected) {
        this.reconnected = reconnected;
    }

    @Override
    public void after(HttpRequest request, HttpResponse<?> response, AsyncBody.Consumer<List<ByteBuffer>> consumer) {
        HubRequest seen = HubRequest.of(request);
        // 101: watches are web sockets where the server has them.
        if (!response.isSuccessful() && response.code() != 101) {
            failed(seen, "the hub answers " + response.code() + " to " + seen.verb());
            return;
        }
        failures.remove(seen.resource());
        if (seen.verb().equals("list")) {
            anew.add(seen.resource());
        } else if (seen.verb().equals("watch") && anew.remove(seen.resource())) {
            reconnected.accept(seen.resource());
        }
    }

    @Override
    public void afterConnectionFailure(HttpRequest request, Throwable failure) {
        failed(HubRequest.of(request), "the hub cannot be reached: " + HubFailures.inWords(failure));
    }

    /** Why the last request about a resource failed; empty when it did not. */
    Optional<String> failure(String resource) {
        return Optional.ofNullable(failures.get(resource));
    }

    private void failed(HubRequest request, String reason) {
        failures.put(request.resource(), reason);
        anew.add(request.resource());
    }
}

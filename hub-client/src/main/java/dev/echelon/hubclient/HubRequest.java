package dev.echelon.hubclient;

import io.fabric8.kubernetes.client.http.HttpRequest;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What a request to the hub is about, in the words of Kubernetes' own RBAC.
 *
 * @param verb {@code get}, {@code list}, {@code watch}, {@code create}, {@code update}, {@code patch}, {@code delete},
 *     {@code deletecollection}
 * @param resource the plural name, with the subresource after a slash; {@code none} for a path of no resource
 */
public record HubRequest(String verb, String resource) {

    /** What this request is about. */
    public static HubRequest of(HttpRequest request) {
        return of(request.method(), request.uri());
    }

    /** What a request with this method is about. */
    public static HubRequest of(String method, URI uri) {
        Target target = Target.of(uri.getPath());
        return new HubRequest(verb(method, uri.getQuery(), target), target.resource());
    }

    private static String verb(String method, String query, Target target) {
        return switch (method) {
            case "GET" -> {
                if (query != null && query.contains("watch=true")) {
                    yield "watch";
                }
                yield target.named() || target.equals(Target.NONE) ? "get" : "list";
            }
            case "POST" -> "create";
            case "PUT" -> "update";
            case "PATCH" -> "patch";
            case "DELETE" -> target.named() ? "delete" : "deletecollection";
            default -> method.toLowerCase(Locale.ROOT);
        };
    }

    /** What a path of the API names: {@code /apis/<group>/<version>[/namespaces/<ns>]/<resource>[/<name>[/<sub>]]}. */
    private record Target(String resource, boolean named) {

        /** Not a resource: {@code /version}, for one. */
        private static final Target NONE = new Target("none", false);

        static Target of(String path) {
            List<String> parts = Arrays.stream(path.split("/")).filter(part -> !part.isEmpty()).toList();
            int start = parts.indexOf("apis");
            start = start >= 0 ? start + 3 : parts.indexOf("api") + 2;
            if (start < 2 || start >= parts.size()) {
                return NONE;
            }
            // A namespace is itself a resource: only with something after its name is it where the resource lies.
            if (parts.get(start).equals("namespaces") && parts.size() > start + 2) {
                start += 2;
            }
            String resource = parts.get(start);
            return parts.size() > start + 2
                    ? new Target(resource + "/" + parts.get(start + 2), true)
                    : new Target(resource, parts.size() > start + 1);
        }
    }
}

package dev.echelon.kubeapi;

import java.util.Locale;

/** What a request wants of a resource. */
enum Verb {
    GET, LIST, WATCH, CREATE, UPDATE, PATCH, DELETE, DELETECOLLECTION,
    CUSTOM_GET, CUSTOM_CREATE, CUSTOM_UPDATE, CUSTOM_PATCH, CUSTOM_DELETE;

    /**
     * The verb that method and path mean.
     *
     * @throws ApiException 404 where the subresource does not exist, 405 where it or the resource has no such verb
     */
    static Verb of(Exchange exchange, Target target) {
        String method = exchange.method().equals("HEAD") ? "GET" : exchange.method();
        if (!target.subresource().isEmpty()) {
            return target.subresource().equals("status") && target.kind().statusSubresource()
                    ? ofStatus(method) : ofCustom(method, target);
        }
        Verb verb = switch (method) {
            case "GET" -> exchange.flag("watch") ? WATCH : target.isCollection() ? LIST : GET;
            case "POST" -> target.isCollection() ? CREATE : null;
            case "PUT" -> target.isCollection() ? null : UPDATE;
            case "PATCH" -> target.isCollection() ? null : PATCH;
            case "DELETE" -> target.isCollection() ? DELETECOLLECTION : DELETE;
            default -> null;
        };
        boolean needsNamespace = target.kind().namespaced() && target.namespace().isEmpty();
        if (verb == null || needsNamespace && verb == DELETECOLLECTION) {
            exchange.allow(target.isCollection() ? "GET, POST, DELETE" : "GET, PUT, PATCH, DELETE");
            throw ApiException.methodNotAllowed();
        }
        return verb;
    }

    private static Verb ofStatus(String method) {
        return switch (method) {
            case "GET" -> GET;
            case "PUT" -> UPDATE;
            case "PATCH" -> PATCH;
            default -> throw ApiException.methodNotAllowed();
        };
    }

    private static Verb ofCustom(String method, Target target) {
        Served.Subresource subresource = target.served().subresources().get(target.subresource());
        if (subresource == null) {
            throw ApiException.noSuchPath();
        }
        Verb verb = switch (method) {
            case "GET" -> CUSTOM_GET;
            case "POST" -> CUSTOM_CREATE;
            case "PUT" -> CUSTOM_UPDATE;
            case "PATCH" -> CUSTOM_PATCH;
            case "DELETE" -> CUSTOM_DELETE;
            default -> throw ApiException.methodNotAllowed();
        };
        if (!subresource.verbs().contains(verb.rbac())) {
            throw ApiException.methodNotAllowed();
        }
        return verb;
    }

    /** The verb in the words of RBAC. */
    String rbac() {
        return name().toLowerCase(Locale.ROOT).replace("custom_", "");
    }
}

package dev.echelon.kubeapi;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.echelon.kubeapi.select.FieldSelector;
import dev.echelon.kubeapi.select.LabelSelector;
import java.util.Optional;

/** The part of a collection that a request is about: namespace, label selector, field selector, name. */
record Selection(Target target, LabelSelector labels, FieldSelector fields) {
    /** Reads the selectors of a request. @throws ApiException 400 where one cannot be read */
    static Selection of(Exchange exchange, Target target) {
        try {
            String fields = exchange.query("fieldSelector").orElse("");
            // Watching one object by its URL is watching the collection for its name.
            String all = target.isCollection() ? fields : "metadata.name=" + target.name() + "," + fields;
            return new Selection(target, LabelSelector.parse(exchange.query("labelSelector").orElse("")),
                    FieldSelector.parse(all, target.served()::selectable));
        } catch (IllegalArgumentException e) {
            throw ApiException.badRequest(e.getMessage());
        }
    }

    boolean isEmpty() {
        return labels.isEmpty() && fields.isEmpty();
    }

    boolean matches(ObjectNode object) {
        return labels.matches(object) && fields.matches(object);
    }

    /** The namespace to look in: the one of the URL, else the one that the field selector demands. */
    Optional<String> namespace() {
        return target.scope().or(() -> target.kind().namespaced() ? fields.required("metadata.namespace")
                : Optional.empty());
    }

    /** What the store has of it now. */
    Listing list() {
        Listing listing = target.served().store().list(target.kind(), namespace());
        return new Listing(Reads.select(listing, this), listing.resourceVersion());
    }
}

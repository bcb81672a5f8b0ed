package dev.echelon.watcher.kube;

import dev.echelon.hubclient.HubContact;
import dev.echelon.hubclient.HubFailures;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.FilterWatchListDeletable;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.HttpURLConnection;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * One kind of the hub: a list, then a watch, for ever. What breaks is taken up again; an expired version (410) is
 * listed anew. The hub may be away, and may not have the kind at all: that is looked for again and again too.
 */
final class WatchedKind<T extends HasMetadata> implements AutoCloseable {

    private static final Logger LOG = System.getLogger(WatchedKind.class.getName());
    /** Keeps one answer, and so the memory that parsing takes, small in a fleet of thousands. */
    private static final long PAGE = 500;

    /** How it stands with the kind. */
    sealed interface State {

        /** Not listed yet; {@code reason} is empty while the first attempt runs. */
        record Connecting(String reason) implements State {}

        /** All objects are known and changes come in. */
        record Watching() implements State {}

        /** The hub does not know the kind, so there are no objects of it. */
        record NotInstalled() implements State {}

        /** What is known may be out of date. */
        record Interrupted(String reason) implements State {}
    }

    private final HubRequests requests;
    private final HubContact contact;
    private final String plural;
    private final SharedIndexInformer<T> informer;
    private final CompletableFuture<Void> known = new CompletableFuture<>();
    private volatile State trouble = new State.Connecting("");
    private volatile boolean listed;

    /** Says which objects of the kind are looked at; the hub leaves the others out. */
    @FunctionalInterface
    interface Selection<T extends HasMetadata>
            extends UnaryOperator<FilterWatchListDeletable<T, KubernetesResourceList<T>, Resource<T>>> {

        /** All of them. */
        static <T extends HasMetadata> Selection<T> all() {
            return objects -> objects;
        }
    }

    /**
     * @param requests knows of failures that the informer works on without a word
     */
    WatchedKind(
            KubernetesClient hub,
            HubRequests requests,
            Class<T> type,
            Supplier<T> newObject,
            Selection<T> selection,
            Intake<T> intake) {
        this.requests = requests;
        this.contact = HubContact.of(hub);
        this.plural = HasMetadata.getPlural(type);
        this.informer = selection.apply(hub.resources(type).inAnyNamespace())
                .withLimit(PAGE)
                .runnableInformer(0)
                .removeNamespaceIndex()
                .itemStore(new IntakeStore<>(newObject, intake))
                .exceptionHandler((started, failure) -> failed(failure));
    }

    void start() {
        informer.start().thenRun(() -> {
            listed = true;
            known.complete(null);
        });
    }

    String plural() {
        return plural;
    }

    /** Completes when every object of the kind has been taken in, or the hub has said that it has no such kind. */
    CompletableFuture<Void> known() {
        return known;
    }

    State state() {
        if (!listed) {
            return trouble;
        }
        // The client tells of a watch that it begins anew only by its requests.
        return requests.failure(plural)
                .or(() -> informer.isWatching() ? Optional.empty() : Optional.of("the watch is begun anew"))
                .<State>map(State.Interrupted::new)
                .orElseGet(State.Watching::new);
    }

    @Override
    public void close() {
        informer.close();
    }

    /** Always to be tried again. */
    private boolean failed(Throwable failure) {
        Throwable cause = failure instanceof CompletionException && failure.getCause() != null
                ? failure.getCause()
                : failure;
        String reason = HubFailures.inWords(failure);
        boolean notInstalled = cause instanceof KubernetesClientException answered
                && answered.getCode() == HttpURLConnection.HTTP_NOT_FOUND;
        if (notInstalled && !listed) {
            if (!(trouble instanceof State.NotInstalled)) {
                LOG.log(Level.WARNING, "the hub has no {0}; it is looked for again", plural);
            }
            trouble = new State.NotInstalled();
            known.complete(null);
        } else {
            State now = listed ? new State.Interrupted(reason) : new State.Connecting(reason);
            // Of a hub that is away one line tells for all kinds.
            if (!contact.failed(failure) && !now.equals(trouble)) {
                LOG.log(Level.WARNING, "the watch of {0} is taken up again: reason={1}", plural, reason);
            }
            trouble = now;
        }
        return true;
    }
}

package dev.echelon.watcher.kube;

import dev.echelon.hubclient.HubClients;
import dev.echelon.hubclient.HubContact;
import dev.echelon.watcher.domain.HubChange;
import dev.echelon.watcher.domain.PolicyInspection.Yaml;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The hub, looked at: one list and one watch for each kind, over all namespaces. Of kinds of which a hub may have many
 * that concern no upgrade, only those are asked for that may. Nothing is polled and nothing is written.
 */
public final class HubWatch implements AutoCloseable {

    private final KubernetesClient client;
    private final List<WatchedKind<?>> kinds;

    /**
     * @param hub tells where the hub is and who we are; it is not used itself, because how patient and how counted its
     *     requests are is each service's own matter
     * @param changes told of what the hub shows, in order for each object; must not block
     * @param reconnected called when something may have been missed
     */
    public HubWatch(KubernetesClient hub, MeterRegistry metrics, Consumer<HubChange> changes, Runnable reconnected) {
        HubRequests requests = new HubRequests(kind -> reconnected.run());
        this.client = HubClients.counted(hub.getConfiguration(), "compliance-watcher", metrics, _ -> {}, requests);
        Yaml yaml = text -> client.getKubernetesSerialization().unmarshal(text, Object.class);
        this.kinds = List.of(
                kind(requests, HubManagedCluster.class, HubManagedCluster::new, all(), new ClusterIntake(changes)),
                kind(requests, HubPolicy.class, HubPolicy::new, all(), new PolicyIntake(changes, yaml)),
                kind(requests, HubPlacementBinding.class, HubPlacementBinding::new, all(), new BindingIntake(changes)),
                kind(
                        requests,
                        HubPreCachingConfig.class,
                        HubPreCachingConfig::new,
                        all(),
                        NamedIntakes.configs(changes)),
                kind(
                        requests,
                        ConfigMap.class,
                        ConfigMap::new,
                        objects -> objects.withField("metadata.name", NamedIntakes.OVERRIDES),
                        NamedIntakes.overrides(changes)),
                kind(
                        requests,
                        HubManifestWorkReplicaSet.class,
                        HubManifestWorkReplicaSet::new,
                        all(),
                        NamedIntakes.templates(changes)),
                kind(
                        requests,
                        HubManifestWork.class,
                        HubManifestWork::new,
                        ofRollouts(),
                        RolloutIntakes.works(changes)),
                kind(
                        requests,
                        HubPlacement.class,
                        HubPlacement::new,
                        ofRollouts(),
                        RolloutIntakes.placements(changes)));
    }

    private static <T extends HasMetadata> WatchedKind.Selection<T> all() {
        return WatchedKind.Selection.all();
    }

    /** Those that rollouts made, of this installation or of its predecessor. */
    private static <T extends HasMetadata> WatchedKind.Selection<T> ofRollouts() {
        return objects -> objects.withLabel(Owner.NAME_LABEL).withLabel(Owner.NAMESPACE_LABEL);
    }

    private <T extends HasMetadata> WatchedKind<T> kind(
            HubRequests requests,
            Class<T> type,
            Supplier<T> newObject,
            WatchedKind.Selection<T> selection,
            Intake<T> intake) {
        return new WatchedKind<>(client, requests, type, newObject, selection, intake);
    }

    /** Starts to look, in the background. */
    public void start() {
        kinds.forEach(WatchedKind::start);
    }

    /** Completes when all that the hub shows has been handed over once. It may take for ever. */
    public CompletionStage<Void> known() {
        return CompletableFuture.allOf(
                kinds.stream().map(WatchedKind::known).toArray(CompletableFuture[]::new));
    }

    /** Whether all that is known is up to date: each kind is watched, or the hub does not have it. */
    public boolean isCurrent() {
        return kinds.stream().map(WatchedKind::state).allMatch(state -> switch (state) {
            case WatchedKind.State.Watching watching -> true;
            case WatchedKind.State.NotInstalled missing -> true;
            case WatchedKind.State.Connecting connecting -> false;
            case WatchedKind.State.Interrupted interrupted -> false;
        });
    }

    /** That the hub is away, and why; empty where it is not. */
    public Optional<String> away() {
        return HubContact.of(client).problem();
    }

    /** How it stands with each kind, in words, by its plural name. */
    public Map<String, String> describe() {
        Map<String, String> states = new TreeMap<>();
        for (WatchedKind<?> kind : kinds) {
            states.put(kind.plural(), switch (kind.state()) {
                case WatchedKind.State.Watching watching -> "watching";
                case WatchedKind.State.NotInstalled missing ->
                    "not installed on the hub; install its CustomResourceDefinition";
                case WatchedKind.State.Connecting(String reason) ->
                    reason.isEmpty() ? "connecting" : "connecting: " + reason;
                case WatchedKind.State.Interrupted(String reason) -> "interrupted: " + reason;
            });
        }
        return states;
    }

    @Override
    public void close() {
        kinds.forEach(WatchedKind::close);
        client.close();
    }
}

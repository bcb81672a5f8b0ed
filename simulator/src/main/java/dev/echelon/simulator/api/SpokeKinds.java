package dev.echelon.simulator.api;

import dev.echelon.kubeapi.PrinterColumn;
import dev.echelon.kubeapi.ResourceKind;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * The kinds that the spokes serve. There is a set of known ones; a kind that a policy, an action or a manifest work
 * brings along is added when it is first seen, with the plural that its name suggests.
 */
public final class SpokeKinds {
    /** Namespaces. */
    public static final ResourceKind NAMESPACE = HubKinds.NAMESPACE;
    /** ConfigMaps. */
    public static final ResourceKind CONFIG_MAP = ResourceKind.namespaced("v1", "ConfigMap", "configmaps", "cm");
    /** Jobs, with the columns that kubectl has for them. */
    public static final ResourceKind JOB = ResourceKind.namespaced("batch/v1", "Job", "jobs").withStatus().withColumns(
            PrinterColumn.text("Completions", ".metadata.annotations['" + SpokeKinds.COMPLETIONS + "']"),
            new PrinterColumn("Duration", "string", PrinterColumn.ELAPSED, "From the start to the end, or to now",
                    ".metadata.annotations['" + SpokeKinds.RUNNING + "']", 0),
            PrinterColumn.age("Age", ".metadata.creationTimestamp"));
    /** Pods. */
    public static final ResourceKind POD = ResourceKind.namespaced("v1", "Pod", "pods", "po").withStatus().withColumns(
            PrinterColumn.text("Status", ".status.phase"), PrinterColumn.age("Age", ".metadata.creationTimestamp"));
    /** Nodes. */
    public static final ResourceKind NODE = ResourceKind.clusterScoped("v1", "Node", "nodes", "no").withStatus()
            .withColumns(PrinterColumn.text("Status", ".status.conditions[?(@.status==\"True\")].type"),
                    PrinterColumn.text("Roles", ".metadata.annotations['" + SpokeKinds.ROLES + "']"),
                    PrinterColumn.age("Age", ".metadata.creationTimestamp"),
                    PrinterColumn.text("Version", ".status.nodeInfo.kubeletVersion"));
    /** The platform's version. */
    public static final ResourceKind CLUSTER_VERSION = ResourceKind.clusterScoped("config.openshift.io/v1",
            "ClusterVersion", "clusterversions").withStatus().withColumns(
            PrinterColumn.text("Version", ".status.history[?(@.state==\"Completed\")].version"),
            PrinterColumn.text("Available", ".status.conditions[?(@.type==\"Available\")].status"),
            PrinterColumn.text("Progressing", ".status.conditions[?(@.type==\"Progressing\")].status"),
            PrinterColumn.age("Since", ".status.conditions[?(@.type==\"Progressing\")].lastTransitionTime"),
            PrinterColumn.text("Status", ".status.conditions[?(@.type==\"Progressing\")].message"));

    /** Annotation of a job: how many of its pods are done, as {@code 0/1}. */
    public static final String COMPLETIONS = "simulator.echelon.dev/completions";
    /** Annotation of a job: when it started, a slash, and when it ended. */
    public static final String RUNNING = "simulator.echelon.dev/running";
    /** Annotation of a node. */
    public static final String ROLES = "simulator.echelon.dev/roles";

    /** Subscriptions to operators. */
    public static final ResourceKind SUBSCRIPTION = ResourceKind.namespaced("operators.coreos.com/v1alpha1",
            "Subscription", "subscriptions", "sub", "subs").withStatus().withColumns(
            PrinterColumn.text("Package", ".spec.name"), PrinterColumn.text("Source", ".spec.source"),
            PrinterColumn.text("Channel", ".spec.channel"));
    /** What operators' installations wait for. */
    public static final ResourceKind INSTALL_PLAN = ResourceKind.namespaced("operators.coreos.com/v1alpha1",
            "InstallPlan", "installplans", "ip").withStatus().withColumns(
            PrinterColumn.text("CSV", ".spec.clusterServiceVersionNames[0]"),
            PrinterColumn.text("Approval", ".spec.approval"), PrinterColumn.text("Approved", ".spec.approved"));

    private static final List<ResourceKind> KNOWN = List.of(NAMESPACE, CONFIG_MAP,
            ResourceKind.namespaced("v1", "Secret", "secrets"),
            ResourceKind.namespaced("v1", "ServiceAccount", "serviceaccounts", "sa"), JOB, POD, NODE, CLUSTER_VERSION,
            ResourceKind.clusterScoped("rbac.authorization.k8s.io/v1", "ClusterRoleBinding", "clusterrolebindings"),
            SUBSCRIPTION, INSTALL_PLAN,
            ResourceKind.namespaced("operators.coreos.com/v1alpha1", "CatalogSource", "catalogsources", "catsrc")
                    .withStatus());

    private final Map<String, ResourceKind> byType = new ConcurrentHashMap<>();
    private final List<Consumer<ResourceKind>> listeners = new CopyOnWriteArrayList<>();

    /** The known kinds. */
    public SpokeKinds() {
        KNOWN.forEach(kind -> byType.put(kind.apiVersion() + "/" + kind.kind(), kind));
    }

    /** All kinds so far. */
    public List<ResourceKind> all() {
        return List.copyOf(byType.values());
    }

    /** Tells of every kind that is added from now on. */
    public void onNew(Consumer<ResourceKind> listener) {
        listeners.add(listener);
    }

    /** The kind of an object that names its type; added where it is new. */
    public ResourceKind of(String apiVersion, String kind, boolean namespaced) {
        ResourceKind[] added = new ResourceKind[1];
        ResourceKind found = byType.computeIfAbsent(apiVersion + "/" + kind, _ -> added[0] = guessed(apiVersion, kind,
                namespaced));
        if (added[0] != null) {
            listeners.forEach(listener -> listener.accept(found));
        }
        return found;
    }

    private static ResourceKind guessed(String apiVersion, String kind, boolean namespaced) {
        String singular = kind.toLowerCase(Locale.ROOT);
        String plural = singular.endsWith("s") || singular.endsWith("x") ? singular + "es"
                : singular.endsWith("y") ? singular.substring(0, singular.length() - 1) + "ies" : singular + "s";
        return (namespaced ? ResourceKind.namespaced(apiVersion, kind, plural)
                : ResourceKind.clusterScoped(apiVersion, kind, plural)).withStatus();
    }

    /**
     * The kind that a resource name means, as in a ManagedClusterView: plural, singular or short name, in any case,
     * with or without a group as in {@code Subscription.operators.coreos.com}.
     */
    public Optional<ResourceKind> named(String resource) {
        String wanted = resource.toLowerCase(Locale.ROOT);
        int dot = wanted.indexOf('.');
        String name = dot < 0 ? wanted : wanted.substring(0, dot);
        String group = dot < 0 ? "" : wanted.substring(dot + 1);
        return byType.values().stream().filter(kind -> dot < 0 || kind.group().equals(group)
                || (kind.version() + "." + kind.group()).equals(group)).filter(kind -> kind.plural().equals(name)
                || kind.singular().equals(name) || kind.shortNames().contains(name)).findFirst();
    }
}

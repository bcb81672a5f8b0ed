package dev.echelon.simulator.fleet;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.echelon.kubeapi.ApiException;
import dev.echelon.kubeapi.ResourceKind;
import dev.echelon.kubeapi.json.Json;
import dev.echelon.simulator.api.HubKinds;
import dev.echelon.simulator.fleet.PolicyContent.Template;
import dev.echelon.simulator.fleet.PolicyContent.Wish;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The policy framework of a spoke: evaluates the replicated policies in its hub namespace against the spoke's objects,
 * reports compliance in their status, and makes enforced ones true. Evaluation is by level: any change that may matter
 * leads to a look at everything that may have changed, and only what differs from what was reported is written.
 */
final class PolicyAgent {
    /** After it has acted, the framework lets things settle before it acts again, by the wall's clock. */
    private static final Duration REST = Duration.ofSeconds(1);

    private static final class Held {
        private Replica latest;
        private Replica inForce;
        private String reported = "";
        private long written;
        private boolean remediating;
        private boolean flapping;
        private boolean down;

        String policy() {
            return latest.root().substring(latest.root().indexOf('.') + 1);
        }
    }

    private final Spoke spoke;
    private final Map<String, Held> held = new LinkedHashMap<>(4);
    private final Set<String> opaqueDone = new HashSet<>(1);

    PolicyAgent(Spoke spoke) {
        this.spoke = spoke;
    }

    /** The replica is as given. */
    void seen(Replica replica) {
        Held one = held.computeIfAbsent(replica.root(), _ -> new Held());
        if (one.latest != null && replica.version() < one.latest.version()) {
            return;
        }
        one.latest = replica;
        if (replica.version() >= one.written) {
            // What is older does not show yet what was reported meanwhile.
            one.reported = replica.compliance();
        }
        if (spoke.online()) {
            one.inForce = replica;
            look(one);
        }
    }

    /** The replica is no more. */
    void gone(String root) {
        held.remove(root);
    }

    /** The hub is there again. */
    void catchUp() {
        List.copyOf(held.values()).forEach(one -> {
            one.inForce = one.latest;
            look(one);
        });
    }

    /** Something of this kind has changed on the spoke. */
    void changed(ResourceKind kind) {
        for (Held one : List.copyOf(held.values())) {
            if (one.inForce != null && one.inForce.content().concerns(kind.kind())) {
                look(one);
            }
        }
    }

    /** Looks at everything again, because a switch has been turned. */
    void lookAgain() {
        List.copyOf(held.values()).stream().filter(one -> one.inForce != null).forEach(this::look);
    }

    private void look(Held one) {
        PolicyContent content = one.inForce.content();
        boolean complies = complies(one, content);
        report(one, complies);
        if (!complies && one.inForce.enforced() && !one.remediating && !one.down
                && !spoke.troubles().neverComplies(one.policy())) {
            remediate(one);
        }
        if (complies && !one.flapping) {
            spoke.troubles().flaps(one.policy()).ifPresent(every -> flap(one, every));
        }
    }

    private boolean complies(Held one, PolicyContent content) {
        return !one.down && !spoke.troubles().neverComplies(one.policy()) && content.templates().stream()
                .allMatch(template -> complies(one, template));
    }

    private boolean complies(Held one, Template template) {
        return template.wishes().stream().allMatch(wish -> switch (wish) {
            case Wish.Present(ObjectNode object) -> find(object).map(found -> Musthave.holds(found, object))
                    .orElse(false);
            case Wish.Absent(ObjectNode object) -> find(object).isEmpty();
            case Wish.Opaque(String what) ->
                opaqueDone.contains(one.latest.root() + "/" + template.name() + "/" + what);
        });
    }

    private java.util.Optional<ObjectNode> find(ObjectNode wanted) {
        return spoke.objects().get(spoke.objects().kindOf(wanted), namespace(wanted), name(wanted));
    }

    private void flap(Held one, Duration every) {
        one.flapping = true;
        spoke.after(every, () -> {
            one.flapping = false;
            if (held.get(one.latest.root()) == one) {
                one.down = !one.down && spoke.troubles().flaps(one.policy()).isPresent();
                look(one);
                if (one.down) {
                    flap(one, every);
                }
            }
        });
    }

    private void remediate(Held one) {
        one.remediating = true;
        boolean instant = spoke.world().scenario().instant();
        var durations = spoke.world().scenario().durations();
        spoke.after(durations.policyApply(), () -> {
            if (!isStillEnforced(one)) {
                one.remediating = false;
                return;
            }
            apply(one, instant);
            if (instant || !wantsStatus(one)) {
                rest(one);
            } else {
                spoke.after(durations.statusSettle(), () -> {
                    apply(one, true);
                    rest(one);
                });
            }
        });
    }

    /** What was done may take its time, as an upgrade does, or may be undone by somebody: reports now, acts later. */
    private void rest(Held one) {
        look(one);
        spoke.world().timeline().afterReal(REST, spoke.mailbox(), () -> {
            one.remediating = false;
            if (held.get(one.latest.root()) == one) {
                look(one);
            }
        });
    }

    private boolean isStillEnforced(Held one) {
        return held.get(one.latest.root()) == one && one.inForce.enforced()
                && !spoke.troubles().neverComplies(one.policy());
    }

    /** A status that somebody on a real spoke would bring about; the platform's own has an operator here as well. */
    private static boolean wantsStatus(Held one) {
        return one.inForce.content().templates().stream().flatMap(template -> template.wishes().stream())
                .anyMatch(wish -> wish instanceof Wish.Present(ObjectNode object) && object.has("status")
                        && !object.path("kind").asText().equals("ClusterVersion"));
    }

    private void apply(Held one, boolean withStatus) {
        for (Template template : one.inForce.content().templates()) {
            for (Wish wish : template.wishes()) {
                switch (wish) {
                    case Wish.Present(ObjectNode object) -> make(object, withStatus
                            && !object.path("kind").asText().equals("ClusterVersion"));
                    case Wish.Absent(ObjectNode object) -> spoke.objects().delete(spoke.objects().kindOf(object),
                            namespace(object), name(object));
                    case Wish.Opaque(String what) ->
                        opaqueDone.add(one.latest.root() + "/" + template.name() + "/" + what);
                }
            }
        }
    }

    private void make(ObjectNode wanted, boolean withStatus) {
        ObjectNode part = withStatus ? wanted : Json.with(wanted, "status", null);
        ResourceKind kind = spoke.objects().kindOf(wanted);
        try {
            if (find(wanted).isEmpty()) {
                spoke.objects().ensureNamespace(namespace(wanted));
                spoke.objects().create(part);
            }
            spoke.objects().change(kind, namespace(wanted), name(wanted),
                    object -> (ObjectNode) Musthave.make(object, part));
        } catch (ApiException e) {
            if (e.code() != 403) {
                throw e;
            }
            // The namespace is being taken down; the next look tries again.
        }
    }

    private void report(Held one, boolean complies) {
        String compliance = complies ? "Compliant" : "NonCompliant";
        if (!spoke.online() || compliance.equals(one.reported)) {
            return;
        }
        Instant now = spoke.world().timeline().now();
        ObjectNode status = Json.object().put("compliant", compliance);
        ArrayNode details = status.putArray("details");
        for (Template template : one.inForce.content().templates()) {
            boolean holds = complies && complies(one, template);
            ObjectNode detail = details.addObject();
            detail.putObject("templateMeta").put("name", template.name());
            detail.put("compliant", holds ? "Compliant" : "NonCompliant");
            detail.putArray("history").addObject().put("lastTimestamp", World.timestamp(now))
                    .put("eventName", one.latest.root() + "." + Long.toHexString(now.toEpochMilli()))
                    .put("message", (holds ? "Compliant; notification - " : "NonCompliant; violation - ")
                            + template.name() + (holds ? " found as specified" : " not found as specified"));
        }
        one.written = spoke.world().hub().mergeStatus(HubKinds.POLICY, spoke.name(), one.latest.root(), status)
                .expecting(404).version();
        one.reported = compliance;
    }

    private static String namespace(ObjectNode object) {
        return object.at("/metadata/namespace").asText();
    }

    private static String name(ObjectNode object) {
        return object.at("/metadata/name").asText();
    }
}

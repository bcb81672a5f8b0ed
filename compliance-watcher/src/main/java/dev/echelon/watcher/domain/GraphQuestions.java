package dev.echelon.watcher.domain;

import dev.echelon.contract.CguId;
import dev.echelon.contract.observation.GraphAnswer;
import dev.echelon.contract.observation.ObservedPolicy;
import dev.echelon.contract.observation.PlatformRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Which upgrade waits for which answer of an update graph, and the answers that somebody waits for or has. */
final class GraphQuestions {

    private final UpdateGraph graph;
    private final Map<CguId, Set<PlatformRequest>> asked = new HashMap<>();
    private final Map<PlatformRequest, Set<CguId>> askers = new HashMap<>();
    private final Map<PlatformRequest, GraphAnswer> answers = new HashMap<>();

    GraphQuestions(UpdateGraph graph) {
        this.graph = graph;
    }

    /**
     * The questions that these policies raise (contract 3.5, 10.2): one of those that are rolled out, and, where there
     * is pre-caching, one of these and of those that every cluster complies with already. Mostly they are the same.
     */
    static Set<PlatformRequest> raisedBy(List<ObservedPolicy> policies, List<String> clusters, boolean preCaching) {
        List<ObservedPolicy> rollout = new ArrayList<>();
        List<ObservedPolicy> before = new ArrayList<>();
        for (ObservedPolicy policy : policies) {
            if (!policy.enforced() && policy.root() != null && policy.root().defect().isEmpty()) {
                (policy.root().isCompliantEverywhere(clusters) ? before : rollout).add(policy);
            }
        }
        Set<PlatformRequest> raised = new LinkedHashSet<>();
        PlatformRequest.of(rollout).ifPresent(raised::add);
        if (preCaching) {
            rollout.addAll(before);
            PlatformRequest.of(rollout).ifPresent(raised::add);
        }
        return raised;
    }

    /**
     * An upgrade waits for the answers to these questions, and to no others.
     *
     * @return the answers that there are
     */
    List<GraphAnswer> ask(CguId cgu, Set<PlatformRequest> questions) {
        Set<PlatformRequest> before = questions.isEmpty() ? asked.remove(cgu) : asked.put(cgu, Set.copyOf(questions));
        for (PlatformRequest question : questions) {
            if (!askers.containsKey(question)) {
                graph.want(question);
            }
            askers.computeIfAbsent(question, wanted -> new HashSet<>()).add(cgu);
        }
        for (PlatformRequest question : before == null ? Set.<PlatformRequest>of() : before) {
            if (!questions.contains(question)) {
                drop(cgu, question);
            }
        }
        return questions.stream().map(answers::get).filter(Objects::nonNull).toList();
    }

    /** An upgrade waits for no answer any more. */
    void forget(CguId cgu) {
        ask(cgu, Set.of());
    }

    /** @return to whom that is news */
    Set<CguId> answered(GraphAnswer answer) {
        Set<CguId> waiting = askers.getOrDefault(answer.request(), Set.of());
        return waiting.isEmpty() || answer.equals(answers.put(answer.request(), answer)) ? Set.of() : waiting;
    }

    private void drop(CguId cgu, PlatformRequest question) {
        Set<CguId> others = askers.get(question);
        others.remove(cgu);
        if (others.isEmpty()) {
            askers.remove(question);
            answers.remove(question);
            graph.drop(question);
        }
    }
}

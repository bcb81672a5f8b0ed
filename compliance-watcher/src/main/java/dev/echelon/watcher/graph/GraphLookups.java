package dev.echelon.watcher.graph;

import dev.echelon.contract.observation.GraphAnswer;
import dev.echelon.contract.observation.PlatformRequest;
import dev.echelon.watcher.domain.UpdateGraph;
import io.micrometer.core.instrument.MeterRegistry;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Asks update graphs, each question on a virtual thread of its own that lives as long as the answer may be of use.
 *
 * <ul>
 *   <li>A question is asked once, however many wait for its answer.
 *   <li>An answer holds as long as somebody waits with it, and for a while beyond, in case the next one does.
 *   <li>A failure is told at once, and the question is put again after a pause that grows, as long as somebody waits.
 * </ul>
 */
public final class GraphLookups implements UpdateGraph, AutoCloseable {

    private static final Logger LOG = System.getLogger(GraphLookups.class.getName());
    private static final String METRIC = "echelon.watcher.graph.lookups";

    private final GraphSettings settings;
    private final GraphClient client;
    private final MeterRegistry metrics;
    private final Consumer<GraphAnswer> answers;
    private final Map<PlatformRequest, Question> questions = new HashMap<>();
    private boolean closed;

    /** What is known of one question. Guarded by the owner. */
    private static final class Question {
        private boolean wanted = true;
        /** Whether it serves only those who wait with it already. */
        private boolean old;
        /** Null while it is asked for the first time. */
        private GraphAnswer answer;
        private Thread thread;
    }

    /**
     * @param answers told each answer, and each failure, of what is wanted
     */
    public GraphLookups(GraphSettings settings, MeterRegistry metrics, Consumer<GraphAnswer> answers) {
        this.settings = settings;
        this.client = new GraphClient(settings);
        this.metrics = metrics;
        this.answers = answers;
        for (Outcome outcome : Outcome.values()) {
            count(outcome, 0);
        }
    }

    private enum Outcome {
        SUCCESS,
        FAILURE
    }

    @Override
    public synchronized void want(PlatformRequest request) {
        if (closed) {
            return;
        }
        Question known = questions.get(request);
        if (known == null) {
            Question question = new Question();
            questions.put(request, question);
            question.thread =
                    Thread.ofVirtual().name("update-graph").start(() -> lookUp(request, question));
            return;
        }
        known.wanted = true;
        if (known.answer != null) {
            answers.accept(known.answer);
        }
    }

    @Override
    public synchronized void drop(PlatformRequest request) {
        Question question = questions.get(request);
        if (question != null) {
            question.wanted = false;
            if (question.old) {
                questions.remove(request);
            }
        }
    }

    /** Asks nobody any more. */
    @Override
    public synchronized void close() {
        closed = true;
        questions.values().forEach(question -> question.thread.interrupt());
        questions.clear();
    }

    private void lookUp(PlatformRequest request, Question question) {
        try {
            Duration pause = settings.firstPause();
            do {
                GraphAnswer answer = client.ask(request);
                told(question, answer);
                boolean failed = !answer.error().isEmpty();
                Thread.sleep(failed ? pause : settings.kept());
                pause = shorter(pause.multipliedBy(2), settings.longestPause());
            } while (isAskedAgain(request, question));
        } catch (InterruptedException e) {
            // Closed.
        }
    }

    private synchronized void told(Question question, GraphAnswer answer) {
        boolean failed = !answer.error().isEmpty();
        count(failed ? Outcome.FAILURE : Outcome.SUCCESS, 1);
        if (failed) {
            LOG.log(Level.WARNING, "no platform image from the update graph: {0}", answer.error());
        }
        question.answer = answer;
        if (question.wanted && !closed) {
            answers.accept(answer);
        }
    }

    /** After the time for which an answer serves everybody, or the pause after a failure. */
    private synchronized boolean isAskedAgain(PlatformRequest request, Question question) {
        if (!question.wanted) {
            questions.remove(request, question);
            return false;
        }
        question.old = question.answer.error().isEmpty();
        return !question.old;
    }

    private void count(Outcome outcome, int times) {
        metrics.counter(
                        METRIC,
                        "service",
                        "compliance-watcher",
                        "outcome",
                        outcome.name().toLowerCase(Locale.ROOT))
                .increment(times);
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}

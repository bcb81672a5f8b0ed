package dev.echelon.simulator.fleet;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.echelon.kubeapi.ApiException;
import dev.echelon.kubeapi.ResourceKind;
import dev.echelon.kubeapi.WatchEvent;
import dev.echelon.kubeapi.json.Json;
import dev.echelon.simulator.api.SpokeKinds;
import dev.echelon.simulator.scenario.Durations;
import dev.echelon.simulator.scenario.Failure;
import dev.echelon.simulator.scenario.Scenario.Release;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArraySet;

/**
 * Runs the jobs of a spoke: a pod each, a log, an end, good or bad as the switches say. Also lets deleted namespaces go
 * after a while, as the namespace controller does.
 */
final class JobController {
    private static final int UNKNOWN_RELEASE_IMAGES = 183;
    private static final long UNKNOWN_RELEASE_BYTES = 20L << 20;

    private final Spoke spoke;
    /** By namespace and pod. */
    private final Map<String, JobLog> logs = new ConcurrentHashMap<>(2);
    private final Set<String> pulled = new CopyOnWriteArraySet<>();

    JobController(Spoke spoke) {
        this.spoke = spoke;
    }

    /** The log of a pod; empty where it has not begun. */
    Optional<JobLog> log(String namespace, String pod) {
        return Optional.ofNullable(logs.get(namespace + "/" + pod));
    }

    void changed(ResourceKind kind, WatchEvent event) {
        ObjectNode metadata = Json.objectAt(event.object(), "metadata");
        String name = Json.textAt(metadata, "name");
        if (kind.equals(SpokeKinds.NAMESPACE) && metadata.has("deletionTimestamp")
                && event.type() == WatchEvent.Type.MODIFIED) {
            spoke.after(durations().namespaceDeletion(), () -> spoke.objects().release(name));
        } else if (kind.equals(SpokeKinds.JOB) && event.type() == WatchEvent.Type.ADDED) {
            start(event.object());
        } else if (kind.equals(SpokeKinds.JOB) && event.type() == WatchEvent.Type.DELETED) {
            spoke.objects().delete(SpokeKinds.POD, Json.textAt(metadata, "namespace"), podOf(event.object()));
        } else if (kind.equals(SpokeKinds.POD) && event.type() == WatchEvent.Type.DELETED) {
            logs.remove(Json.textAt(metadata, "namespace") + "/" + name);
        }
    }

    private void start(ObjectNode job) {
        Instant now = spoke.world().timeline().now();
        change(job, running -> {
            running.withObject("/metadata/annotations").put(SpokeKinds.COMPLETIONS, "0/1")
                    .put(SpokeKinds.RUNNING, World.timestamp(now) + "/");
            running.putObject("status").put("active", 1).put("ready", 0).put("terminating", 0)
                    .put("startTime", World.timestamp(now));
        });
        spoke.objects().create(pod(job));
        spoke.after(durations().podStart(), () -> run(job));
    }

    private void run(ObjectNode job) {
        Optional<ObjectNode> running = change(job, ready -> ready.withObject("/status").put("ready", 1));
        if (running.isEmpty()) {
            return;
        }
        String name = name(job);
        JobScript script = script(job);
        Optional<Failure> failure = spoke.troubles().ofJob(name);
        String reason = failure.map(f -> f instanceof Failure.JobFails ? "BackoffLimitExceeded" : "DeadlineExceeded")
                .orElse("");
        Duration length = spoke.world().scenario().instant() ? Duration.ZERO : failure.map(JobController::after)
                .orElseGet(() -> spoke.taking(script.length()));
        Duration end = failure.isPresent() ? length : script.length();
        double pace = end.isZero() || length.isZero() ? 1 : (double) length.toNanos() / end.toNanos();
        String lastWord = reason.equals("BackoffLimitExceeded") ? name + ": failed" : "";
        logs.put(namespace(job) + "/" + podOf(job), new JobLog(script, spoke.world().timeline().now(), end, lastWord,
                pace, spoke.world().timeline()));
        phase(job, "Running");
        spoke.world().timeline().after(length, spoke.mailbox(), () -> end(job, script, reason));
    }

    private void end(ObjectNode job, JobScript script, String reason) {
        Instant now = spoke.world().timeline().now();
        boolean good = reason.isEmpty();
        Optional<ObjectNode> ended = change(job, done -> {
            ObjectNode status = Json.object();
            ArrayNode conditions = status.putArray("conditions");
            if (good) {
                conditions.add(World.condition("Complete", true, "CompletionsReached",
                        "Reached expected number of succeeded pods", now));
                status.put("completionTime", World.timestamp(now)).put("succeeded", 1);
                done.withObject("/metadata/annotations").put(SpokeKinds.COMPLETIONS, "1/1");
            } else {
                conditions.add(World.condition("Failed", true, reason, reason.equals("DeadlineExceeded")
                        ? "Job was active longer than specified deadline"
                        : "Job has reached the specified backoff limit", now));
                status.put("failed", 1);
            }
            String start = done.at("/status/startTime").asText();
            status.put("ready", 0).put("terminating", 0).put("startTime", start);
            done.withObject("/metadata/annotations").put(SpokeKinds.RUNNING, start + "/" + World.timestamp(now));
            done.set("status", status);
        });
        if (ended.isPresent()) {
            if (good && script instanceof JobScript.Precache(Release release, int _, Duration _, Duration _)) {
                pulled.add(release.image());
            }
            phase(job, good ? "Succeeded" : "Failed");
        }
    }

    private JobScript script(ObjectNode job) {
        return switch (name(job)) {
            case "pre-cache" -> precache(job);
            case "backup-agent" -> new JobScript.Backup(durations().backup());
            default -> new JobScript.Plain(name(job), durations().job());
        };
    }

    private JobScript precache(ObjectNode job) {
        String image = spoke.objects().get(SpokeKinds.CONFIG_MAP, namespace(job), "pre-cache-spec")
                .map(config -> config.at("/data/platform.image").asText()).orElse("");
        Release release = spoke.world().scenario().release(image, "")
                .orElse(new Release("", image, UNKNOWN_RELEASE_IMAGES, UNKNOWN_RELEASE_BYTES));
        return JobScript.Precache.of(release, pulled.contains(release.image()) ? release.images() : 0,
                spoke.spec().bandwidth());
    }

    /** Changes a job as it is now; empty where it is gone or another one has its name. */
    private Optional<ObjectNode> change(ObjectNode job, java.util.function.Consumer<ObjectNode> change) {
        Optional<ObjectNode> current = spoke.objects().get(SpokeKinds.JOB, namespace(job), name(job))
                .filter(found -> found.at("/metadata/uid").equals(job.at("/metadata/uid")));
        try {
            return current.map(_ -> spoke.objects().change(SpokeKinds.JOB, namespace(job), name(job), object -> {
                ObjectNode changed = object.deepCopy();
                change.accept(changed);
                return changed;
            }));
        } catch (ApiException e) {
            if (e.code() == 404) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private ObjectNode pod(ObjectNode job) {
        ObjectNode pod = Json.object().put("apiVersion", "v1").put("kind", "Pod");
        ObjectNode metadata = pod.putObject("metadata").put("name", podOf(job)).put("namespace", namespace(job));
        metadata.set("labels", job.at("/spec/template/metadata/labels"));
        metadata.putArray("ownerReferences").addObject().put("apiVersion", "batch/v1").put("kind", "Job")
                .put("name", name(job)).put("uid", job.at("/metadata/uid").asText()).put("controller", true);
        ObjectNode spec = job.at("/spec/template/spec") instanceof ObjectNode given ? given.deepCopy() : Json.object();
        pod.set("spec", spec.put("nodeName", spoke.spec().node()));
        pod.putObject("status").put("phase", "Pending");
        return pod;
    }

    private void phase(ObjectNode job, String phase) {
        ObjectNode patch = Json.object();
        patch.putObject("status").put("phase", phase);
        try {
            spoke.objects().merge(SpokeKinds.POD, namespace(job), podOf(job), patch);
        } catch (ApiException e) {
            if (e.code() != 404) {
                throw e;
            }
        }
    }

    /** The five characters that a real pod's name ends in, the same for the same job. */
    private static String podOf(ObjectNode job) {
        return name(job) + "-" + job.at("/metadata/uid").asText().substring(0, 5);
    }

    private static Duration after(Failure failure) {
        return switch (failure) {
            case Failure.JobFails fails -> fails.after();
            case Failure.JobExceedsDeadline exceeds -> exceeds.after();
            case Failure.NeverComplies _, Failure.Flaps _, Failure.Slow _, Failure.Offline _ -> Duration.ZERO;
        };
    }

    private Durations durations() {
        return spoke.world().scenario().durations();
    }

    private static String name(ObjectNode job) {
        return job.at("/metadata/name").asText();
    }

    private static String namespace(ObjectNode job) {
        return job.at("/metadata/namespace").asText();
    }
}

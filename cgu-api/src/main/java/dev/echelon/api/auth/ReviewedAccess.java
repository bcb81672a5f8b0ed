package dev.echelon.api.auth;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.echelon.api.config.AuthConfig;
import dev.echelon.contract.Json;
import dev.echelon.kubeapi.AccessCheck;
import dev.echelon.kubeapi.ApiException;
import dev.echelon.kubeapi.User;
import java.time.Duration;
import java.time.InstantSource;

/** What a user may do is what the hub lets them do with the same resource there, by its SubjectAccessReview. */
final class ReviewedAccess implements AccessCheck {

    private static final String PATH = "/apis/authorization.k8s.io/v1/subjectaccessreviews";

    private final HubReviews hub;
    private final ShortMemory<Question, Answer> memory;

    /** All that the hub's answer depends on. */
    private record Question(
            User user, String verb, String group, String version, String plural, String subresource, String namespace,
            String name) {}

    private record Answer(boolean allowed, String reason) {}

    ReviewedAccess(HubReviews hub, AuthConfig config, InstantSource clock) {
        this.hub = hub;
        Duration allowed = config.cache().allowed();
        Duration denied = config.cache().denied();
        this.memory = new ShortMemory<>(config.cache().size(), answer -> answer.allowed ? allowed : denied, clock);
    }

    @Override
    public void check(Access access) {
        Question question = new Question(
                access.user(),
                access.verb(),
                access.kind().group(),
                access.kind().version(),
                access.kind().plural(),
                access.subresource(),
                access.namespace(),
                access.name());
        Answer answer = memory.get(question, () -> ask(question));
        if (!answer.allowed) {
            throw access.refusal(answer.reason);
        }
    }

    private Answer ask(Question question) throws ApiException {
        ObjectNode review = Json.mapper().createObjectNode();
        review.put("apiVersion", "authorization.k8s.io/v1").put("kind", "SubjectAccessReview");
        ObjectNode spec = review.putObject("spec");
        User user = question.user;
        spec.put("user", user.name());
        if (!user.uid().isEmpty()) {
            spec.put("uid", user.uid());
        }
        ArrayNode groups = spec.putArray("groups");
        user.groups().forEach(groups::add);
        ObjectNode extra = spec.putObject("extra");
        user.extra().forEach((key, values) -> values.forEach(extra.withArrayProperty(key)::add));
        ObjectNode what = spec.putObject("resourceAttributes");
        what.put("verb", question.verb).put("group", question.group).put("version", question.version);
        what.put("resource", question.plural).put("subresource", question.subresource);
        what.put("namespace", question.namespace).put("name", question.name);
        JsonNode status = hub.ask("SubjectAccessReview", PATH, review);
        boolean allowed = status.path("allowed").asBoolean() && !status.path("denied").asBoolean();
        return new Answer(allowed, status.path("reason").asText());
    }
}

package dev.echelon.e2e;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.metadata.authorizer.StandardAuthorizer;
import org.apache.kafka.server.authorizer.Action;
import org.apache.kafka.server.authorizer.AuthorizableRequestContext;
import org.apache.kafka.server.authorizer.AuthorizationResult;

/** Kafka's own authorizer, which also remembers what it allowed to whom. The broker makes it, hence the static memory. */
public final class RememberingAuthorizer extends StandardAuthorizer {

    private static final Set<Used> USED = ConcurrentHashMap.newKeySet();

    /** What somebody wanted to do, and was allowed to. */
    record Used(String user, AclOperation operation, ResourcePattern resource) {

        /** Whether this is a use of that right. */
        boolean is(AclBinding right) {
            ResourcePattern pattern = right.pattern();
            boolean matches = pattern.patternType() == PatternType.PREFIXED
                    ? resource.name().startsWith(pattern.name())
                    : resource.name().equals(pattern.name());
            return matches
                    && resource.resourceType() == pattern.resourceType()
                    && operation == right.entry().operation()
                    && user.equals(right.entry().principal());
        }
    }

    /** All that was allowed so far in this JVM. */
    static Set<Used> used() {
        return Set.copyOf(USED);
    }

    @Override
    public List<AuthorizationResult> authorize(AuthorizableRequestContext context, List<Action> actions) {
        List<AuthorizationResult> results = super.authorize(context, actions);
        for (int i = 0; i < actions.size(); i++) {
            Action action = actions.get(i);
            // What the broker asks only to show who may do what is no use of it.
            if (results.get(i) == AuthorizationResult.ALLOWED && action.logIfAllowed()) {
                USED.add(new Used(context.principal().toString(), action.operation(), action.resourcePattern()));
            }
        }
        return results;
    }
}

package dev.echelon.contract.command;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.echelon.contract.CguId;
import dev.echelon.contract.resource.CguSpec;
import dev.echelon.contract.resource.CguStatus;
import java.time.Instant;
import java.util.Map;

/**
 * What somebody asks for. The scheduler answers each with an accepted or a rejected audit event of the same command id.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Command.Apply.class, name = "Apply"),
    @JsonSubTypes.Type(value = Command.Delete.class, name = "Delete")
})
public sealed interface Command {

    CguId cgu();

    /**
     * The resource should exist and look like this. Where it equals what is there, nothing changes.
     *
     * @param uid for a new resource the uid that it gets (the hub's own where it came from the hub)
     * @param labels all labels, not a change of them
     * @param annotations all annotations, not a change of them
     * @param precondition what has to hold, else the command is rejected
     * @param adopted for a new resource that somebody else has begun: how far it is; null for one that begins, and not
     *     looked at where the resource exists already
     */
    record Apply(
            CguId cgu,
            String uid,
            Map<String, String> labels,
            Map<String, String> annotations,
            CguSpec spec,
            Precondition precondition,
            Adopted adopted)
            implements Command {
        public Apply(
                CguId cgu,
                String uid,
                Map<String, String> labels,
                Map<String, String> annotations,
                CguSpec spec,
                Precondition precondition) {
            this(cgu, uid, labels, annotations, spec, precondition, null);
        }

        public Apply {
            labels = labels == null ? Map.of() : Map.copyOf(labels);
            annotations = annotations == null ? Map.of() : Map.copyOf(annotations);
            precondition = precondition == null ? Precondition.NONE : precondition;
        }
    }

    /**
     * What a resource shows that is taken over (contract 18).
     *
     * @param status as it was found
     * @param createdAt when the resource was created; null where that is not known
     */
    record Adopted(CguStatus status, Instant createdAt) {
        public Adopted {
            status = status == null ? CguStatus.EMPTY : status;
        }
    }

    /** The resource should go, and all that it made on the hub and the spokes with it (contract 14). */
    record Delete(CguId cgu, Precondition precondition) implements Command {
        public Delete {
            precondition = precondition == null ? Precondition.NONE : precondition;
        }
    }

    /**
     * What has to hold for a command to be accepted; null components are not looked at.
     *
     * @param mustExist true: the resource has to exist; false: it must not exist yet
     * @param uid the resource's uid
     * @param resourceVersion the exact version that the caller saw
     * @param generation the generation whose spec the caller changed: unlike {@code resourceVersion} it does not move
     *     with every change of the status
     */
    record Precondition(Boolean mustExist, String uid, String resourceVersion, Long generation) {
        public static final Precondition NONE = new Precondition(null, null, null, null);
    }
}

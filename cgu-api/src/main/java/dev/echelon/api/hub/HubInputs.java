package dev.echelon.api.hub;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.echelon.api.domain.FormRules;
import dev.echelon.api.domain.Wanted;
import dev.echelon.api.kafka.Answer;
import dev.echelon.api.kafka.CguTable;
import dev.echelon.api.kafka.CommandDesk;
import dev.echelon.contract.CguId;
import dev.echelon.contract.command.Command;
import dev.echelon.contract.command.Command.Precondition;
import dev.echelon.contract.command.CommandRecord;
import dev.echelon.contract.resource.ClusterGroupUpgrade;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.concurrent.ExecutionException;
import org.jboss.logging.Logger;

/**
 * Hands what users do on the hub in as commands. The same edit of the same CR has the same command id, so that handing
 * it in again, after a crash for one, does nothing twice.
 */
final class HubInputs {

    private static final Logger LOG = Logger.getLogger(HubInputs.class);
    private static final String VIA = "hub";

    private final CguTable table;
    private final CommandDesk desk;
    private final Clock clock;
    private final BiConsumer<ObjectNode, String> refusals;

    /** @param refusals is told of a CR that cannot be taken in, and why */
    HubInputs(CguTable table, CommandDesk desk, Clock clock, BiConsumer<ObjectNode, String> refusals) {
        this.table = table;
        this.desk = desk;
        this.clock = clock;
        this.refusals = refusals;
    }

    /**
     * The CR as it is should be the resource.
     *
     * @return whether both sides may have changed
     * @throws IllegalStateException when the scheduler sees the resource otherwise than we do, for now
     */
    boolean takeIn(HubObject cr, Optional<ClusterGroupUpgrade> inLog, MirrorTrack track) {
        Wanted wanted = Wanted.of(cr.cgu());
        Map<String, String> annotations = new HashMap<>();
        // What only concerns the log stays as it is there.
        inLog.ifPresent(ours -> annotations.putAll(ours.metadata().annotations()));
        annotations.keySet().removeIf(Wanted::isShared);
        annotations.putAll(wanted.annotations());
        if (inLog.isEmpty()) {
            annotations.put(Wanted.ORIGIN, Wanted.ORIGIN_HUB);
        }
        Precondition precondition = inLog.map(ours -> new Precondition(true, ours.metadata().uid(), null, null))
                .orElseGet(() -> new Precondition(false, null, null, null));
        String uid = inLog.map(ours -> ours.metadata().uid()).orElseGet(cr::uid);
        Command command =
                new Command.Apply(
                        cr.id(),
                        uid,
                        wanted.labels(),
                        annotations,
                        cr.cgu().spec(),
                        precondition,
                        inLog.isEmpty() ? adopted(cr) : null);
        return switch (submit("apply/" + cr.uid() + "/" + cr.resourceVersion(), actor(cr), command, uid)) {
            case Answer.Accepted accepted -> {
                awaitShown(cr.id(), uid, accepted);
                track.taken(wanted.fingerprint());
                warn(cr, inLog);
                yield true;
            }
            case Answer.Rejected rejected when rejected.reason().equals("Invalid") -> {
                LOG.warnf("refused: cgu=%s field=%s reason=%s; it waits for the next edit on the hub",
                        cr.id(), rejected.field(), rejected.message());
                track.refused(wanted.fingerprint());
                if (inLog.isEmpty()) {
                    refusals.accept(cr.tree(), rejected.message());
                }
                yield true;
            }
            case Answer.Rejected rejected -> throw new IllegalStateException(
                    "the scheduler answered " + rejected.reason() + ": " + rejected.message());
        };
    }

    /** What a user of the REST API is told in the answer. The hub gives the answers to its users itself. */
    private static void warn(HubObject cr, Optional<ClusterGroupUpgrade> before) {
        before.map(ours -> FormRules.ofChange(ours, cr.cgu()))
                .orElseGet(() -> FormRules.ofNew(cr.cgu()))
                .warnings()
                .forEach(warning -> LOG.warnf("edited on the hub: cgu=%s %s", cr.id(), warning));
    }

    /** How far the CR is that nobody here knows; null where it has not begun. */
    private static Command.Adopted adopted(HubObject cr) {
        return cr.begun()
                .map(status -> new Command.Adopted(status, cr.cgu().metadata().creationTimestamp()))
                .orElse(null);
    }

    /** The resource should go. */
    boolean askDeletion(ClusterGroupUpgrade ours, Optional<HubObject> cr) {
        String uid = ours.metadata().uid();
        Command command = new Command.Delete(ours.id(), new Precondition(true, uid, null, null));
        Answer answer = submit("delete/" + uid, cr.map(HubInputs::actor).orElse(VIA), command, uid);
        return switch (answer) {
            case Answer.Accepted accepted -> {
                awaitShown(ours.id(), uid, accepted);
                yield true;
            }
            case Answer.Rejected rejected when table.get(ours.id()).isEmpty() -> true;
            case Answer.Rejected rejected -> throw new IllegalStateException(
                    "the scheduler answered " + rejected.reason() + ": " + rejected.message());
        };
    }

    private Answer submit(String cause, String actor, Command command, String uid) {
        String id = UUID.nameUUIDFromBytes(("hub/" + cause).getBytes(StandardCharsets.UTF_8)).toString();
        CommandRecord record = new CommandRecord(id, clock.instant(), actor, VIA, command);
        return desk.submit(record, CommandDesk.submission(record, uid, Map.of()), desk.deadline());
    }

    private void awaitShown(CguId id, String uid, Answer.Accepted accepted) {
        try {
            desk.deadline().await(table.whenShown(id, uid, accepted.resourceVersion()), "accepted, not visible yet");
        } catch (ExecutionException e) {
            throw new IllegalStateException("the table never fails", e);
        }
    }

    private static String actor(HubObject cr) {
        return cr.lastEditor().map(manager -> VIA + ":" + manager).orElse(VIA);
    }
}

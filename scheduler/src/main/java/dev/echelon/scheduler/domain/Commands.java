package dev.echelon.scheduler.domain;

import dev.echelon.contract.command.Command;
import dev.echelon.contract.command.Command.Apply;
import dev.echelon.contract.command.Command.Delete;
import dev.echelon.contract.command.Command.Precondition;
import dev.echelon.contract.command.CommandRecord;
import dev.echelon.contract.CguId;
import dev.echelon.scheduler.domain.Lifecycle.BeforeStart;
import dev.echelon.scheduler.domain.Lifecycle.Deleting;
import java.util.Optional;

/**
 * Answers commands. Each id is answered once: with {@link Fact.CommandAccepted}, which names the version that shows what
 * the command did, or with {@link Fact.CommandRejected}, and then nothing has changed.
 */
final class Commands {

    private Commands() {}

    static void answer(Draft draft, CommandRecord record) {
        if (draft.state().answered(record.id())) {
            return;
        }
        Optional<Refusal> refusal = refuse(draft, record.command());
        if (refusal.isPresent()) {
            draft.emit(new Fact.CommandRejected(
                    record.command().cgu(),
                    record.id(),
                    refusal.get().reason(),
                    refusal.get().field(),
                    "ClusterGroupUpgrade " + record.command().cgu() + ": "
                            + refusal.get().message()));
            return;
        }
        switch (record.command()) {
            case Apply apply when draft.state().progress().isEmpty() -> create(draft, record.id(), apply);
            case Apply apply -> change(draft, record.id(), apply);
            case Delete delete -> delete(draft, record.id(), delete);
        }
    }

    private static void create(Draft draft, String commandId, Apply apply) {
        draft.emit(new Fact.Created(
                apply.cgu(), apply.uid(), draft.now(), apply.labels(), apply.annotations(), apply.spec()));
        if (apply.adopted() == null) {
            draft.show(commandId);
            accept(draft, apply.cgu(), commandId, true);
            return;
        }
        draft.emit(Adoption.of(draft.upgrade(), draft.progress(), apply.adopted(), draft.now()));
        draft.show(commandId);
        // It is none that was created now: whoever began it has told so.
        accept(draft, apply.cgu(), commandId, false);
        Resumption.resume(draft);
    }

    private static void change(Draft draft, String commandId, Apply apply) {
        Upgrade.Request request = draft.upgrade().request();
        boolean alike = request.spec().equals(apply.spec())
                && request.labels().equals(apply.labels())
                && request.annotations().equals(apply.annotations());
        if (alike) {
            accept(draft, apply.cgu(), commandId, false);
            return;
        }
        draft.emit(new Fact.Changed(draft.now(), apply.labels(), apply.annotations(), apply.spec()));
        draft.show(commandId);
        accept(draft, apply.cgu(), commandId, false);
        if (draft.lifecycle() instanceof BeforeStart) {
            Preparation.specChanged(draft, request.spec());
        } else {
            Remediation.specChanged(draft);
        }
    }

    private static void delete(Draft draft, String commandId, Delete delete) {
        if (draft.lifecycle() instanceof Deleting) {
            accept(draft, delete.cgu(), commandId, false);
            return;
        }
        Ending.delete(draft, commandId);
        accept(draft, delete.cgu(), commandId, false);
    }

    private static void accept(Draft draft, CguId cgu, String commandId, boolean created) {
        draft.emit(new Fact.CommandAccepted(cgu, commandId, draft.progress().book().version(), created));
    }

    private static Optional<Refusal> refuse(Draft draft, Command command) {
        return switch (command) {
            case Apply apply ->
                refusePrecondition(draft, apply.precondition(), apply.precondition().mustExist())
                        .or(() -> refuseWhileDeleting(draft))
                        .or(() -> refuseUid(draft, apply));
            case Delete delete -> refusePrecondition(draft, delete.precondition(), Boolean.TRUE);
        };
    }

    private static Optional<Refusal> refusePrecondition(Draft draft, Precondition wanted, Boolean mustExist) {
        Optional<Progress> found = draft.state().progress();
        if (found.isEmpty()) {
            boolean expected = Boolean.TRUE.equals(mustExist)
                    || wanted.uid() != null
                    || wanted.resourceVersion() != null
                    || wanted.generation() != null;
            return expected
                    ? Optional.of(new Refusal("NotFound", "", "not found; create it first, or correct the name"))
                    : Optional.empty();
        }
        if (Boolean.FALSE.equals(mustExist)) {
            return Optional.of(new Refusal(
                    "AlreadyExists", "metadata.name", "exists already; update it, or choose another name"));
        }
        Progress progress = found.get();
        if (wanted.uid() != null && !wanted.uid().equals(progress.uid())) {
            return conflict("metadata.uid", progress.uid(), wanted.uid());
        }
        String version = Long.toString(progress.book().version());
        if (wanted.resourceVersion() != null && !wanted.resourceVersion().equals(version)) {
            return conflict("metadata.resourceVersion", version, wanted.resourceVersion());
        }
        if (wanted.generation() != null) {
            long generation = draft.upgrade().request().generation();
            if (wanted.generation() != generation) {
                return conflict("metadata.generation", Long.toString(generation), Long.toString(wanted.generation()));
            }
        }
        return Optional.empty();
    }

    private static Optional<Refusal> refuseWhileDeleting(Draft draft) {
        boolean deleting = draft.state()
                .progress()
                .filter(progress -> progress.lifecycle() instanceof Deleting)
                .isPresent();
        return deleting
                ? Optional.of(new Refusal(
                        "Conflict",
                        "metadata.deletionTimestamp",
                        "it is being deleted; wait until it is gone, then create it again"))
                : Optional.empty();
    }

    private static Optional<Refusal> refuseUid(Draft draft, Apply apply) {
        boolean named = apply.uid() != null && !apply.uid().isEmpty() && !apply.uid().contains("/");
        return draft.state().progress().isEmpty() && !named
                ? Optional.of(new Refusal(
                        "Invalid",
                        "metadata.uid",
                        "a new resource needs a uid without slashes, found '" + apply.uid() + "'"))
                : Optional.empty();
    }

    private static Optional<Refusal> conflict(String field, String found, String expected) {
        return Optional.of(new Refusal(
                "Conflict",
                field,
                "the object has been modified: " + field + " is " + found + ", the command was made for " + expected
                        + "; read it again and repeat the change"));
    }

    private record Refusal(String reason, String field, String message) {}
}

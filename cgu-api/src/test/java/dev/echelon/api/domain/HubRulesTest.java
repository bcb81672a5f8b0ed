package dev.echelon.api.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.echelon.api.domain.HubRules.InLog;
import dev.echelon.api.domain.HubRules.Memory;
import dev.echelon.api.domain.HubRules.OnHub;
import dev.echelon.contract.resource.CguSpec;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class HubRulesTest {

    private static final Instant CREATED = Instant.parse("2026-01-01T10:00:00Z");
    private static final Wanted A = wanted(1);
    private static final Wanted B = wanted(2);

    record Case(String name, Optional<OnHub> onHub, Optional<InLog> inLog, Memory memory, HubStep next) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Case> cases() {
        Memory none = Memory.NONE;
        return Stream.of(
                of("nothing anywhere", null, null, none, new HubStep.Settled()),
                of("a new CR is held first", cr(A, "").held(false), null, none, new HubStep.Hold(A.fingerprint())),
                of("a held CR is taken in", cr(A, "A"), null, none, new HubStep.TakeIn()),
                of("a refused CR waits for an edit", cr(A, "A"), null, none.withRefused(A.fingerprint()),
                        new HubStep.Settled()),
                of("an edited CR is taken in after a refusal", cr(B, "A"), null, none.withRefused(A.fingerprint()),
                        new HubStep.TakeIn()),
                of("both the same and stamped", cr(A, "A"), ours(A), none, new HubStep.Settled()),
                of("both the same, not stamped", cr(A, ""), ours(A), none, new HubStep.Stamp()),
                of("the log has moved on", cr(A, "A"), ours(B), none, new HubStep.Write()),
                of("the user has edited the CR", cr(B, "A"), ours(A), none, new HubStep.TakeIn()),
                of("an edit that was taken is not taken again", cr(B, "A"), ours(A), none.withTaken(B.fingerprint()),
                        new HubStep.Write()),
                of("an edit that was refused stays as it is", cr(B, "A"), ours(A), none.withRefused(B.fingerprint()),
                        new HubStep.Settled()),
                of("somebody took the finalizer off", cr(A, "A").held(false), ours(A), none, new HubStep.Hold("")),
                of("a CGU that came by REST", null, ours(A), none, new HubStep.Create()),
                of("a CR that went without us", null, ours(A), none.withVanished(true), new HubStep.AskDeletion()),
                of("a deletion in the log needs no CR", null, ours(A).leaving(true), none, new HubStep.Settled()),
                of("a deletion in the log deletes the CR", cr(A, "A"), ours(A).leaving(true), none,
                        new HubStep.Delete()),
                of("a deletion on the hub is asked for", cr(A, "A").leaving(true), ours(A), none,
                        new HubStep.AskDeletion()),
                of("a deletion in progress on both sides", cr(A, "A").leaving(true), ours(A).leaving(true), none,
                        new HubStep.Settled()),
                of("a deleted CR is released when all is clean", cr(A, "A").leaving(true), null, none,
                        new HubStep.Release()),
                of("a CR that others still hold is not ours to release", cr(A, "A").leaving(true).held(false), null,
                        none, new HubStep.Settled()),
                of("a CR that somebody else has begun is taken in", cr(A, "").begun(true), null, none,
                        new HubStep.TakeIn()),
                of("also where it is being deleted: there is something to clean up", cr(A, "").begun(true)
                        .leaving(true), null, none, new HubStep.TakeIn()),
                of("then it is stamped", cr(A, "").begun(true).leaving(true), ours(A), none, new HubStep.Stamp()),
                of("and its deletion is asked for", cr(A, "A").begun(true).leaving(true), ours(A), none,
                        new HubStep.AskDeletion()),
                of("and it is released when all is clean", cr(A, "A").begun(true).leaving(true), null, none,
                        new HubStep.Release()),
                of("one that is refused is released", cr(A, "").begun(true).leaving(true), null,
                        none.withRefused(A.fingerprint()), new HubStep.Release()),
                of("a CR that outlived its CGU is deleted", cr(A, "A"), null,
                        none.withDeletedAt(CREATED.plusSeconds(9)), new HubStep.Delete()),
                of("a CR made after the CGU went is a new one", cr(A, "A"), null,
                        none.withDeletedAt(CREATED.minusSeconds(9)), new HubStep.TakeIn()),
                of("a CR that waited for its predecessor's end is held without a stamp", cr(A, "").held(false), null,
                        none.withDeletedAt(CREATED.plusSeconds(9)), new HubStep.Hold("")),
                of("and taken in without one", cr(A, ""), null, none.withDeletedAt(CREATED.plusSeconds(9)),
                        new HubStep.TakeIn()),
                of("a new CR in place of the one that ours came from", cr(A, "").uid("new"), ours(A).fromHub(true),
                        none, new HubStep.AskDeletion()),
                of("and it waits until the old one is cleaned up", cr(A, "").uid("new"), ours(A).fromHub(true)
                        .leaving(true), none, new HubStep.AwaitEnd()),
                of("a CR that a user made of a CGU that came by REST", cr(B, "").uid("new"), ours(A), none,
                        new HubStep.TakeIn()));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void theNextStepFollowsFromWhatBothSidesShow(Case one) {
        assertThat(HubRules.next(one.onHub(), one.inLog(), one.memory())).isEqualTo(one.next());
    }

    @Test
    void whatOnlyConcernsOneSideMakesNoDifference() {
        Wanted plain = new Wanted(A.spec(), new TreeMap<>(), new TreeMap<>(Map.of("note", "x")));
        Wanted marked = new Wanted(
                A.spec(),
                new TreeMap<>(),
                new TreeMap<>(Map.of(
                        "note", "x",
                        Wanted.MIRRORED, "abc",
                        Wanted.ORIGIN, "hub",
                        "kubectl.kubernetes.io/last-applied-configuration", "{}")));

        assertThat(marked).isEqualTo(plain);
        assertThat(marked.fingerprint()).isEqualTo(plain.fingerprint());
    }

    @Test
    void labelsAndAnnotationsAreWantedToo() {
        assertThat(Stream.of(
                                new Wanted(A.spec(), new TreeMap<>(), new TreeMap<>()),
                                new Wanted(A.spec(), new TreeMap<>(Map.of("a", "b")), new TreeMap<>()),
                                new Wanted(A.spec(), new TreeMap<>(), new TreeMap<>(Map.of("a", "b"))),
                                B)
                        .map(Wanted::fingerprint))
                .doesNotHaveDuplicates();
    }

    private static Case of(String name, Cr onHub, Ours inLog, Memory memory, HubStep next) {
        return new Case(
                name,
                Optional.ofNullable(onHub).map(Cr::facts),
                Optional.ofNullable(inLog).map(Ours::facts),
                memory,
                next);
    }

    private static Cr cr(Wanted wanted, String stamp) {
        return new Cr("u", wanted, stamp.isEmpty() ? "" : A.fingerprint(), true, false, false);
    }

    private static Ours ours(Wanted wanted) {
        return new Ours(wanted, false, false);
    }

    private record Cr(String uid, Wanted wanted, String stamp, boolean held, boolean leaving, boolean begun) {
        Cr held(boolean now) {
            return new Cr(uid, wanted, stamp, now, leaving, begun);
        }

        Cr leaving(boolean now) {
            return new Cr(uid, wanted, stamp, held, now, begun);
        }

        Cr uid(String now) {
            return new Cr(now, wanted, stamp, held, leaving, begun);
        }

        Cr begun(boolean now) {
            return new Cr(uid, wanted, stamp, held, leaving, now);
        }

        OnHub facts() {
            return new OnHub(uid, CREATED, wanted, stamp, held, leaving, begun);
        }
    }

    private record Ours(Wanted wanted, boolean fromHub, boolean leaving) {
        Ours fromHub(boolean now) {
            return new Ours(wanted, now, leaving);
        }

        Ours leaving(boolean now) {
            return new Ours(wanted, fromHub, now);
        }

        InLog facts() {
            return new InLog("u", wanted, fromHub, leaving);
        }
    }

    private static Wanted wanted(int concurrency) {
        CguSpec spec = new CguSpec(
                null, null, null, null, null, null, List.of("sno1"), null, null, null, null, null,
                new CguSpec.RemediationStrategy(null, concurrency, null), null);
        return new Wanted(spec, new TreeMap<>(), new TreeMap<>());
    }
}

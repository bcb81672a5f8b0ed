package dev.echelon.executor.domain;

import dev.echelon.contract.CguId;
import dev.echelon.contract.intent.Intent;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** The ManifestWorks of a CGU on one spoke, of which there is at most one at a time (contract 13.2). */
public final class WorkRollOut {

    private WorkRollOut() {}

    /** Those of the works that carry the CGU's two labels. */
    public static List<SeenObject> of(CguId cgu, Collection<SeenObject> works) {
        return works.stream()
                .filter(work -> CguLabels.owner(work.labels()).filter(cgu::equals).isPresent())
                .toList();
    }

    /** The works that are not wanted and whose deletion was not asked for yet, as what has to change. */
    public static List<Change> deleteOthers(Intent.RollOutWork intent, Collection<SeenObject> own) {
        return own.stream()
                .filter(work -> !work.deleting() && !isWanted(intent, work))
                .<Change>map(work -> new Change.Delete(HubKind.WORK, work.namespace(), work.name()))
                .toList();
    }

    /** Whether the work that is wanted is there and stays. */
    public static boolean isThere(Intent.RollOutWork intent, Collection<SeenObject> own) {
        return own.stream().anyMatch(work -> isWanted(intent, work) && !work.deleting());
    }

    /**
     * The work that is wanted.
     *
     * @param template the ManifestWorkReplicaSet
     */
    public static HubObject work(Intent.RollOutWork intent, SeenObject template) {
        Map<String, Object> spec = Trees.map(template.content().get("spec"));
        String expected = template.annotations().getOrDefault(CguLabels.EXPECTED_VALUES, "");
        return new HubObject(
                HubKind.WORK, intent.cluster(), intent.work().safeName(), CguLabels.of(intent.cgu()),
                Map.of(CguLabels.EXPECTED_VALUES, expected),
                Map.of("spec", Trees.map(spec.get("manifestWorkTemplate"))));
    }

    private static boolean isWanted(Intent.RollOutWork intent, SeenObject work) {
        return intent.work() != null && intent.work().safeName().equals(work.name());
    }
}

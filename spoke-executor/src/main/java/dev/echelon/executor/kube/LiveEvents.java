package dev.echelon.executor.kube;

import dev.echelon.contract.CguId;
import dev.echelon.contract.audit.AuditEvent;
import dev.echelon.executor.domain.CguEvent;
import dev.echelon.executor.domain.HubKind;
import dev.echelon.executor.domain.SeenObject;
import dev.echelon.executor.work.EventSink;
import dev.echelon.executor.work.HubException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Kubernetes events on the hub as it is. */
public final class LiveEvents implements EventSink {

    private static final int CGUS = 10_000;

    private final HubWriter writer;
    private final String host;

    /** The uid on the hub by the CGU and its uid in Echelon, those that were asked for last. */
    private final Map<Cgu, String> uids = Collections.synchronizedMap(new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Cgu, String> eldest) {
            return size() > CGUS;
        }
    });

    private record Cgu(CguId id, String uid) {}

    /** @param host where this process runs, as the events say it */
    public LiveEvents(HubWriter writer, String host) {
        this.writer = writer;
        this.host = host;
    }

    @Override
    public void create(AuditEvent event) {
        writer.create(HubKind.EVENT, event.subject().namespace(), CguEvent.name(event),
                CguEvent.manifest(event, uid(event), host));
    }

    /**
     * The uid of the resource on the hub, by which tools find its events; it differs from Echelon's where the CGU came
     * by REST. Read once for each CGU, and taken from the audit event as long as the resource is not on the hub.
     */
    private String uid(AuditEvent event) {
        Cgu cgu = new Cgu(event.subject(), event.data().uid());
        String known = uids.get(cgu);
        if (known != null) {
            return known;
        }
        Optional<String> found = read(cgu.id()).map(SeenObject::uid);
        found.ifPresent(uid -> uids.put(cgu, uid));
        return found.orElse(cgu.uid());
    }

    /** Empty also on a hub that does not have the kind, because all CGUs come by REST. */
    private Optional<SeenObject> read(CguId id) {
        try {
            return writer.read(HubKind.UPGRADE, id.namespace(), id.name());
        } catch (HubException e) {
            if (e.code() == 404) {
                return Optional.empty();
            }
            throw e;
        }
    }
}

package dev.echelon.executor.work;

import dev.echelon.contract.audit.AuditEvent;

/** Where Kubernetes events go. */
public interface EventSink {

    /**
     * Creates the Kubernetes event that tells of an audit event; one that is there already is right. Blocks.
     *
     * @param event one with a {@link dev.echelon.contract.audit.HubEvent}
     * @throws HubException when the hub refused or could not be reached
     */
    void create(AuditEvent event);
}

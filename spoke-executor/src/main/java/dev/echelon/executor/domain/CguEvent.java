package dev.echelon.executor.domain;

import dev.echelon.contract.audit.AuditEvent;
import dev.echelon.contract.audit.HubEvent;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/** The Kubernetes event that tells of an audit event (contract 15). */
public final class CguEvent {

    private static final DateTimeFormatter MICROSECONDS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    /** What Kubernetes allows for a name. */
    private static final int NAME_LIMIT = 253;
    private static final int INSTANCE_LIMIT = 128;
    private static final int HASH_DIGITS = 20;

    private CguEvent() {}

    /** The event's name, the same for the same audit event, so that telling it twice leaves one. */
    public static String name(AuditEvent event) {
        String suffix = "-" + hash(event.source() + " " + event.id());
        String cgu = event.subject().name();
        return cgu.substring(0, Math.min(cgu.length(), NAME_LIMIT - suffix.length())) + suffix;
    }

    /**
     * The whole event as the hub takes it.
     *
     * @param event one with a {@link HubEvent}
     * @param uid of the CGU on the hub
     * @param host where this process runs
     */
    public static Map<String, Object> manifest(AuditEvent event, String uid, String host) {
        HubEvent told = event.data().hubEvent();
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("name", name(event));
        metadata.put("generateName", event.subject().name() + "-");
        metadata.put("namespace", event.subject().namespace());
        if (!told.annotations().isEmpty()) {
            metadata.put("annotations", told.annotations());
        }
        Map<String, Object> regarding = new LinkedHashMap<>();
        regarding.put("apiVersion", HubKind.UPGRADE.apiVersion());
        regarding.put("kind", HubKind.UPGRADE.kind());
        regarding.put("namespace", event.subject().namespace());
        regarding.put("name", event.subject().name());
        regarding.put("uid", uid);
        Map<String, Object> manifest = new LinkedHashMap<>();
        manifest.put("apiVersion", HubKind.EVENT.apiVersion());
        manifest.put("kind", HubKind.EVENT.kind());
        manifest.put("metadata", metadata);
        manifest.put("eventTime", microseconds(event.time()));
        manifest.put("type", told.type());
        manifest.put("reason", told.reason());
        manifest.put("action", told.action());
        manifest.put("note", told.note());
        manifest.put("regarding", regarding);
        if (!told.cluster().isEmpty()) {
            manifest.put("related", Map.of(
                    "apiVersion", HubKind.CLUSTER.apiVersion(),
                    "kind", HubKind.CLUSTER.kind(),
                    "name", told.cluster()));
        }
        manifest.put("reportingController", "ClusterGroupUpgrade");
        manifest.put("reportingInstance", host.substring(0, Math.min(host.length(), INSTANCE_LIMIT)));
        return manifest;
    }

    private static String microseconds(Instant time) {
        return MICROSECONDS.format(time);
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest).substring(0, HASH_DIGITS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}

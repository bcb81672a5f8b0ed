package dev.echelon.kubeapi;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.echelon.kubeapi.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * One change of one object. All watchers of a change share one event, so that it is written out once and not once per
 * watcher.
 */
public final class WatchEvent {
    /** What happened to the object. */
    public enum Type { ADDED, MODIFIED, DELETED }

    private final Type type;
    private final ObjectNode object;
    private final Optional<ObjectNode> previous;
    private volatile byte[] encoded;

    private WatchEvent(Type type, ObjectNode object, Optional<ObjectNode> previous) {
        this.type = type;
        this.object = object;
        this.previous = previous;
    }

    /** The object is new. */
    public static WatchEvent added(ObjectNode object) {
        return new WatchEvent(Type.ADDED, object, Optional.empty());
    }

    /** The object was {@code previous} and is now {@code object}. */
    public static WatchEvent modified(ObjectNode object, ObjectNode previous) {
        return new WatchEvent(Type.MODIFIED, object, Optional.of(previous));
    }

    /**
     * The object is gone.
     *
     * @param object its last state, with the resourceVersion of its deletion
     */
    public static WatchEvent deleted(ObjectNode object) {
        return new WatchEvent(Type.DELETED, object, Optional.of(object));
    }

    /** What happened. */
    public Type type() {
        return type;
    }

    /** The object after the change; for a deletion, its last state. Shared, never to be changed. */
    public ObjectNode object() {
        return object;
    }

    /** The object before the change; empty where it is new. */
    public Optional<ObjectNode> previous() {
        return previous;
    }

    /** The moment of the change. */
    public String resourceVersion() {
        return Json.textAt(Json.objectAt(object, "metadata"), "resourceVersion");
    }

    /** The event as one line of a watch, computed once. */
    byte[] line() {
        byte[] line = encoded;
        if (line == null) {
            line = line(type.name(), object);
            encoded = line;
        }
        return line;
    }

    /** A line of a watch. */
    static byte[] line(String type, ObjectNode object) {
        byte[] head = ("{\"type\":\"" + type + "\",\"object\":").getBytes(StandardCharsets.US_ASCII);
        byte[] body = Json.encode(object);
        byte[] line = new byte[head.length + body.length + 2];
        System.arraycopy(head, 0, line, 0, head.length);
        System.arraycopy(body, 0, line, head.length, body.length);
        line[line.length - 2] = '}';
        line[line.length - 1] = '\n';
        return line;
    }
}

package dev.echelon.watcher.domain;

/** Names a root policy, or another namespaced object beside one. */
public record PolicyKey(String namespace, String name) {

    @Override
    public String toString() {
        return namespace + "/" + name;
    }
}

package dev.echelon.executor.domain;

import java.util.Map;

/** A file or directory of the node, mounted into a spoke job under {@code /host}. */
record HostMount(String name, String path, String type, boolean readOnly) {

    /** A directory that the job may only read. */
    static HostMount read(String path) {
        return new HostMount(nameOf(path), path, "Directory", true);
    }

    /** A directory that the job may write. */
    static HostMount write(String path) {
        return new HostMount(nameOf(path), path, "Directory", false);
    }

    /** The same with another type of {@code hostPath}. */
    HostMount as(String type) {
        return new HostMount(name, path, type, readOnly);
    }

    Map<String, Object> volume() {
        return Map.of("name", name, "hostPath", Map.of("path", path, "type", type));
    }

    Map<String, Object> mount() {
        return mount(name, "/host" + path, readOnly);
    }

    static Map<String, Object> mount(String volume, String at, boolean readOnly) {
        return readOnly
                ? Map.of("name", volume, "mountPath", at, "readOnly", true)
                : Map.of("name", volume, "mountPath", at);
    }

    /** Volume names are published (contract 10.6): the path with dashes after "host", but for the cgroup directory. */
    private static String nameOf(String path) {
        String dashed = path.substring(1).replace('/', '-').replace('.', '-');
        return dashed.equals("sys-fs-cgroup") ? dashed : "host-" + dashed;
    }
}

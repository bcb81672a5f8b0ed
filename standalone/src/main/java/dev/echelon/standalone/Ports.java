package dev.echelon.standalone;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** Looks at a port before anything is started, so that a taken one is a clear message and not a stack trace. */
final class Ports {

    private Ports() {}

    /** @throws IllegalArgumentException when something listens there already */
    static void requireFree(String option, int port) throws IOException {
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException(option + ": " + port + " is not between 1 and 65535");
        }
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            socket.setReuseAddress(true);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    option + ": port " + port + " on loopback is taken (" + e.getMessage()
                            + "), perhaps by another ./echelon; stop that, or choose another port",
                    e);
        }
    }

    /** A port that was free a moment ago. */
    static int anyFree() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}

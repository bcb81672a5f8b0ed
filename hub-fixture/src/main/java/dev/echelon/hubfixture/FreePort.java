package dev.echelon.hubfixture;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A port for a server that is started a moment later, and perhaps again and again. It lies below those that systems
 * give to outgoing connections, of which one would sooner or later sit on a port that is free at this moment.
 */
public final class FreePort {

    private static final int FIRST = 20_000;
    private static final int END = 32_000;
    private static final Set<Integer> TAKEN = ConcurrentHashMap.newKeySet();

    private FreePort() {}

    /** One that this JVM has not been given before, and that nobody listens on at loopback. */
    public static int take() {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(FIRST, END);
            if (TAKEN.add(port) && isFree(port)) {
                return port;
            }
        }
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException taken) {
            return false;
        }
    }
}

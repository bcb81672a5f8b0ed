package dev.echelon.watcher;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A TCP connection to the hub that can be cut and mended. */
final class Cable implements AutoCloseable {

    private final int target;
    private final ServerSocket plug;
    private final Set<Socket> ends = ConcurrentHashMap.newKeySet();
    private volatile boolean cut;

    Cable(int target) {
        this.target = target;
        try {
            this.plug = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.startVirtualThread(this::accept);
    }

    int port() {
        return plug.getLocalPort();
    }

    /** Resets what is connected and refuses what comes. */
    void cut() {
        cut = true;
        ends.forEach(Cable::close);
    }

    void mend() {
        cut = false;
    }

    @Override
    public void close() {
        cut();
        try {
            plug.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void accept() {
        while (!plug.isClosed()) {
            try {
                Socket near = plug.accept();
                ends.add(near);
                if (cut) {
                    close(near);
                    continue;
                }
                Socket far = new Socket(InetAddress.getLoopbackAddress(), target);
                ends.add(far);
                Thread.startVirtualThread(() -> carry(near, far));
                Thread.startVirtualThread(() -> carry(far, near));
            } catch (IOException e) {
                // The hub refused, or we were closed: the client sees a reset, which is what a cable gives.
                ends.forEach(Cable::close);
            }
        }
    }

    private void carry(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
        } catch (IOException e) {
            // Cut.
        } finally {
            close(from);
            close(to);
            ends.remove(from);
            ends.remove(to);
        }
    }

    private static void close(Socket end) {
        try {
            end.close();
        } catch (IOException e) {
            // It is gone either way.
        }
    }
}

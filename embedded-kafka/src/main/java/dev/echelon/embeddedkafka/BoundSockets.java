package dev.echelon.embeddedkafka;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.Map;
import org.apache.kafka.server.ServerSocketFactory;

/**
 * The two listening sockets, bound before the broker is built, so that their ports are known and nobody can take them
 * in between. The broker asks for them as if they were new.
 */
final class BoundSockets implements ServerSocketFactory, AutoCloseable {

    static final String LOOPBACK = "127.0.0.1";
    private static final int BACKLOG = 50;

    private final ServerSocketChannel broker;
    private final ServerSocketChannel controller;
    private final int brokerPort;
    private final int controllerPort;

    private BoundSockets(ServerSocketChannel broker, ServerSocketChannel controller) {
        this.broker = broker;
        this.controller = controller;
        this.brokerPort = broker.socket().getLocalPort();
        this.controllerPort = controller.socket().getLocalPort();
    }

    static BoundSockets bind(int port) throws IOException {
        var broker = listen(port);
        try {
            return new BoundSockets(broker, listen(0));
        } catch (IOException | RuntimeException e) {
            broker.close();
            throw e;
        }
    }

    private static ServerSocketChannel listen(int port) throws IOException {
        var channel = ServerSocketChannel.open();
        try {
            // Kafka's acceptor polls the channel with a selector, as its own factory leaves it.
            channel.configureBlocking(false);
            channel.bind(new InetSocketAddress(LOOPBACK, port), BACKLOG);
            return channel;
        } catch (IOException e) {
            channel.close();
            throw new IllegalStateException("the embedded broker cannot listen on " + LOOPBACK + ":" + port + " ("
                    + e.getMessage() + "); choose another port, or 0 for a free one", e);
        }
    }

    int brokerPort() {
        return brokerPort;
    }

    int controllerPort() {
        return controllerPort;
    }

    /** The quorum: this node alone. */
    Map<Integer, InetSocketAddress> voters() {
        return Map.of(BrokerSettings.NODE_ID, new InetSocketAddress(LOOPBACK, controllerPort));
    }

    @Override
    public ServerSocketChannel openServerSocket(
            String listenerName, InetSocketAddress address, int backlog, int receiveBufferBytes) throws IOException {
        return switch (listenerName) {
            case BrokerSettings.BROKER_LISTENER -> broker;
            case BrokerSettings.CONTROLLER_LISTENER -> controller;
            default -> throw new IOException("the embedded broker has no listener " + listenerName);
        };
    }

    @Override
    public void close() {
        try (broker; controller) {
            // Closing is all that is to be done; the broker has mostly done so itself.
        } catch (IOException e) {
            throw new IllegalStateException("the embedded broker's sockets did not close", e);
        }
    }
}

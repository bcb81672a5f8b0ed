package dev.echelon.watcher.graph;

import java.net.InetAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Which proxy the environment names for a request, by the rules that programs in Go follow: {@code HTTPS_PROXY} or
 * {@code HTTP_PROXY} by the request's scheme, in capitals or not; {@code NO_PROXY} lists hosts that are asked directly:
 * {@code *}, a name (with all below it), {@code .name} (all below it), an address, a range in CIDR form; a name or an
 * address with {@code :port} where only that port is meant. This machine itself is never asked through a proxy.
 */
final class EnvironmentProxy {

    private final Map<String, String> environment;

    EnvironmentProxy(Map<String, String> environment) {
        this.environment = environment;
    }

    /**
     * The proxy for a request; empty when there is none.
     *
     * @throws IllegalArgumentException when the environment names one that cannot be used
     */
    Optional<URI> of(URI request) {
        String variable = "https".equalsIgnoreCase(request.getScheme()) ? "HTTPS_PROXY" : "HTTP_PROXY";
        String proxy = value(variable);
        if (proxy.isEmpty() || isAskedDirectly(request)) {
            return Optional.empty();
        }
        URI named;
        try {
            named = URI.create(proxy.contains("://") ? proxy : "http://" + proxy);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("the proxy in " + variable + " is no URL");
        }
        // Without the text itself, which may hold a password.
        if (!"http".equalsIgnoreCase(named.getScheme()) || named.getHost() == null) {
            throw new IllegalArgumentException("the proxy in " + variable + " is not of the form http://host:port");
        }
        return Optional.of(named);
    }

    private boolean isAskedDirectly(URI request) {
        String host = plain(request.getHost().toLowerCase(Locale.ROOT));
        int usual = "https".equalsIgnoreCase(request.getScheme()) ? 443 : 80;
        int port = request.getPort() >= 0 ? request.getPort() : usual;
        Optional<InetAddress> address = literal(host);
        if (host.equals("localhost") || address.filter(InetAddress::isLoopbackAddress).isPresent()) {
            return true;
        }
        for (String entry : value("NO_PROXY").toLowerCase(Locale.ROOT).split(",")) {
            if (matches(entry.strip(), host, port, address)) {
                return true;
            }
        }
        return false;
    }

    private static boolean matches(String entry, String host, int port, Optional<InetAddress> address) {
        if (entry.isEmpty() || entry.equals("*")) {
            return !entry.isEmpty();
        }
        int slash = entry.indexOf('/');
        if (slash > 0) {
            return address.isPresent()
                    && isWithin(address.get(), entry.substring(0, slash), entry.substring(slash + 1));
        }
        String name = entry;
        int colon = entry.lastIndexOf(':');
        if (colon > 0 && (entry.indexOf(':') == colon || entry.charAt(colon - 1) == ']')) {
            if (!entry.substring(colon + 1).equals(Integer.toString(port))) {
                return false;
            }
            name = entry.substring(0, colon);
        }
        name = plain(name);
        if (address.isPresent()) {
            return literal(name).filter(address.get()::equals).isPresent();
        }
        if (name.startsWith("*.")) {
            name = name.substring(1);
        }
        return name.startsWith(".") ? host.endsWith(name) : host.equals(name) || host.endsWith("." + name);
    }

    private static boolean isWithin(InetAddress address, String network, String bits) {
        Optional<InetAddress> first = literal(network);
        if (first.isEmpty() || !bits.matches("[0-9]{1,3}")) {
            return false;
        }
        byte[] wanted = first.get().getAddress();
        byte[] found = address.getAddress();
        int length = Integer.parseInt(bits);
        if (wanted.length != found.length || length > wanted.length * 8) {
            return false;
        }
        for (int bit = 0; bit < length; bit++) {
            int mask = 0x80 >> bit % 8;
            if ((wanted[bit / 8] & mask) != (found[bit / 8] & mask)) {
                return false;
            }
        }
        return true;
    }

    /** An address that is written as one; names are not looked up. */
    private static Optional<InetAddress> literal(String host) {
        try {
            return Optional.of(InetAddress.ofLiteral(host));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static String plain(String host) {
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }

    private String value(String variable) {
        List<String> values = new ArrayList<>();
        values.add(environment.getOrDefault(variable, ""));
        values.add(environment.getOrDefault(variable.toLowerCase(Locale.ROOT), ""));
        return values.stream().filter(value -> !value.isBlank()).findFirst().map(String::strip).orElse("");
    }
}

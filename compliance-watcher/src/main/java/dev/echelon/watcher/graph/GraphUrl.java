package dev.echelon.watcher.graph;

import dev.echelon.contract.observation.PlatformRequest;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Where a question is put to an update graph (contract 3.5). */
final class GraphUrl {

    /** What RFC 3986 lets stand in a URI beside letters and digits. */
    private static final String LEGAL = "-._~:/?#[]@!$&'()*+,;=%";

    private GraphUrl() {}

    /** As conditions show it: upstream and channel, one after the other. */
    static String text(PlatformRequest request) {
        return request.upstream() + "?channel=" + request.channel();
    }

    /**
     * As it is asked: the same, with what has no place in a URI escaped.
     *
     * @throws IllegalArgumentException when no URL with a host comes of it
     */
    static URI uri(PlatformRequest request) {
        String text = text(request);
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            uri = URI.create(escaped(text));
        }
        if (uri.getHost() == null
                || !"http".equalsIgnoreCase(uri.getScheme()) && !"https".equalsIgnoreCase(uri.getScheme())) {
            throw new IllegalArgumentException("it is not of the form http(s)://host/path");
        }
        return uri;
    }

    private static String escaped(String text) {
        StringBuilder escaped = new StringBuilder();
        text.codePoints().forEach(character -> {
            if (character < 128 && (Character.isLetterOrDigit(character) || LEGAL.indexOf(character) >= 0)) {
                escaped.appendCodePoint(character);
                return;
            }
            for (byte octet : Character.toString(character).getBytes(StandardCharsets.UTF_8)) {
                escaped.append('%').append(HexFormat.of().withUpperCase().toHexDigits(octet));
            }
        });
        // A percent sign that escapes nothing.
        return escaped.toString().replaceAll("%(?![0-9A-Fa-f]{2})", "%25");
    }
}

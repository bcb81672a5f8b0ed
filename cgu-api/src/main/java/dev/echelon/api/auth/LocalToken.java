package dev.echelon.api.auth;

import dev.echelon.api.config.AuthConfig;
import dev.echelon.kubeapi.User;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;

/** The one token of an installation on one machine. */
final class LocalToken implements Tokens {

    private static final int SHORTEST = 32;
    private static final String KEY = "echelon.api.auth.local.token-file";

    private final byte[] hash;
    private final User user;

    /** @throws IllegalArgumentException where there is no token that is long enough */
    LocalToken(AuthConfig.Local config) {
        Path file = config.tokenFile().orElseThrow(() -> new IllegalArgumentException(
                "echelon.api.auth.mode=local needs " + KEY + ": the file that has the token"));
        String token;
        try {
            token = Files.readString(file).strip();
        } catch (IOException e) {
            throw new IllegalArgumentException(KEY + ": cannot read " + file, e);
        }
        if (token.length() < SHORTEST) {
            throw new IllegalArgumentException(KEY + ": the token in " + file + " is shorter than " + SHORTEST
                    + " characters");
        }
        this.hash = bytes(token);
        this.user = new User(config.user(), "", List.of("system:authenticated"), java.util.Map.of());
    }

    @Override
    public Optional<User> owner(String token, String from) {
        // Of two hashes, in constant time: how long it takes tells nothing of the token.
        return MessageDigest.isEqual(hash, bytes(token)) ? Optional.of(user) : Optional.empty();
    }

    private static byte[] bytes(String token) {
        return Hashes.sha256(token).getBytes(StandardCharsets.US_ASCII);
    }
}

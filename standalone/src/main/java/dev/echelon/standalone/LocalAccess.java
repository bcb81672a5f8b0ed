package dev.echelon.standalone;

import io.fabric8.kubernetes.api.model.ConfigBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * How whoever owns the data directory gets at the API on loopback: a token and a certificate, made at the first start
 * and kept, and a kubeconfig with both. Nobody else on the machine may read them.
 */
final class LocalAccess {

    private static final int TOKEN_BYTES = 32;
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> OWNERS_FOLDER = PosixFilePermissions.fromString("rwx------");

    private final Path folder;
    private final URI https;

    private LocalAccess(Path folder, URI https) {
        this.folder = folder;
        this.https = https;
    }

    /**
     * Makes what is not there yet.
     *
     * @param folder of its own
     * @param tlsPort where the API listens with TLS
     */
    static LocalAccess prepare(Path folder, int tlsPort) throws IOException, InterruptedException {
        LocalAccess access = new LocalAccess(folder, URI.create("https://127.0.0.1:" + tlsPort));
        Files.createDirectories(folder);
        if (hasPermissions(folder)) {
            Files.setPosixFilePermissions(folder, OWNERS_FOLDER);
        }
        if (!Files.exists(access.tokenFile())) {
            byte[] random = new byte[TOKEN_BYTES];
            new SecureRandom().nextBytes(random);
            writeSecret(access.tokenFile(), Base64.getUrlEncoder().withoutPadding().encodeToString(random) + "\n");
        }
        LocalCertificate certificate = LocalCertificate.readOrMake(access.certificateFile(), access.keyFile());
        writeSecret(access.kubeconfig(), kubeconfig(access, certificate));
        return access;
    }

    /** The address that needs the token for everything. */
    URI https() {
        return https;
    }

    Path tokenFile() {
        return folder.resolve("token");
    }

    Path certificateFile() {
        return folder.resolve("tls.crt");
    }

    Path keyFile() {
        return folder.resolve("tls.key");
    }

    Path kubeconfig() {
        return folder.resolve("kubeconfig");
    }

    String token() throws IOException {
        return Files.readString(tokenFile()).strip();
    }

    /** What cgu-api has to be told. */
    Map<String, String> serviceConfiguration() {
        Map<String, String> configuration = new HashMap<>();
        configuration.put("echelon.api.auth.mode", "local");
        configuration.put("echelon.api.auth.local.token-file", tokenFile().toString());
        configuration.put("quarkus.http.ssl.certificate.files", certificateFile().toString());
        configuration.put("quarkus.http.ssl.certificate.key-files", keyFile().toString());
        configuration.put("quarkus.http.ssl-port", String.valueOf(https.getPort()));
        return configuration;
    }

    private static String kubeconfig(LocalAccess access, LocalCertificate certificate) throws IOException {
        return Serialization.asYaml(new ConfigBuilder()
                .withApiVersion("v1")
                .withKind("Config")
                .addNewCluster()
                .withName("echelon")
                .withNewCluster()
                .withServer(access.https.toString())
                .withCertificateAuthorityData(Base64.getEncoder()
                        .encodeToString(certificate.pem().getBytes(StandardCharsets.US_ASCII)))
                .endCluster()
                .endCluster()
                .addNewUser()
                .withName("local-admin")
                .withNewUser()
                .withToken(access.token())
                .endUser()
                .endUser()
                .addNewContext()
                .withName("echelon")
                .withNewContext()
                .withCluster("echelon")
                .withUser("local-admin")
                .endContext()
                .endContext()
                .withCurrentContext("echelon")
                .build());
    }

    /** Writes a file that nobody else can read, at no time; a reader sees the old content or the new one. */
    static void writeSecret(Path file, String content) throws IOException {
        Path next = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(next);
        if (hasPermissions(file.getParent())) {
            Files.createFile(next, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
        } else {
            Files.createFile(next);
        }
        Files.writeString(next, content, StandardOpenOption.TRUNCATE_EXISTING);
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static boolean hasPermissions(Path folder) throws IOException {
        return Files.getFileStore(folder).supportsFileAttributeView("posix");
    }
}

package dev.echelon.standalone;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A certificate for this machine's loopback addresses that vouches for itself, made by the JDK's own keytool. */
final class LocalCertificate {

    private static final String ALIAS = "echelon";
    private static final int DAYS = 397;
    private static final Duration LEFT_AT_LEAST = Duration.ofDays(30);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int LINE = 64;

    private final X509Certificate certificate;

    private LocalCertificate(X509Certificate certificate) {
        this.certificate = certificate;
    }

    /** The one in the files; a new one where there is none, or where it does not hold for another month. */
    static LocalCertificate readOrMake(Path certificateFile, Path keyFile) throws IOException, InterruptedException {
        if (Files.exists(certificateFile) && Files.exists(keyFile)) {
            X509Certificate found = read(certificateFile);
            if (found.getNotAfter().toInstant().isAfter(Instant.now().plus(LEFT_AT_LEAST))) {
                return new LocalCertificate(found);
            }
        }
        return make(certificateFile, keyFile);
    }

    String pem() {
        try {
            return pem("CERTIFICATE", certificate.getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a certificate that was read can be written", e);
        }
    }

    private static X509Certificate read(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
        } catch (CertificateException e) {
            throw new IOException(file + " is no certificate; delete it, and a new one is made", e);
        }
    }

    private static LocalCertificate make(Path certificateFile, Path keyFile) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory(certificateFile.getParent(), "new-");
        try {
            Path store = folder.resolve("store.p12");
            Path password = folder.resolve("password");
            byte[] random = new byte[24];
            new SecureRandom().nextBytes(random);
            String word = Base64.getUrlEncoder().encodeToString(random);
            LocalAccess.writeSecret(password, word);
            keytool(folder, store, password);
            KeyStore made = KeyStore.getInstance("PKCS12");
            try (InputStream in = Files.newInputStream(store)) {
                made.load(in, word.toCharArray());
            }
            LocalCertificate certificate = new LocalCertificate((X509Certificate) made.getCertificate(ALIAS));
            // Never a key beside another one's certificate, whenever this ends.
            Files.deleteIfExists(certificateFile);
            LocalAccess.writeSecret(
                    keyFile, pem("PRIVATE KEY", made.getKey(ALIAS, word.toCharArray()).getEncoded()));
            LocalAccess.writeSecret(certificateFile, certificate.pem());
            return certificate;
        } catch (GeneralSecurityException e) {
            throw new IOException("keytool made a key store that cannot be read", e);
        } finally {
            TemporaryFiles.delete(folder);
        }
    }

    private static void keytool(Path folder, Path store, Path password) throws IOException, InterruptedException {
        Path output = folder.resolve("output");
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                        "-genkeypair",
                        "-alias", ALIAS,
                        "-keyalg", "EC",
                        "-groupname", "secp256r1",
                        "-sigalg", "SHA256withECDSA",
                        "-dname", "CN=Echelon on this machine",
                        "-ext", "SAN=IP:127.0.0.1,IP:::1,DNS:localhost",
                        "-ext", "EKU=serverAuth",
                        "-validity", String.valueOf(DAYS),
                        "-storetype", "PKCS12",
                        "-keystore", store.toString(),
                        "-storepass:file", password.toString()))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        boolean ended = process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        if (!ended) {
            process.destroyForcibly();
        }
        if (!ended || process.exitValue() != 0) {
            throw new IOException("keytool made no certificate: " + Files.readString(output));
        }
    }

    private static String pem(String what, byte[] der) {
        String text = Base64.getMimeEncoder(LINE, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(der);
        return "-----BEGIN " + what + "-----\n" + text + "\n-----END " + what + "-----\n";
    }
}

package dev.echelon.e2e;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Vouches for certificates, by the JDK's own keytool; keys are of the kind that Strimzi makes. */
final class Authority {

    private static final String ALIAS = "authority";
    private static final String PASSWORD = "of-a-test";

    private final Path store;

    private Authority(Path store) {
        this.store = store;
    }

    /** A new one; {@code folder} keeps what it has. */
    static Authority make(Path folder, String name) throws Exception {
        Authority authority = new Authority(folder.resolve(name + ".p12"));
        authority.keytool(ALIAS, "CN=" + name, List.of("-ext", "BasicConstraints:critical=ca:true"));
        return authority;
    }

    /**
     * A new certificate with a new key.
     *
     * @param name becomes the subject {@code CN=<name>}
     * @param extensions in keytool's words
     */
    synchronized Issued issue(String name, String... extensions) throws Exception {
        String alias = name + "-" + System.nanoTime();
        List<String> arguments = new ArrayList<>(List.of("-signer", ALIAS));
        for (String extension : extensions) {
            arguments.addAll(List.of("-ext", extension));
        }
        keytool(alias, "CN=" + name, arguments);
        return issued(alias);
    }

    /** The authority's own certificate, in PEM. */
    synchronized String pem() throws Exception {
        return issued(ALIAS).certificatePem();
    }

    synchronized X509Certificate certificate() throws Exception {
        return issued(ALIAS).certificate();
    }

    /** What is in the PEM. */
    static X509Certificate certificate(byte[] pem) throws GeneralSecurityException {
        return (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(pem));
    }

    /** A key and the certificate for it. */
    record Issued(PrivateKey key, X509Certificate certificate) {

        String certificatePem() throws GeneralSecurityException {
            return inPem("CERTIFICATE", certificate.getEncoded());
        }

        String keyPem() {
            return inPem("PRIVATE KEY", key.getEncoded());
        }

        /** As in a KafkaUser's Secret. */
        byte[] pkcs12(String alias, String password) throws GeneralSecurityException, IOException {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry(alias, key, password.toCharArray(), new Certificate[] {certificate});
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            store.store(bytes, password.toCharArray());
            return bytes.toByteArray();
        }

        private static String inPem(String what, byte[] der) {
            String text = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(der);
            return "-----BEGIN " + what + "-----\n" + text + "\n-----END " + what + "-----\n";
        }
    }

    private Issued issued(String alias) throws Exception {
        KeyStore all = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            all.load(in, PASSWORD.toCharArray());
        }
        return new Issued(
                (PrivateKey) all.getKey(alias, PASSWORD.toCharArray()), (X509Certificate) all.getCertificate(alias));
    }

    private void keytool(String alias, String subject, List<String> arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-J-XX:TieredStopAtLevel=1",
                "-genkeypair",
                "-alias", alias,
                "-dname", subject,
                "-keyalg", "RSA",
                "-keysize", "2048",
                "-validity", "2",
                "-storetype", "PKCS12",
                "-keystore", store.toString(),
                "-storepass", PASSWORD));
        command.addAll(arguments);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new IllegalStateException("keytool made no certificate " + subject + ": " + output);
        }
    }
}

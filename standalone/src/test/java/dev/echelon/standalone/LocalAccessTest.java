package dev.echelon.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.Config;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalAccessTest {

    @TempDir
    private Path data;

    @Test
    void nobodyElseCanReadWhatIsMade() throws Exception {
        Path folder = data.resolve("api");
        LocalAccess.prepare(folder, 8443);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder))).isEqualTo("rwx------");
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> all = files.sorted().toList();
            assertThat(all).extracting(file -> file.getFileName().toString())
                    .containsExactly("kubeconfig", "tls.crt", "tls.key", "token");
            for (Path file : all) {
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                        .as(file.toString())
                        .isEqualTo("rw-------");
            }
        }
    }

    @Test
    void tokenAndCertificateAreKeptWhileTheKubeconfigFollowsThePort() throws Exception {
        LocalAccess first = LocalAccess.prepare(data, 8443);
        String token = first.token();
        X509Certificate certificate = certificate(first);

        LocalAccess second = LocalAccess.prepare(data, 9443);

        assertThat(second.token()).isEqualTo(token).hasSizeGreaterThanOrEqualTo(43);
        assertThat(certificate(second)).isEqualTo(certificate);
        Config config = Config.fromKubeconfig(second.kubeconfig().toFile());
        assertThat(config.getMasterUrl()).isEqualTo("https://127.0.0.1:9443/");
        assertThat(config.getAutoOAuthToken()).isEqualTo(token);
    }

    @Test
    void theCertificateIsForThisMachineOnly() throws Exception {
        X509Certificate certificate = certificate(LocalAccess.prepare(data, 8443));

        assertThat(certificate.getSubjectAlternativeNames()).extracting(name -> String.valueOf(name.get(1)))
                .containsExactlyInAnyOrder("127.0.0.1", "0:0:0:0:0:0:0:1", "localhost");
        certificate.verify(certificate.getPublicKey());
    }

    @Test
    void aCertificateWithoutItsKeyIsMadeAnew() throws Exception {
        LocalAccess access = LocalAccess.prepare(data, 8443);
        X509Certificate before = certificate(access);
        Files.delete(access.keyFile());

        LocalAccess.prepare(data, 8443);

        assertThat(certificate(access)).isNotEqualTo(before);
        assertThat(access.keyFile()).exists();
    }

    private static X509Certificate certificate(LocalAccess access) throws Exception {
        try (InputStream in = Files.newInputStream(access.certificateFile())) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}

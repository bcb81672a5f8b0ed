package dev.echelon.e2e.parity;

import dev.echelon.e2e.EchelonProcess;
import dev.echelon.e2e.HubAccess;
import dev.echelon.e2e.ShippedInstallation;
import dev.echelon.hubfixture.RealHub;
import dev.echelon.hubfixture.TestFolder;
import dev.echelon.simulator.SimulatedHub;
import dev.echelon.standalone.client.KubeHttp;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A hub with ACM's kinds but without ACM and without spokes, and Echelon at work on it. What ACM would answer, the test
 * writes. One hub of each kind is started when it is first needed and shared by all parity cases of the run.
 */
enum BareHub {
    SIMULATED("the simulated hub") {
        @Override
        Hub startHub(Path folder) {
            SimulatedHub hub = SimulatedHub.start();
            Path kubeconfig = folder.resolve("hub.kubeconfig");
            hub.writeKubeconfig(kubeconfig);
            return new Hub(kubeconfig, new KubeHttp(URI.create(hub.url())), hub);
        }
    },
    API_SERVER("a real API server") {
        @Override
        Hub startHub(Path folder) throws Exception {
            RealHub hub = RealHub.start(Files.createDirectory(folder.resolve("hub"))).withHubCrds().withEchelonCrds();
            return new Hub(hub.kubeconfig(), HubAccess.asAdministrator(hub), hub);
        }

        @Override
        Optional<String> missing() {
            return RealHub.missing();
        }
    },

    /** Only on demand, and then alone. */
    AS_INSTALLED("a real API server, with each service under its shipped role") {
        private ShippedInstallation echelon;

        @Override
        Hub startHub(Path folder) throws Exception {
            echelon = ShippedInstallation.prepare(folder);
            return new Hub(echelon.hub().kubeconfig(), HubAccess.asAdministrator(echelon.hub()), () -> {
                echelon.refused().forEach(request -> System.out.println("refused: " + request));
                echelon.close();
            });
        }

        @Override
        AutoCloseable startEchelon(Path folder, Hub running) throws Exception {
            echelon.launch(ENVIRONMENT);
            echelon.awaitReady();
            return () -> {};
        }

        @Override
        Optional<String> missing() {
            return RealHub.missing();
        }
    };

    /** {@code -Dechelon.parity.installed=true} asks for it. */
    private static final boolean ONLY_AS_INSTALLED = Boolean.getBoolean("echelon.parity.installed");

    private static final Map<String, String> ENVIRONMENT = Map.of(
            "PRECACHE_IMG", "registry.example.com/pre-cache:1",
            "RECOVERY_IMG", "registry.example.com/recovery:1",
            "ECHELON_WATCHER_GRAPH_TIMEOUT", "3s",
            "ECHELON_WATCHER_GRAPH_FIRST_PAUSE", "1s");

    /** Where it is, and how to speak to it. */
    record Hub(Path kubeconfig, KubeHttp http, AutoCloseable server) {}

    private final String title;
    private Hub hub;
    private Stage leftBehind;

    BareHub(String title) {
        this.title = title;
    }

    /** The hubs that there can be here; says which cannot. */
    static Stream<BareHub> available() {
        return Arrays.stream(values()).filter(hub -> (hub == AS_INSTALLED) == ONLY_AS_INSTALLED).filter(hub -> {
            hub.missing().ifPresent(why -> System.out.println("parity cases on " + hub + " are skipped: " + why));
            return hub.missing().isEmpty();
        });
    }

    /** The hub's API, for everybody but Echelon. */
    synchronized KubeHttp http() {
        if (hub == null) {
            start();
        }
        return hub.http();
    }

    /** What was there before Echelon was started; it stays for as long as the hub does. */
    synchronized Stage leftBehind() {
        http();
        return leftBehind;
    }

    private void start() {
        Deque<AutoCloseable> started = new ArrayDeque<>();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> started.forEach(BareHub::close)));
        try {
            TestFolder own = TestFolder.create("parity");
            Path folder = own.path();
            started.push(own);
            started.push(() -> keepLogOf(folder));
            Hub running = startHub(folder);
            started.push(running.server());
            hub = running;
            leftBehind = new Stage(this);
            LeftBehind.stage(leftBehind);
            started.push(startEchelon(folder, running));
        } catch (Exception e) {
            hub = null;
            throw new IllegalStateException("cannot start " + title, e);
        }
    }

    /** Echelon's log is all that stays: {@code target/parity-<hub>.log}. */
    private void keepLogOf(Path folder) throws IOException {
        Path log = folder.resolve("data").resolve("echelon.log");
        if (Files.exists(log)) {
            String name = "parity-" + name().toLowerCase(Locale.ROOT) + ".log";
            Files.copy(log, Path.of("target", name), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static void close(AutoCloseable part) {
        try {
            part.close();
        } catch (Exception e) {
            System.out.println("not closed: " + part + ": " + e);
        }
    }

    abstract Hub startHub(Path folder) throws Exception;

    AutoCloseable startEchelon(Path folder, Hub running) throws Exception {
        return EchelonProcess.start(
                folder.resolve("data"), ENVIRONMENT, "--hub-kubeconfig", running.kubeconfig().toString());
    }

    Optional<String> missing() {
        return Optional.empty();
    }

    @Override
    public String toString() {
        return title;
    }
}

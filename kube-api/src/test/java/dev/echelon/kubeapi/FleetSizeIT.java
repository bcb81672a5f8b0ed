package dev.echelon.kubeapi;

import static dev.echelon.kubeapi.Conformity.WIDGETS;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.echelon.kubeapi.HttpApi.Answer;
import com.sun.management.OperatingSystemMXBean;
import dev.echelon.kubeapi.json.Json;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A fleet of 5,000: figures are printed; what is asserted leaves room for a machine that has other things to do. */
class FleetSizeIT {
    private static final int FLEET = 5_000;

    private final InMemoryStore store = new InMemoryStore();
    private final ApiServer server = ApiServer.start(store, "", _ -> { });
    private final HttpApi api = new HttpApi(server.url(), "none");

    @AfterEach
    void stop() {
        server.close();
    }

    private void fill() {
        ObjectNode labels = Json.object();
        for (int i = 0; i < 20; i++) {
            labels.put("label-" + i, "value-" + i);
        }
        for (int i = 0; i < FLEET; i++) {
            ObjectNode widget = Json.object().put("apiVersion", "test.echelon.dev/v1").put("kind", "Widget");
            widget.putObject("metadata").put("namespace", "team").put("name", "w" + i).set("labels", labels);
            widget.putObject("spec").put("size", 1).putObject("tags").setAll(labels);
            store.create(ApiServer.WIDGET, widget, WriteOptions.by("me"));
        }
    }

    /** Processor time of the whole process: clients, server and garbage collection, whatever else the machine does. */
    private static Duration time(Callable<?> work) throws Exception {
        OperatingSystemMXBean process = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long start = process.getProcessCpuTime();
        work.call();
        return Duration.ofNanos(process.getProcessCpuTime() - start);
    }

    @Test
    void listOfAFleetIsQuick() throws Exception {
        fill();
        api.get(WIDGETS);

        Duration plain = time(() -> api.get(WIDGETS + "?labelSelector=label-1%3Dvalue-1"));
        Duration table = time(() -> api.get(WIDGETS, HttpApi.TABLE));

        System.out.printf("list of %d objects, served, read and parsed, in CPU time: %d ms plain, %d ms as a table%n",
                FLEET, plain.toMillis(),
                table.toMillis());
        assertThat(api.get(WIDGETS).body().path("items")).hasSize(FLEET);
        assertThat(plain).isLessThan(Duration.ofSeconds(10));
        assertThat(table).isLessThan(Duration.ofSeconds(10));
    }

    @Test
    void thousandsOfPatchesReachEveryWatcherInOrder() throws Exception {
        fill();
        List<WatchLines> watches = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            watches.add(new WatchLines(api.open(WIDGETS + "?watch=true&resourceVersion="
                    + api.get(WIDGETS + "?limit=1").at("/metadata/resourceVersion"))));
        }
        int patches = 4_000;
        Duration taken;
        try (ExecutorService clients = Executors.newFixedThreadPool(8)) {
            List<Callable<Answer>> work = new ArrayList<>();
            for (int i = 0; i < patches; i++) {
                int number = i;
                work.add(() -> api.patch(WIDGETS + "/w" + number % FLEET, HttpApi.MERGE, "{\"spec\":{\"size\":2}}"));
            }
            List<Future<Answer>> answers = new ArrayList<>();
            taken = time(() -> answers.addAll(clients.invokeAll(work)));
            for (Future<Answer> answer : answers) {
                assertThat(answer.get().code()).isEqualTo(200);
            }
        }

        System.out.printf("%d patches over HTTP by 8 clients, 5 watchers: %d ms of CPU time, %d a second%n",
                patches, taken.toMillis(), patches * 1000L / Math.max(1, taken.toMillis()));
        for (WatchLines watch : watches) {
            long last = 0;
            for (int i = 0; i < patches; i++) {
                long version = watch.next().at("/object/metadata/resourceVersion").asLong();
                assertThat(version).isGreaterThan(last);
                last = version;
            }
            watch.close();
        }
        assertThat(taken).isLessThan(Duration.ofSeconds(60));
    }
}

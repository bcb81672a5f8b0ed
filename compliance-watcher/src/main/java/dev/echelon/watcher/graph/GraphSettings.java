package dev.echelon.watcher.graph;

import java.time.Duration;
import java.util.Map;

/**
 * How update graphs are asked.
 *
 * @param timeout for a whole answer, from connecting to its last byte
 * @param largestAnswer in bytes; a larger one is refused
 * @param kept for how long an answer serves others when nobody waits for it any more
 * @param firstPause after a failure; doubled with each further one
 * @param longestPause after a failure
 * @param insecure whether any certificate of a graph is accepted
 * @param environment where the proxy is named: HTTPS_PROXY, HTTP_PROXY and NO_PROXY, in capitals or not
 */
public record GraphSettings(
        Duration timeout,
        int largestAnswer,
        Duration kept,
        Duration firstPause,
        Duration longestPause,
        boolean insecure,
        Map<String, String> environment) {}

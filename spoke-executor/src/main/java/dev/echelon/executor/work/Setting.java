package dev.echelon.executor.work;

import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Executor;

/**
 * What all workers work with.
 *
 * @param precacheImage empty where none is configured
 * @param recoveryImage empty where none is configured
 * @param window for how long intents of one CGU for the hub are gathered before the newest is carried out
 * @param spacing how far apart two rounds of writes for one CGU's hub objects are at least
 * @param firstRetry after which a first failure is tried again; doubles from there
 * @param longestRetry up to which it doubles
 * @param executor runs passes, which block
 */
public record Setting(
        Hub hub,
        ResultSink results,
        InstantSource clock,
        Timers timers,
        Executor executor,
        String precacheImage,
        String recoveryImage,
        Duration window,
        Duration spacing,
        Duration firstRetry,
        Duration longestRetry) {}

/** A hub and its fleet: the hub's API, and what ACM and the spokes would do on it. Start at {@code Simulator}. */
package dev.echelon.simulator;

/**
 * What ACM and the spokes do, as small controllers. Towards the hub they use its API and nothing else, so that they run
 * against any API server; each spoke's own objects are in a store of its own.
 */
package dev.echelon.simulator.fleet;

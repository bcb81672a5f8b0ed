/**
 * What is simulated: clusters, what lies on the hub, how long things take and what goes wrong, read from a YAML file.
 */
package dev.echelon.simulator.scenario;

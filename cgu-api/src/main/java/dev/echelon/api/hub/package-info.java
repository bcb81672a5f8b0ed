/**
 * The edge to the hub: ClusterGroupUpgrades there and in the log are kept the same. Nothing else on the hub is touched.
 */
package dev.echelon.api.hub;

/** The edge of the automatic ClusterGroupUpgrade: watches ManagedClusters on the hub and creates CGUs there. */
package dev.echelon.api.ztp;

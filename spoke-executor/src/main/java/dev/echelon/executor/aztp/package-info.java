/** The edge of accelerated ZTP: labelled ManagedClusters are watched, their ConfigMaps on the hub kept up to date. */
package dev.echelon.executor.aztp;

/** The APIs that are served: the kinds of a hub and of a spoke, the HTTP server, kubeconfig files, pod logs. */
package dev.echelon.simulator.api;

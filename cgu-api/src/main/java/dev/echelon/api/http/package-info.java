/** The edge to HTTP: the resource kind as it is served, and the subresources that Kubernetes has no verb for. */
package dev.echelon.api.http;

/**
 * The Kubernetes API's own form, written once: {@link dev.echelon.kubeapi.KubeApi} speaks the protocol over any
 * {@link dev.echelon.kubeapi.ResourceStore}, for the kinds that a {@link dev.echelon.kubeapi.ResourceKind} describes.
 */
package dev.echelon.kubeapi;

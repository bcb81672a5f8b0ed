/** JSON and YAML as a Kubernetes API server reads, patches and looks into them. Knows Jackson and nothing else. */
package dev.echelon.kubeapi.json;

/**
 * Structural schemas (the {@code openAPIV3Schema} of a CustomResourceDefinition) and what the API server does with
 * them: pruning, defaulting, validation in its own words. Common expression language rules are not evaluated.
 */
package dev.echelon.kubeapi.schema;

/** Label and field selectors. */
package dev.echelon.kubeapi.select;

/** Accelerated ZTP: which cluster gets what while it is still being installed. Knows no hub and no clock. */
package dev.echelon.executor.aztp.domain;

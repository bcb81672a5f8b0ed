/** What a process tells of itself beside its records, for those who operate it. */
package dev.echelon.contract.telemetry;

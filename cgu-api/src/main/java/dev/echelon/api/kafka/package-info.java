/** The edge to Kafka: the table of {@code cgus}, the index of {@code audit}, and commands that are answered. */
package dev.echelon.api.kafka;

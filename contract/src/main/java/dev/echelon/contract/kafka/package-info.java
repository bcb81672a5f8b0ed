/**
 * The edge to Kafka that all services share: the topics as the broker has them, one way to write, two ways to read, and
 * the place for what could not be read. It knows kafka-clients and nothing above it.
 */
package dev.echelon.contract.kafka;

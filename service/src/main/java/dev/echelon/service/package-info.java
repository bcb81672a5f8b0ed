/** What every service has, the scheduler included, which knows no hub: where Kafka is, a start, and meters. */
package dev.echelon.service;

package dev.echelon.e2e;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * On a scenario: it runs beside the parity cases and the scenarios in the {@link SecondLane}, but not beside another in
 * this one. Scenarios mostly wait for processes that start and for rollouts, yet a machine with two cores has no room for
 * all of them at once. They begin first because they take longest.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Order(1)
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock("the first lane of scenarios")
@interface FirstLane {}

package dev.echelon.kubeapi;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * The objects of a kind at one moment.
 *
 * @param items           in the order of namespace and name; shared, never to be changed
 * @param resourceVersion the moment; a watch from here sees every later change
 */
public record Listing(List<ObjectNode> items, String resourceVersion) {
}

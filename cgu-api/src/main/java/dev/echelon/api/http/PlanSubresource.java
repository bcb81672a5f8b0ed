package dev.echelon.api.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.echelon.api.domain.RolloutPlan;
import dev.echelon.api.kafka.CguTable;
import dev.echelon.contract.CguId;
import dev.echelon.contract.Json;
import dev.echelon.contract.resource.ClusterGroupUpgrade;
import dev.echelon.kubeapi.ApiException;
import dev.echelon.kubeapi.SubresourceHandler;
import dev.echelon.kubeapi.SubresourceRequest;

/**
 * {@code /plan}: which clusters in which batches, how far each is, what is being waited for, since when and until when.
 */
public final class PlanSubresource implements SubresourceHandler {

    private final CguTable table;

    public PlanSubresource(CguTable table) {
        this.table = table;
    }

    @Override
    public void handle(SubresourceRequest request) {
        ClusterGroupUpgrade cgu = table.get(new CguId(request.namespace(), request.name()))
                .orElseThrow(() -> ApiException.notFound(request.kind(), request.name()));
        RolloutPlan plan = RolloutPlan.of(cgu);
        ObjectNode body = Json.mapper().createObjectNode();
        body.put("apiVersion", ClusterGroupUpgrade.API_VERSION).put("kind", "ClusterGroupUpgradePlan");
        ObjectNode metadata = body.putObject("metadata");
        metadata.put("name", cgu.metadata().name()).put("namespace", cgu.metadata().namespace());
        metadata.put("uid", cgu.metadata().uid()).put("resourceVersion", cgu.metadata().resourceVersion());
        body.put("phase", plan.phase().name());
        plan.waitingFor().ifPresent(wait -> body.set("waitingFor", Json.<ObjectNode>toTree(wait)));
        body.set("policies", Json.<ArrayNode>toTree(plan.policies()));
        body.set("batches", Json.<ArrayNode>toTree(plan.batches()));
        request.respond(200, body);
    }
}

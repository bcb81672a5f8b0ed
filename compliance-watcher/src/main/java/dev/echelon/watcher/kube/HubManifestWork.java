package dev.echelon.watcher.kube;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.Version;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Map;

/** A ManifestWork: its status. What it applies is not even parsed. */
@Group("work.open-cluster-management.io")
@Version("v1")
@Kind("ManifestWork")
@Plural("manifestworks")
@RegisterForReflection
@JsonIgnoreProperties(ignoreUnknown = true)
public class HubManifestWork extends CustomResource<Void, Map<String, Object>> implements Namespaced {}

package dev.echelon.watcher.kube;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.Version;
import io.quarkus.runtime.annotations.RegisterForReflection;

/** A ManagedCluster, of which only name and labels are looked at. */
@Group("cluster.open-cluster-management.io")
@Version("v1")
@Kind("ManagedCluster")
@Plural("managedclusters")
@RegisterForReflection
@JsonIgnoreProperties(ignoreUnknown = true)
public class HubManagedCluster extends CustomResource<Void, Void> {}

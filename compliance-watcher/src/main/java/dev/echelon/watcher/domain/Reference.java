package dev.echelon.watcher.domain;

import dev.echelon.contract.CguId;

/** Something that an upgrade names, beside clusters and policies, and that is looked at until the upgrade starts. */
sealed interface Reference {

    /** An upgrade that it waits for. */
    record Blocker(CguId cgu) implements Reference {}

    /** A PreCachingConfig. */
    record Config(PolicyKey config) implements Reference {}

    /** The overrides ConfigMap of a namespace. */
    record Overrides(String namespace) implements Reference {}

    /** A ManifestWorkReplicaSet. */
    record Template(PolicyKey template) implements Reference {}
}

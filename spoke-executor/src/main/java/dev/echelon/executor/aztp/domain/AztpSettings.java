package dev.echelon.executor.aztp.domain;

/**
 * What can be set of what is handed over.
 *
 * @param image of the Job; empty where none is configured
 * @param innerName of the ConfigMap with what the Job applies
 * @param innerNamespace of that ConfigMap, and of everything of the Job's
 */
public record AztpSettings(String image, String innerName, String innerNamespace) {

    public static final String DEFAULT_NAME = "ztp-post-provision";
    public static final String DEFAULT_NAMESPACE = "ztp-profile";
}

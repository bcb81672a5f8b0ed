package dev.echelon.hubclient;

import com.fasterxml.jackson.core.JacksonException;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.util.concurrent.TimeoutException;

/** What the client throws, for people to read. */
public final class HubFailures {

    private HubFailures() {}

    /** In one line: what the hub said, where it said something, else what came in between. */
    public static String inWords(Throwable failure) {
        Throwable root = failure;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof KubernetesClientException answered
                    && answered.getStatus() != null
                    && answered.getStatus().getMessage() != null) {
                return answered.getCode() + " " + oneLine(answered.getStatus().getMessage());
            }
            root = cause;
        }
        return root.getMessage() == null ? root.getClass().getSimpleName() : oneLine(root.getMessage());
    }

    /** Whether there was no answer, or one that says that the hub knows none of us. */
    static boolean isAway(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof KubernetesClientException answered && answered.getCode() != 0) {
                return answered.getCode() == HttpURLConnection.HTTP_UNAUTHORIZED;
            }
            // Without a code there was no answer, but for one that could not be read.
            if (cause instanceof IOException || cause instanceof TimeoutException) {
                return !(cause instanceof JacksonException);
            }
        }
        return false;
    }

    private static String oneLine(String text) {
        return text.strip().replaceAll("\\s+", " ");
    }
}

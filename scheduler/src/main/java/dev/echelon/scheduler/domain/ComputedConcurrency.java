package dev.echelon.scheduler.domain;

/** How many clusters are worked on at once (contract 2.4). */
final class ComputedConcurrency {

    private ComputedConcurrency() {}

    /**
     * The wish where it is above zero and below the number of clusters, else the number of clusters: zero and negative
     * wishes mean "all at once".
     */
    static int of(int maxConcurrency, int selectedClusters) {
        return maxConcurrency > 0 && maxConcurrency < selectedClusters ? maxConcurrency : selectedClusters;
    }
}

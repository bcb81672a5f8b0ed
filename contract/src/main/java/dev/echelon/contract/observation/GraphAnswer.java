package dev.echelon.contract.observation;

/**
 * What an update graph answered (contract 3.5).
 *
 * @param image the payload of the wanted version; empty when there is an error
 * @param error in the words that the condition shows; empty when there is an image
 */
public record GraphAnswer(PlatformRequest request, String image, String error) {
    public GraphAnswer {
        image = image == null ? "" : image;
        error = error == null ? "" : error;
    }
}

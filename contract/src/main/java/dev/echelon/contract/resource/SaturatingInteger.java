package dev.echelon.contract.resource;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import java.io.IOException;
import java.math.BigInteger;

/**
 * Reads a whole number of any size as the nearest one that fits. The schema does not limit a resource's numbers, so a
 * hub may have one that is beyond all sense; it still is a large number, and no reason not to read the resource.
 */
final class SaturatingInteger extends StdScalarDeserializer<Integer> {

    private static final long serialVersionUID = 1;

    private static final BigInteger LEAST = BigInteger.valueOf(Integer.MIN_VALUE);
    private static final BigInteger MOST = BigInteger.valueOf(Integer.MAX_VALUE);

    SaturatingInteger() {
        super(Integer.class);
    }

    @Override
    public Integer deserialize(JsonParser parser, DeserializationContext context) throws IOException {
        return parser.hasToken(JsonToken.VALUE_NUMBER_INT)
                ? parser.getBigIntegerValue().max(LEAST).min(MOST).intValueExact()
                : _parseInteger(parser, context, Integer.class);
    }
}

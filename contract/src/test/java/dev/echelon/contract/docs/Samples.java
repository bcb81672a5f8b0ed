package dev.echelon.contract.docs;

import dev.echelon.contract.CguId;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Values of the contract's types in which everything is given. */
final class Samples {

    private static final Instant TIME = Instant.parse("2026-01-10T08:00:00Z");

    private Samples() {}

    /** One value for each form that a type can take: one for a record, one for each kind behind an interface. */
    static List<Object> of(Class<?> type) {
        if (type.isSealed()) {
            return kinds(type).flatMap(kind -> of(kind).stream()).toList();
        }
        if (!type.isRecord()) {
            return List.of(value(type));
        }
        RecordComponent[] components = type.getRecordComponents();
        List<Object> samples = new ArrayList<>();
        // Each kind in each component once; the other components have their first one meanwhile.
        for (int i = 0; i < components.length; i++) {
            List<Object> forms = forms(components[i].getGenericType());
            for (Object form : forms.subList(samples.isEmpty() ? 0 : Math.min(1, forms.size()), forms.size())) {
                Object[] values = firsts(components);
                values[i] = form;
                samples.add(construct(type.asSubclass(Record.class), values));
            }
        }
        return samples;
    }

    private static List<Object> forms(Type type) {
        if (type instanceof ParameterizedType generic && generic.getRawType() == List.class) {
            return forms(generic.getActualTypeArguments()[0]).stream().map(form -> (Object) List.of(form)).toList();
        }
        if (type instanceof ParameterizedType generic && generic.getRawType() == Map.class) {
            return forms(generic.getActualTypeArguments()[1]).stream().map(form -> (Object) Map.of("k", form)).toList();
        }
        Class<?> plain = (Class<?>) type;
        if (plain.isEnum()) {
            return List.of(plain.getEnumConstants());
        }
        return plain == CguId.class ? List.of(value(plain)) : of(plain);
    }

    private static Object[] firsts(RecordComponent[] components) {
        return Arrays.stream(components).map(component -> forms(component.getGenericType()).getFirst()).toArray();
    }

    private static Object value(Class<?> type) {
        if (type == String.class) {
            return "text";
        }
        if (type == CguId.class) {
            return new CguId("namespace", "name");
        }
        if (type == Instant.class) {
            return TIME;
        }
        if (type == int.class || type == Integer.class) {
            return 1;
        }
        if (type == long.class || type == Long.class) {
            return 1L;
        }
        if (type == boolean.class || type == Boolean.class) {
            return true;
        }
        if (type == Object.class) {
            return Map.of("any", List.of("thing"));
        }
        throw new IllegalArgumentException("no sample is known for the type " + type.getName() + "; teach Samples one");
    }

    /** The records behind a sealed interface. */
    static Stream<Class<?>> kinds(Class<?> sealed) {
        return Arrays.stream(sealed.getPermittedSubclasses())
                .flatMap(kind -> kind.isSealed() ? kinds(kind) : Stream.of(kind));
    }

    private static Record construct(Class<? extends Record> type, Object[] values) {
        try {
            Constructor<? extends Record> constructor = type.getDeclaredConstructor(
                    Arrays.stream(type.getRecordComponents()).map(RecordComponent::getType).toArray(Class<?>[]::new));
            return constructor.newInstance(values);
        } catch (InvocationTargetException e) {
            throw new IllegalStateException("a " + type.getName() + " refuses its sample", e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot construct a " + type.getName(), e);
        }
    }
}

package dev.echelon.e2e;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Constructor;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Parameter;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.util.Arrays;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;

/**
 * The types of ours that Jackson looks at when it reads or writes some: the types themselves, the records behind sealed
 * interfaces, what their components are made of, and what annotations name.
 */
final class ReflectedTypes {

    private static final String OURS = "dev.echelon.";

    private final Set<String> found = new TreeSet<>();

    private ReflectedTypes() {}

    /** Their names, as {@link Class#getTypeName()} has them for arrays and {@link Class#getName()} for all else. */
    static Set<String> from(Collection<? extends Type> roots) {
        ReflectedTypes types = new ReflectedTypes();
        roots.forEach(types::add);
        return types.found;
    }

    private void add(Type type) {
        switch (type) {
            case ParameterizedType generic -> {
                add(generic.getRawType());
                Arrays.stream(generic.getActualTypeArguments()).forEach(this::add);
            }
            case WildcardType wildcard -> Arrays.stream(wildcard.getUpperBounds()).forEach(this::add);
            case GenericArrayType array -> add(array.getGenericComponentType());
            case Class<?> array when array.isArray() -> {
                if (array.getComponentType().getName().startsWith(OURS)) {
                    // Jackson makes one by reflection, too.
                    found.add(array.getComponentType().getName() + "[]");
                }
                add(array.getComponentType());
            }
            case Class<?> ours when ours.getName().startsWith(OURS) -> {
                if (found.add(ours.getName())) {
                    look(ours);
                }
            }
            default -> {}
        }
    }

    private void look(Class<?> type) {
        if (!type.isRecord() && !type.isEnum() && !type.isInterface() && !isDeserializer(type)) {
            throw new IllegalStateException(type.getName() + " is read or written as JSON, but is no record, enum or"
                    + " interface; teach " + ReflectedTypes.class.getSimpleName() + " what is in one");
        }
        if (type.isSealed()) {
            Arrays.stream(type.getPermittedSubclasses()).forEach(this::add);
        }
        // What tells kinds apart stands on an interface above.
        Arrays.stream(type.getInterfaces()).filter(ReflectedTypes::tellsKindsApart).forEach(this::add);
        if (type.isRecord()) {
            for (RecordComponent component : type.getRecordComponents()) {
                add(component.getGenericType());
                addNamed(component.getAccessor());
            }
            for (Constructor<?> constructor : type.getDeclaredConstructors()) {
                for (Parameter parameter : constructor.getParameters()) {
                    addNamed(parameter);
                }
            }
        }
    }

    private void addNamed(AnnotatedElement element) {
        JsonDeserialize how = element.getAnnotation(JsonDeserialize.class);
        if (how != null) {
            add(how.using());
        }
    }

    private static boolean isDeserializer(Class<?> type) {
        return com.fasterxml.jackson.databind.JsonDeserializer.class.isAssignableFrom(type);
    }

    private static boolean tellsKindsApart(Class<?> type) {
        return type.isSealed() || type.isAnnotationPresent(JsonTypeInfo.class);
    }
}

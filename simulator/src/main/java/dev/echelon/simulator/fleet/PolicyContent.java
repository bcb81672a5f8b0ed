package dev.echelon.simulator.fleet;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * What a policy asks for.
 *
 * @param templates its policy templates
 * @param disabled  whether it asks for nothing at present
 */
record PolicyContent(List<Template> templates, boolean disabled) {
    /** One configuration policy in it, with the objects that it wants. */
    record Template(String name, List<Wish> wishes) {
    }

    /** What one template wants of one object. */
    sealed interface Wish {
        /** The object is there and has what is given. */
        record Present(ObjectNode object) implements Wish {
        }

        /** The object is not there. */
        record Absent(ObjectNode object) implements Wish {
        }

        /**
         * Something that needs what a spoke's template engine or an operator knows. It holds once it has been enforced.
         *
         * @param what tells it from others in its template
         */
        record Opaque(String what) implements Wish {
        }
    }

    /** Whether anything in it is about objects of this kind. */
    boolean concerns(String kind) {
        return templates.stream().flatMap(template -> template.wishes().stream()).anyMatch(wish -> switch (wish) {
            case Wish.Present(ObjectNode object) -> object.path("kind").asText().equals(kind);
            case Wish.Absent(ObjectNode object) -> object.path("kind").asText().equals(kind);
            case Wish.Opaque _ -> false;
        });
    }
}

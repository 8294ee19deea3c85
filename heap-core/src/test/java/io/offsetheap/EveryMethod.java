/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Calls every public method of a handle that must not work any more, so that none that is added later is forgotten. */
public final class EveryMethod {
    private EveryMethod() {}

    /**
     * Fails unless every method throws an {@link IllegalStateException}.
     *
     * @param api the public class or interface whose methods are called, with those it inherits but {@link Object}'s own
     * @param arguments what to pass for a parameter of a type
     * @param exempt names of methods that may do as they please
     */
    public static void isRefused(Object handle, Class<?> api, Map<Class<?>, Object> arguments, Set<String> exempt) {
        List<String> wrong = new ArrayList<>();
        int called = 0;
        for (Method method : api.getMethods()) {
            if (Modifier.isStatic(method.getModifiers())
                    || method.isBridge()
                    || method.getDeclaringClass() == Object.class
                    || exempt.contains(method.getName())) {
                continue;
            }
            called++;
            try {
                method.invoke(handle, argumentsOf(method, arguments));
                wrong.add(method + " returned");
            } catch (InvocationTargetException e) {
                if (!(e.getCause() instanceof IllegalStateException)) {
                    wrong.add(method + " threw " + e.getCause());
                }
            } catch (IllegalAccessException e) {
                throw new AssertionError("cannot call " + method, e);
            }
        }
        if (called == 0 || !wrong.isEmpty()) {
            throw new AssertionError("of " + called + " methods: " + String.join("\n", wrong));
        }
    }

    private static Object[] argumentsOf(Method method, Map<Class<?>, Object> arguments) {
        Object[] values = new Object[method.getParameterCount()];
        for (int i = 0; i < values.length; i++) {
            Class<?> type = method.getParameterTypes()[i];
            values[i] = arguments.get(type);
            if (values[i] == null) {
                throw new AssertionError("what should be passed to " + method + " for " + type + "?");
            }
        }
        return values;
    }
}

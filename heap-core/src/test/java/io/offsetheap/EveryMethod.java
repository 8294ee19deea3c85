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
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/** Calls every public method of a handle, so that none that is added later is forgotten. */
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
        checkAll(handle, api, arguments, exempt, (method, thrown) -> thrown instanceof IllegalStateException);
    }

    /**
     * Fails unless every method throws an {@link UnsupportedOperationException}, but for queries, which return.
     *
     * @param api as for {@link #isRefused}
     * @param arguments such that each method that is no query has something to change
     * @param queries names of methods that change nothing
     * @param exempt names of methods that may do as they please
     */
    public static void isForReading(
            Object handle, Class<?> api, Map<Class<?>, Object> arguments, Set<String> queries, Set<String> exempt) {
        checkAll(
                handle,
                api,
                arguments,
                exempt,
                (method, thrown) ->
                        queries.contains(method) ? thrown == null : thrown instanceof UnsupportedOperationException);
    }

    private static void checkAll(
            Object handle,
            Class<?> api,
            Map<Class<?>, Object> arguments,
            Set<String> exempt,
            BiPredicate<String, @Nullable Throwable> isRight) {
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
            Throwable thrown = call(handle, method, arguments);
            if (!isRight.test(method.getName(), thrown)) {
                wrong.add(method + (thrown == null ? " returned" : " threw " + thrown));
            }
        }
        if (called == 0 || !wrong.isEmpty()) {
            throw new AssertionError("of " + called + " methods: " + String.join("\n", wrong));
        }
    }

    private static @Nullable Throwable call(Object handle, Method method, Map<Class<?>, Object> arguments) {
        try {
            method.invoke(handle, argumentsOf(method, arguments));
            return null;
        } catch (InvocationTargetException e) {
            return e.getCause();
        } catch (IllegalAccessException e) {
            throw new AssertionError("cannot call " + method, e);
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

/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.view;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Calls every public method of a view, with numbers at and beyond both borders of the window and of the numbers themselves,
 * and fails if one of them reaches outside: the bytes before the window have changed, or the JVM reports a fault, because
 * behind the window there is no memory.
 */
final class EveryAccess {
    private static final int MOST_CALLS_OF_ONE = 100;

    private final int window;
    private final Random random = new Random(1);
    private int methods;

    EveryAccess(int window) {
        this.window = window;
    }

    /** How many methods have been called. */
    int methods() {
        return methods;
    }

    /**
     * @param fresh makes a view for each call
     * @param outside all bytes before the window
     * @param others arguments for types that are not numbers, arrays or text
     */
    <V> void sweep(
            Class<?> api,
            Supplier<V> fresh,
            Supplier<byte[]> outside,
            Set<String> exempt,
            Map<Class<?>, Function<V, Object>> others) {
        int before = java.util.Arrays.hashCode(outside.get());
        for (Method method : api.getMethods()) {
            if (Modifier.isStatic(method.getModifiers())
                    || method.isBridge()
                    || method.getDeclaringClass() == Object.class
                    || exempt.contains(method.getName())) {
                continue;
            }
            Class<?>[] types = method.getParameterTypes();
            long combinations = 1;
            for (Class<?> type : types) {
                combinations *= choices(type);
            }
            if (combinations == 0 && !others.keySet().containsAll(unknown(types))) {
                continue;
            }
            methods++;
            for (int i = 0; i < Math.min(Math.max(1, combinations), MOST_CALLS_OF_ONE); i++) {
                call(method, fresh.get(), others);
            }
            if (java.util.Arrays.hashCode(outside.get()) != before) {
                throw new AssertionError("has written before the window: " + method);
            }
        }
    }

    private static List<Class<?>> unknown(Class<?>[] types) {
        List<Class<?>> unknown = new ArrayList<>();
        for (Class<?> type : types) {
            if (choices(type) == 0) {
                unknown.add(type);
            }
        }
        return unknown;
    }

    private <V> void call(Method method, V view, Map<Class<?>, Function<V, Object>> others) {
        Class<?>[] types = method.getParameterTypes();
        Object[] arguments = new Object[types.length];
        for (int i = 0; i < types.length; i++) {
            Function<V, Object> other = others.get(types[i]);
            arguments[i] = other != null ? other.apply(view) : value(types[i]);
        }
        try {
            method.invoke(view, arguments);
        } catch (InvocationTargetException e) {
            Throwable cause = e.getCause();
            if (cause instanceof VirtualMachineError && !(cause instanceof OutOfMemoryError)) {
                throw new AssertionError(method + " " + List.of(arguments), cause);
            }
        } catch (IllegalAccessException e) {
            throw new AssertionError("cannot call " + method, e);
        }
    }

    private long number() {
        long[] numbers = {
            0,
            1,
            7,
            8,
            window - 9,
            window - 8,
            window - 7,
            window - 4,
            window - 2,
            window - 1,
            window,
            window + 1,
            2L * window,
            -1,
            -8,
            -window,
            Integer.MIN_VALUE,
            Integer.MAX_VALUE - 7,
            Integer.MAX_VALUE,
            Long.MIN_VALUE,
            Long.MAX_VALUE - 7,
            Long.MAX_VALUE
        };
        return numbers[random.nextInt(numbers.length)];
    }

    /** How many values are worth passing for a type; 0 if it is not known here. */
    private static int choices(Class<?> type) {
        if (type == long.class || type == int.class) {
            return 64;
        }
        return type.isPrimitive()
                        || type == byte[].class
                        || type == char[].class
                        || type == String.class
                        || type == CharSequence.class
                        || type == ByteBuffer.class
                        || type == ByteOrder.class
                        || type == StringBuilder.class
                        || type == InputStream.class
                        || type == OutputStream.class
                ? 2
                : 0;
    }

    private @Nullable Object value(Class<?> type) {
        if (type == long.class) {
            return number();
        } else if (type == int.class) {
            return (int) number();
        } else if (type == short.class) {
            return (short) number();
        } else if (type == byte.class) {
            return (byte) number();
        } else if (type == char.class) {
            return (char) number();
        } else if (type == boolean.class) {
            return random.nextBoolean();
        } else if (type == float.class) {
            return random.nextFloat();
        } else if (type == double.class) {
            return random.nextBoolean() ? 1e15 + 0.25 : random.nextDouble();
        } else if (type == byte[].class) {
            return new byte[length()];
        } else if (type == char[].class) {
            return new char[length()];
        } else if (type == String.class || type == CharSequence.class) {
            return "é1".repeat(length() / 2);
        } else if (type == ByteBuffer.class) {
            return random.nextBoolean() ? ByteBuffer.allocate(length()) : ByteBuffer.allocateDirect(length());
        } else if (type == ByteOrder.class) {
            return random.nextBoolean() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        } else if (type == StringBuilder.class) {
            return new StringBuilder("text");
        } else if (type == InputStream.class) {
            return new ByteArrayInputStream(new byte[length()]);
        } else if (type == OutputStream.class) {
            return new ByteArrayOutputStream();
        }
        return null;
    }

    private int length() {
        return random.nextBoolean() ? random.nextInt(window) : window + random.nextInt(window);
    }
}

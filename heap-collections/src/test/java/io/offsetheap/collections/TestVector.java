/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.collections;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.offsetheap.object.Codec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.ListIterator;
import java.util.NoSuchElementException;

/**
 * A shared vector through several mappings, beside an {@link ArrayList} that says what must be in it. Every method does one
 * thing to both and compares what they answer.
 */
final class TestVector<E extends Comparable<E>> {
    private final Mappings mappings;
    private final List<SharedVector<E>> vectors;
    private final List<E> model = new ArrayList<>();
    private int calls;

    TestVector(Codec<E> codec, Mappings mappings) {
        this.mappings = mappings;
        this.vectors = mappings.all("vector", SharedVector.type(codec));
    }

    /** The mappings take turns. */
    private SharedVector<E> vector() {
        return vectors.get(calls++ % vectors.size());
    }

    private int index(int number) {
        return number % Math.max(1, model.size());
    }

    void add(int number, E element) {
        assertTrue(vector().add(element));
        model.add(element);
    }

    void addAtTheEnd(int number, E element) {
        vector().add(model.size(), element);
        model.add(element);
    }

    void addAll(int number, E element) {
        List<E> several = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            several.add(i % 3 == 0 || model.isEmpty() ? element : model.get(i % model.size()));
        }
        assertEquals(model.addAll(several), vector().addAll(several));
    }

    /** Law C-179: from the vector itself, from another handle to it, and from a view of it. */
    void addItself(int number, E element) {
        if (model.size() > 60) {
            clear(number, element);
        }
        SharedVector<E> vector = vector();
        List<E> own = number % 3 == 0 ? vector : number % 3 == 1 ? vector() : vector.subList(0, index(number));
        assertEquals(model.addAll(List.copyOf(own)), vector.addAll(own));
        if (!model.isEmpty()) {
            int index = index(number);
            model.add(model.get(index));
            vector.add(vector.get(index));
        }
    }

    void set(int number, E element) {
        if (model.isEmpty()) {
            assertThrows(IndexOutOfBoundsException.class, () -> vector().set(0, element));
        } else {
            assertEquals(model.set(index(number), element), vector().set(index(number), element));
        }
    }

    void removeLast(int number, E element) {
        if (model.isEmpty()) {
            assertThrows(NoSuchElementException.class, () -> vector().removeLast());
            assertThrows(IndexOutOfBoundsException.class, () -> vector().remove(0));
            return;
        }
        int last = model.size() - 1;
        E removed = model.remove(last);
        assertEquals(removed, number % 2 == 0 ? vector().removeLast() : vector().remove(last));
    }

    void removeInTheMiddle(int number, E element) {
        if (model.size() > 1) {
            int index = number % (model.size() - 1);
            assertThrows(UnsupportedOperationException.class, () -> vector().remove(index));
            assertThrows(UnsupportedOperationException.class, () -> vector().add(index, element));
            assertThrows(UnsupportedOperationException.class, () -> vector().remove(model.get(index)));
            assertThrows(
                    UnsupportedOperationException.class,
                    () -> vector().subList(index, index + 1).clear());
            assertThrows(
                    UnsupportedOperationException.class,
                    () -> vector().removeIf(other -> other.equals(model.get(index))));
        }
        assertThrows(IndexOutOfBoundsException.class, () -> vector().add(model.size() + 1, element));
        assertThrows(IndexOutOfBoundsException.class, () -> vector().remove(-1));
    }

    void removeTail(int number, E element) {
        int from = model.isEmpty() ? 0 : model.size() - index(number) % 5;
        vector().subList(from, model.size()).clear();
        model.subList(from, model.size()).clear();
    }

    void clear(int number, E element) {
        vector().clear();
        model.clear();
    }

    void read(int number, E element) {
        assertEquals(model.contains(element), vector().contains(element));
        assertEquals(model.indexOf(element), vector().indexOf(element));
        assertEquals(model.lastIndexOf(element), vector().lastIndexOf(element));
        assertEquals(model.isEmpty(), vector().isEmpty());
        assertEquals(
                model.stream().sorted().toList(), vector().stream().sorted().toList());
        assertEquals(
                model.stream().sorted().toList(),
                vector().parallelStream().sorted().toList());
        if (model.isEmpty()) {
            assertThrows(NoSuchElementException.class, () -> vector().getFirst());
            assertThrows(NoSuchElementException.class, () -> vector().getLast());
        } else {
            assertEquals(model.get(0), vector().getFirst());
            assertEquals(model.get(model.size() - 1), vector().getLast());
            assertEquals(model.get(index(number)), vector().get(index(number)));
        }
        for (int outside : new int[] {-1, model.size(), Integer.MAX_VALUE}) {
            assertThrows(IndexOutOfBoundsException.class, () -> vector().get(outside));
        }
        int from = index(number);
        assertEquals(model.subList(0, from), vector().subList(0, from));
        assertEquals(model.subList(from, model.size()), vector().subList(from, model.size()));
    }

    void sort(int number, E element) {
        Comparator<E> order = number % 2 == 0 ? Comparator.naturalOrder() : Comparator.reverseOrder();
        model.sort(order);
        vector().sort(order);
    }

    void replaceAll(int number, E element) {
        model.replaceAll(old -> old.equals(element) ? old : element);
        vector().replaceAll(old -> old.equals(element) ? old : element);
    }

    /** Forwards and back, setting and adding, and meeting what others add meanwhile. */
    void iterate(int number, E element) {
        ListIterator<E> walk = vector().listIterator(index(number));
        ListIterator<E> expected = model.listIterator(index(number));
        for (int i = 0; i < 8; i++) {
            assertEquals(expected.hasNext(), walk.hasNext());
            assertEquals(expected.nextIndex(), walk.nextIndex());
            if ((number + i) % 4 > 0 && expected.hasNext()) {
                assertEquals(expected.next(), walk.next());
                expected.set(element);
                walk.set(element);
            } else if (expected.hasPrevious()) {
                assertEquals(expected.previousIndex(), walk.previousIndex());
                assertEquals(expected.previous(), walk.previous());
            }
            assertEquals(expected.hasPrevious(), walk.hasPrevious());
        }
        while (expected.hasNext()) {
            assertEquals(expected.next(), walk.next());
        }
        assertFalse(walk.hasNext());
        expected.add(element);
        walk.add(element);
        assertFalse(walk.hasNext());
        vector().add(element);
        model.add(element);
        assertEquals(element, walk.next());
        assertThrows(NoSuchElementException.class, walk::next);
        assertThrows(UnsupportedOperationException.class, walk::remove);
    }

    void verify() {
        mappings.verify();
        for (SharedVector<E> vector : vectors) {
            assertEquals(model, vector);
            assertEquals(vector, model);
        }
        assertEquals(model.hashCode(), vector().hashCode());
        assertEquals(model.toString(), vector().toString());
        assertEquals(model, List.of(vector().toArray()));
        assertEquals(model.size(), vector().size());
    }

    void close() {
        mappings.close();
    }
}

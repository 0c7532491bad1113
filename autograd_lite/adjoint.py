"""The adjoint of a tape: its gradient, as numbers of the tape that is being written.

It is the backward pass of the graph, over again on places: the partials of each op by the table's own rule, and the
chain rule, `sweep`, which adds them up in the order in which the eager engine does.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograd_lite import ops
from autograd_lite.graph import sweep
from autograd_lite.op import Number
from autograd_lite.selection import Selected, factors
from autograd_lite.writer import Entry, Writer


def gradient(tape: Any, writer: Writer, places: Sequence[int], root: int, wanted: range) -> list[int]:
    """Where ∂root/∂input will stand for each wanted input, given where the numbers of the tape stand."""
    varies = _varies(tape, wanted)
    first = len(tape.labels) + len(tape.constants)
    edges: dict[int, list[tuple[int, Number]]] = {}
    for number in _below(tape, root):
        if varies[number]:
            op, arguments = tape.instructions[number - first]
            partials: list[Number] = writer.play(op.partials, (*[places[a] for a in arguments], places[number]))
            if op.selects:
                partials = [Entry(x, writer) if type(x) is int else x for x in partials]
            found = zip(arguments, factors(op, partials), strict=True)
            edges[number] = [(a, partial) for a, partial in found if varies[a] and partial is not None]
    arithmetic = _Arithmetic(writer)
    arrived = sweep(reversed(edges), {root: 1.0}, edges.__getitem__, arithmetic.times, arithmetic.plus)
    return [arithmetic.place(arrived.get(i, 0.0)) for i in wanted]


class _Arithmetic:
    """Products and sums of numbers that are ints, which say where they stand, or floats, which a rule has stated."""

    def __init__(self, writer: Writer) -> None:
        self.writer = writer

    def place(self, x: Number) -> int:
        """Where a number stands."""
        return x if type(x) is int else self.writer.constant(x)

    def times(self, partial: Number, arriving: Number) -> Number:
        """What is handed on along an edge."""
        if type(partial) is int and type(arriving) is int:
            return self.writer.emit(ops.multiply, (partial, arriving))
        if type(arriving) is int and partial == 1.0 and self.writer.one is not None:
            return arriving  # as along every edge of a sum
        if isinstance(partial, Selected):
            return (partial * (Entry(arriving, self.writer) if type(arriving) is int else arriving)).place
        if type(partial) is float and type(arriving) is float:
            return partial * arriving
        return self.writer.emit(ops.multiply, (self.place(partial), self.place(arriving)))

    def plus(self, a: Number, b: Number) -> Number:
        """What has arrived along two edges."""
        if type(a) is float and type(b) is float:
            return a + b
        return self.writer.emit(ops.add, (self.place(a), self.place(b)))


def _varies(tape: Any, wanted: range) -> bytearray:
    """For each number whether it depends on a wanted input; elsewhere no gradient is written."""
    varies = bytearray(len(tape.labels) + len(tape.constants))
    for i in wanted:
        varies[i] = True
    for _, arguments in tape.instructions:
        varies.append(True in [varies[a] for a in arguments])
    return varies


def _below(tape: Any, root: int) -> list[int]:
    """The numbers of the instructions at or below a number, each after its arguments, as `graph.interior` has them."""
    first = len(tape.labels) + len(tape.constants)
    entered = bytearray(first + len(tape.instructions))
    order: list[int] = []
    done = bytearray(len(entered))
    stack = [root] if root >= first else []
    while stack:
        number = stack[-1]
        if not entered[number]:
            entered[number] = True
            _, arguments = tape.instructions[number - first]
            waiting = [a for a in reversed(arguments) if a >= first and not done[a]]
            if waiting:
                stack += waiting
                continue
        stack.pop()
        if not done[number]:
            done[number] = True
            order.append(number)
    return order

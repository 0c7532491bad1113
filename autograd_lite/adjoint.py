"""The adjoint of a tape: its gradient, as numbers of the tape that is being written.

It is the backward pass of the graph, over again on places: the partials of each op by the table's own rule, and the
chain rule, `sweep`, which adds them up in the order in which the eager engine does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from autograd_lite.graph import AS_IT_IS, sweep
from autograd_lite.instructions import Instruction, Recorded
from autograd_lite.op import Number, Op
from autograd_lite.ops import add, multiply
from autograd_lite.selection import Selected, factors
from autograd_lite.writer import Entry, Writer

Edge = tuple[int, Number]  # an argument, and the partial toward it: where it stands, or a float that a rule has stated
Standing = list[int] | Number | None  # such partials of all instructions: a column of places, or the same for all


def gradient(tape: Recorded, writer: Writer, places: list[int], root: int, wanted: range) -> list[int]:
    """Where ∂root/∂input will stand for each wanted input, given where the numbers of the tape stand."""
    arithmetic = _Arithmetic(writer)
    order, varies = _varying(tape, root, wanted)
    edges = _edges(tape, writer, places, varies, order)
    arrived = sweep(reversed(order), {root: 1.0}, edges, arithmetic.times, arithmetic.plus)
    return [arithmetic.place(arrived.get(i, 0.0)) for i in wanted]


def _edges(
    tape: Recorded, writer: Writer, places: list[int], varies: Sequence[bool | None], order: Sequence[int]
) -> Callable[[int], Iterable[Edge]]:
    """What gives the edges from a number of the tape down to those of its arguments that vary.

    Partials that are computed are written now. Others stand there already: those of a product are its factors, and
    those of a sum are 1.
    """
    steps, start = tape.instructions, len(tape.labels) + len(tape.constants)
    ops, first, second = steps.ops, steps.first, steps.second
    columns = [places[start:], [places[a] for a in first], [places[b] for b in second]]
    standing = {op: _standing(op, n, writer, columns) for op, n in steps.kinds}
    written: dict[int, list[Edge]] = {}
    for number in order:
        if standing[ops[number - start]] is None:
            pairs = _written(steps[number - start], number, writer, places)
            written[number] = [(a, partial) for a, partial in pairs if varies[a]]

    def edges(number: int) -> Iterable[Edge]:
        i = number - start
        partials = standing[ops[i]]
        if partials is None:
            return written[number]
        a, b = first[i], second[i]
        toward, beside = partials
        toward = toward[i] if type(toward) is list else toward
        beside = beside[i] if type(beside) is list else beside
        if beside is None or not varies[b]:
            return ((a, toward),) if varies[a] and toward is not None else ()
        return ((a, toward), (b, beside)) if varies[a] and toward is not None else ((b, beside),)

    return edges


def _standing(op: Op, n: int, writer: Writer, columns: Sequence[list[int]]) -> tuple[Standing, Standing] | None:
    """The partials of an op that computes none: as floats, or as one of the columns of (result, argument, argument)."""
    steps, results = writer.rule(op.partials, n + 1)
    if steps or op.selects or n > 2:
        return None
    found = [columns[(x + 1) % (n + 1)] if type(x) is int else AS_IT_IS if x == 1.0 else x for x in results]
    toward, *other = factors(op, found)
    return toward, other[0] if other else None


def _written(step: Instruction, number: int, writer: Writer, places: Sequence[int]) -> list[Edge]:
    """The edges of an instruction whose partials are written here."""
    partials: list[Number] = writer.play(step.op.partials, [*[places[a] for a in step.arguments], places[number]])
    pairs = zip(step.arguments, factors(step.op, partials), strict=True)
    return [(a, partial) for a, partial in pairs if partial is not None]


def _handed_on(partial: Number, arriving: Number) -> Number:
    """What is handed on along an edge of an op that selects."""
    return Selected(partial) * arriving


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
            return self.writer.emit(multiply, partial, arriving)
        if isinstance(partial, Selected):
            if type(arriving) is int:
                return self.writer.play(_handed_on, [partial.partial, arriving])[0]
            return _handed_on(Entry(partial.partial, self.writer), arriving).place
        if type(arriving) is int and partial == 1.0 and self.writer.one >= 0:
            return arriving  # as along every edge of a sum
        if type(partial) is float and type(arriving) is float:
            return partial * arriving
        return self.writer.emit(multiply, self.place(partial), self.place(arriving))

    def plus(self, a: Number, b: Number) -> Number:
        """What has arrived along two edges."""
        if type(a) is int and type(b) is int:
            return self.writer.emit(add, a, b)
        if type(a) is float and type(b) is float:
            return a + b
        return self.writer.emit(add, self.place(a), self.place(b))


def _varying(tape: Recorded, root: int, wanted: range) -> tuple[list[int], list[bool | None]]:
    """The numbers of the instructions at or below the root that depend on a wanted input: where a gradient is written.

    Each comes after its arguments, as `graph.interior` has them. With them, for each number, whether it is one, or None
    where it is not below the root.
    """
    steps, start = tape.instructions, len(tape.labels) + len(tape.constants)
    first, second, rest = steps.first, steps.second, steps.rest
    varies: list[bool | None] = [i in wanted for i in range(start)] + [None] * len(steps) + [False]
    order: list[int] = []
    stack = [root]
    put, push, pop = order.append, stack.append, stack.pop
    while stack:
        number = pop()
        if varies[number] is not None:
            continue
        i = number - start
        a, b, more = first[i], second[i], rest.get(i, ())
        if varies[a] is None or varies[b] is None or (more and None in [varies[x] for x in more]):
            push(number)  # what is below it comes before it
            if more:
                stack += [x for x in reversed(more) if varies[x] is None]
            if varies[b] is None:
                push(b)
            if varies[a] is None:
                push(a)
        else:
            varies[number] = varies[a] or varies[b] or any(varies[x] for x in more)
            if varies[number]:
                put(number)
    return order, varies

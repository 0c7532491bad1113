"""Writing a tape: a number is the place where it stands, each computation is written once, and so is each rule.

What a rule of the table makes of its inputs (the partials of an op, or the ops that it is defined by) are the same
steps wherever it is applied. So a rule runs once for a tape, on `Entry`s, and is written down as a little tape of its
own, which is then played on other places.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from itertools import chain, compress
from struct import Struct
from typing import Any, NamedTuple

from autograd_lite import ops
from autograd_lite.op import Number, Op
from autograd_lite.operators import Operators

_bits = Struct("<d").pack


class Instruction(NamedTuple):
    """One step of a tape: an op and the numbers that it is applied to."""

    op: Op
    arguments: tuple[int, ...]


class Entry(Operators):
    """A number of a tape that is being written: the place where its result will stand."""

    __slots__ = ("place", "writer")

    def __init__(self, place: int, writer: Writer) -> None:
        self.place, self.writer = place, writer

    @staticmethod
    def _apply(op: Op, *inputs: Number) -> Number:
        for x in inputs:
            if isinstance(x, Entry):
                return x.writer.applied(op, inputs)
        raise TypeError(f"{op.name}: expected an entry of a tape among its inputs")


# A rule written down: its steps, each an op and what it is applied to, or a constant; and its results.
Rule = tuple[list[Any], list[int | float]]


class Writer:
    """Writes instructions: each computation once, no multiplication by 1, and in the end nothing that is not used.

    Numbers of a tape that compute the same share a place; they remain different numbers to `Tape.adjoint`, so that
    gradients are added up in the order in which the eager engine adds them. An op that it does not `has` is written
    out by its definition.
    """

    def __init__(self, has: Callable[[Op], bool] = lambda op: True) -> None:
        self.has = has
        # What stands at each place: None for an input, a float for a constant, or an op and its arguments' places.
        self.contents: list[Any] = []
        self.known: dict[object, int] = {}
        self.n_primal = 0
        self.one: int | None = None  # the place of the constant 1
        self._rules: dict[tuple[Callable[..., Any], int], Rule] = {}

    def input(self) -> int:
        """A place for a number that comes from outside."""
        self.contents.append(None)
        return len(self.contents) - 1

    def constant(self, x: float) -> int:
        """The place of a constant, of which those of the same bits are one."""
        place = self.known.get(bits := _bits(x))
        if place is None:
            place = self.known[bits] = len(self.contents)
            self.contents.append(float(x))
            if x == 1.0:
                self.one = place
        return place

    def emit(self, op: Op, places: tuple[int, ...]) -> int:
        """The place of an op's result. Exact: x·1 is x, and the same op on the same places is the same number."""
        if self.one in places and op is ops.multiply:
            return places[1 - places.index(self.one)]
        key = (op, places)
        place = self.known.get(key)
        if place is None:
            place = self.known[key] = len(self.contents)
            self.contents.append(key)
        return place

    def applied(self, op: Op, inputs: Sequence[Number]) -> Number:
        """The result of an op on entries and numbers."""
        if op.definition is not None and not self.has(op):
            return op.definition(*inputs)
        return Entry(self.emit(op, tuple([x.place if type(x) is Entry else self.constant(x) for x in inputs])), self)

    def play(self, rule: Callable[..., Any], places: Sequence[int]) -> list[int | float]:
        """What a rule of the table gives for the numbers at these places: places, and numbers that it states."""
        steps, results = self._rules.get((rule, len(places))) or self._rule(rule, len(places))
        numbers = [*places]
        for step in steps:
            if type(step) is tuple:
                op, arguments = step
                numbers.append(self.emit(op, tuple([numbers[a] for a in arguments])))
            else:
                numbers.append(self.constant(step))
        return [numbers[x] if type(x) is int else x for x in results]

    def _rule(self, rule: Callable[..., Any], n: int) -> Rule:
        """A rule of n numbers written down: the steps, and the results, of which an int is a place."""
        small = Writer(self.has)
        results = rule(*[Entry(small.input(), small) for _ in range(n)])
        results = results if isinstance(results, (tuple, list)) else [results]
        written = small.contents[n:], [x.place if type(x) is Entry else float(x) for x in results]
        self._rules[rule, n] = written
        return written

    def replay(self, tape: Any) -> list[int]:
        """The places of all numbers of a tape."""
        places = [self.input() for _ in tape.labels] + [self.constant(x) for x in tape.constants]
        self._replay(tape.instructions[: tape.n_primal], places)
        self.n_primal = len(self.contents)
        self._replay(tape.instructions[tape.n_primal :], places)
        return places

    def _replay(self, instructions: Sequence[Instruction], places: list[int]) -> None:
        """Write instructions, and add the places of their results."""
        written_out = {op: op.definition for op, _ in instructions if op.definition is not None and not self.has(op)}
        for op, arguments in instructions:
            read = tuple([places[a] for a in arguments])
            if op in written_out:
                (result,) = self.play(written_out[op], read)
                places.append(result if type(result) is int else self.constant(result))
            else:
                places.append(self.emit(op, read))

    def program(self, outputs: Sequence[int]) -> dict[str, Any]:
        """What a tape of these outputs has, numbered anew: inputs, then constants and instructions that are used."""
        contents = self.contents
        used = self._used(outputs)
        inputs = [place for place, content in enumerate(contents) if content is None]
        kept = [place for place in compress(range(len(contents)), used) if contents[place] is not None]
        steps = [place for place in kept if type(contents[place]) is tuple]
        constants = [place for place in kept if type(contents[place]) is float]
        number = [0] * len(contents)
        for i, place in enumerate(chain(inputs, constants, steps)):
            number[place] = i
        made = [
            Instruction(op, tuple([number[a] for a in arguments])) for op, arguments in [contents[p] for p in steps]
        ]
        return {
            "constants": tuple([contents[place] for place in constants]),
            "instructions": tuple(made),
            "outputs": tuple([number[place] for place in outputs]),
            "n_primal": bisect_left(steps, self.n_primal),
        }

    def _used(self, outputs: Sequence[int]) -> bytearray:
        """For each place whether the outputs depend on it."""
        used = bytearray(len(self.contents))
        for place in outputs:
            used[place] = True
        for place in range(len(used) - 1, -1, -1):
            if used[place] and type(self.contents[place]) is tuple:
                for argument in self.contents[place][1]:
                    used[argument] = True
        return used

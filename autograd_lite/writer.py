"""Writing a tape: a number is the place where it stands, each computation is written once, and so is each rule.

What a rule of the table makes of its inputs (the partials of an op, or the ops that it is defined by) are the same
steps wherever it is applied. So a rule runs once for a tape, on `Entry`s, and is written down as a little tape of its
own, which is then played on other places.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from itertools import chain, compress, count
from operator import itemgetter
from struct import Struct
from typing import Any

from autograd_lite import ops
from autograd_lite.instructions import NONE, Instructions, Recorded
from autograd_lite.op import Number, Op
from autograd_lite.operators import Operators

_bits = Struct("<d").pack
multiply, plus = ops.multiply, ops.add


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
        # What stands at each place: None for an input, a float for a constant, or an op with its arguments' places, of
        # which there are two at least: where an op has one, the second is NONE.
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

    def emit(self, op: Op, places: Sequence[int]) -> int:
        """The place of an op's result. Exact: x·1 is x, and the same op on the same places is the same number."""
        if op is multiply:
            return self.product(*places)
        return self._at((op, *places) if len(places) > 1 else (op, *places, NONE))

    def product(self, a: int, b: int) -> int:
        """The place of a product."""
        if self.one in (a, b):
            return b if a == self.one else a
        return self._at((multiply, a, b))

    def _at(self, key: tuple[Any, ...]) -> int:
        """The place of an op's result on places, written if it does not stand there yet."""
        place = self.known.setdefault(key, new := len(self.contents))
        if place == new:
            self.contents.append(key)
        return place

    def applied(self, op: Op, inputs: Sequence[Number]) -> Number:
        """The result of an op on entries and numbers."""
        if op.definition is not None and not self.has(op):
            return op.definition(*inputs)
        return Entry(self.emit(op, [x.place if type(x) is Entry else self.constant(x) for x in inputs]), self)

    def play(self, rule: Callable[..., Any], places: Sequence[int]) -> list[int | float]:
        """What a rule of the table gives for the numbers at these places: places, and numbers that it states."""
        steps, results = self.rule(rule, len(places))
        numbers = [*places]
        for step in steps:
            if type(step) is tuple:
                op, arguments = step
                numbers.append(self.emit(op, [numbers[a] for a in arguments]))
            else:
                numbers.append(self.constant(step))
        return [numbers[x] if type(x) is int else x for x in results]

    def rule(self, rule: Callable[..., Any], n: int) -> Rule:
        """A rule of n numbers written down: the steps, and the results, of which an int is a place."""
        if (rule, n) in self._rules:
            return self._rules[rule, n]
        small = Writer(self.has)
        results = rule(*[Entry(small.input(), small) for _ in range(n)])
        results = results if isinstance(results, (tuple, list)) else [results]
        steps = [x if type(x) is float else (x[0], [a for a in x[1:] if a != NONE]) for x in small.contents[n:]]
        written = steps, [x.place if type(x) is Entry else float(x) for x in results]
        self._rules[rule, n] = written
        return written

    def replay(self, tape: Recorded) -> list[int]:
        """The places of all numbers of a tape, and behind them what stands for none."""
        steps = tape.instructions
        places = [self.input() for _ in tape.labels] + [self.constant(x) for x in tape.constants]
        start = len(places)
        places += [NONE] * (len(steps) + 1)
        self._replay(steps, slice(0, tape.n_primal), places, start)
        self.n_primal = len(self.contents)
        self._replay(steps, slice(tape.n_primal, None), places, start + tape.n_primal)
        return places

    def _replay(self, steps: Instructions, part: slice, places: list[int], start: int) -> None:
        """Write some of the instructions, and set the places of their results, which stand from `start` on."""
        odd = {op for op, n in steps.kinds if n > 2 or (op.definition is not None and not self.has(op))}
        contents, setdefault, one = self.contents, self.known.setdefault, self.one
        columns = count(start), steps.ops[part], steps.first[part], steps.second[part]
        for number, op, a, b in zip(*columns):  # noqa: B905  (count has no end)
            x, y = places[a], places[b]
            if op in odd or x == one or y == one:
                arguments = steps.arguments((part.start or 0) + number - start)
                places[number], one = self._written(op, [places[a] for a in arguments]), self.one
            else:  # `emit`, written out, because this is done for each line of a tape
                place = places[number] = setdefault(key := (op, x, y), new := len(contents))
                if place == new:
                    contents.append(key)

    def _written(self, op: Op, read: Sequence[int]) -> int:
        """The place of an op's result, written out by its definition if need be."""
        if op.definition is None or self.has(op):
            return self.emit(op, read)
        (result,) = self.play(op.definition, read)
        return result if type(result) is int else self.constant(result)

    def program(self, outputs: Sequence[int]) -> dict[str, Any]:
        """What a tape of these outputs has, numbered anew: inputs, then constants and instructions that are used."""
        contents, used = self.contents, self._used(outputs)
        n_inputs = contents.count(None)
        kept = list(compress(range(n_inputs, len(contents)), used[n_inputs:]))
        constants = [place for place in kept if type(contents[place]) is float]
        steps = [place for place in kept if type(contents[place]) is tuple]
        number = [NONE] * (len(contents) + 1)
        for i, place in enumerate(chain(range(n_inputs), constants, steps)):
            number[place] = i
        made, number_of = [contents[place] for place in steps], number.__getitem__
        wide = max(map(len, made), default=0) > 3
        return {
            "constants": tuple([contents[place] for place in constants]),
            "instructions": Instructions(
                list(map(itemgetter(0), made)),
                list(map(number_of, map(itemgetter(1), made))),
                list(map(number_of, map(itemgetter(2), made))),
                {i: tuple(map(number_of, step[3:])) for i, step in enumerate(made) if len(step) > 3} if wide else {},
            ),
            "outputs": tuple([number[place] for place in outputs]),
            "n_primal": bisect_left(steps, self.n_primal),
        }

    def _used(self, outputs: Sequence[int]) -> bytearray:
        """For each place whether the outputs depend on it."""
        n = len(self.contents)
        used = bytearray(n + 1)
        for place in outputs:
            used[place] = True
        for place, content in zip(range(n - 1, -1, -1), reversed(self.contents), strict=True):
            if used[place] and type(content) is tuple:
                used[content[1]] = used[content[2]] = True
                if len(content) > 3:
                    for argument in content[3:]:
                        used[argument] = True
        return used

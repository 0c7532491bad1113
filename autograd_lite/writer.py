"""Writing a tape: a number is the place where it stands, each computation is written once, and so is each rule.

What a rule of the table makes of its inputs (the partials of an op, or the ops that it is defined by) are the same
steps wherever it is applied. So a rule runs once for a tape, on `Entry`s, and is written down as a little tape of its
own, which is then played on other places.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate, chain, compress, count
from struct import Struct
from typing import Any

from autograd_lite import ops
from autograd_lite.instructions import NONE, Instructions, Recorded
from autograd_lite.op import Number, Op
from autograd_lite.operators import Operators

_bits = Struct("<d").pack
multiply = ops.multiply


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


NOWHERE = -2  # the place of what does not stand there yet: no argument's place, nor that of NONE

# A rule written down: its steps, each what `emit` takes, or a constant; and its results.
Rule = tuple[list[Any], list[int | float]]


class Writer:
    """Writes instructions: each computation once, no multiplication by 1, and in the end nothing that is not used.

    Numbers of a tape that compute the same share a place; they remain different numbers to `Tape.adjoint`, so that
    gradients are added up in the order in which the eager engine adds them. An op that it does not `has` is written
    out by its definition.
    """

    def __init__(self, has: Callable[[Op], bool] = lambda op: True) -> None:
        self.has = has
        # What stands there already, in the order of the places: an op with the places of its arguments, of which there
        # are two at least (where an op has one, the second is NONE). An input has its number in the place of an op, a
        # constant its bits.
        self.known: dict[tuple[Any, ...], int] = {}
        self.constants: dict[int, float] = {}  # by their places
        self.rest: dict[int, Sequence[int]] = {}  # the arguments from the third on of what has so many, by its place
        self.n_inputs = self.n_primal = 0
        self.one = NOWHERE  # the place of the constant 1
        self._rules: dict[tuple[Callable[..., Any], int], Rule] = {}

    def input(self) -> int:
        """A place for a number that comes from outside."""
        self.n_inputs += 1
        return self._at((self.n_inputs, NONE, NONE))

    def constant(self, x: float) -> int:
        """The place of a constant, of which those of the same bits are one."""
        place = self._at((_bits(x), NONE, NONE))
        self.constants[place] = float(x)
        if x == 1.0:
            self.one = place
        return place

    def emit(self, op: Op, a: int, b: int = NONE, more: tuple[int, ...] = ()) -> int:
        """The place of an op's result. Exact: x·1 is x, and the same op on the same places is the same number."""
        if op is multiply and (a == self.one or b == self.one):
            return b if a == self.one else a
        if not more:
            return self.known.setdefault((op, a, b), len(self.known))
        place = self._at((op, a, b, *more))
        self.rest[place] = more
        return place

    def emit_on(self, op: Op, places: Sequence[int]) -> int:
        """The same for any number of arguments."""
        return self.emit(op, places[0], places[1] if len(places) > 1 else NONE, tuple(places[2:]))

    def _at(self, content: tuple[Any, ...]) -> int:
        """The place of what is written there if it does not stand anywhere yet."""
        return self.known.setdefault(content, len(self.known))

    def applied(self, op: Op, inputs: Sequence[Number]) -> Number:
        """The result of an op on entries and numbers."""
        if op.definition is not None and not self.has(op):
            return op.definition(*inputs)
        return Entry(self.emit_on(op, [x.place if type(x) is Entry else self.constant(x) for x in inputs]), self)

    def play(self, rule: Callable[..., Any], places: Sequence[int]) -> list[int | float]:
        """What a rule of the table gives for the numbers at these places: places, and numbers that it states."""
        steps, results = self.rule(rule, len(places))
        numbers = [*places, *[NONE] * (len(steps) + 1)]
        for number, step in enumerate(steps, start=len(places)):
            if type(step) is tuple:
                op, a, b, more = step
                rest = tuple([numbers[x] for x in more]) if more else ()
                numbers[number] = self.emit(op, numbers[a], numbers[b], rest)
            else:
                numbers[number] = self.constant(step)
        return [numbers[x] if type(x) is int else x for x in results]

    def rule(self, rule: Callable[..., Any], n: int) -> Rule:
        """A rule of n numbers written down: the steps, and the results, of which an int is a place."""
        known = self._rules.get((rule, n))
        if known is not None:
            return known
        small = Writer(self.has)
        results = rule(*[Entry(small.input(), small) for _ in range(n)])
        results = results if isinstance(results, (tuple, list)) else [results]
        steps = [
            small.constants[place] if place in small.constants else (op, a, b, tuple(more))
            for place, (op, a, b, *more) in enumerate(small.known)
        ][n:]
        written = steps, [x.place if type(x) is Entry else float(x) for x in results]
        self._rules[rule, n] = written
        return written

    def replay(self, tape: Recorded) -> list[int]:
        """The places of all numbers of a tape, and behind them what stands for none."""
        steps = tape.instructions
        places = [self.input() for _ in tape.labels] + [self.constant(x) for x in tape.constants]
        start = len(places)
        places += [NONE] * (len(steps) + 1)
        odd = {op for op, n in steps.kinds if n > 2 or (op.definition is not None and not self.has(op))}
        self._replay(steps, slice(0, tape.n_primal), places, start, odd)
        self.n_primal = len(self.known)
        self._replay(steps, slice(tape.n_primal, None), places, start + tape.n_primal, odd)
        return places

    def _replay(self, steps: Instructions, part: slice, places: list[int], start: int, odd: set[Op]) -> None:
        """Write some of the instructions, and set the places of their results, which stand from `start` on.

        Those of `odd` ops are more than a line each, or have more than two arguments.
        """
        known, setdefault, one = self.known, self.known.setdefault, self.one
        columns = count(start), steps.ops[part], steps.first[part], steps.second[part]
        for number, op, a, b in zip(*columns):  # noqa: B905  (count has no end)
            x, y = places[a], places[b]
            if op in odd or x == one or y == one:
                arguments = steps.arguments((part.start or 0) + number - start)
                places[number], one = self._written(op, [places[a] for a in arguments]), self.one
            else:  # `emit`, written out, because this is done for each line of a tape
                places[number] = setdefault((op, x, y), len(known))

    def _written(self, op: Op, read: Sequence[int]) -> int:
        """The place of an op's result, written out by its definition if need be."""
        if op.definition is None or self.has(op):
            return self.emit_on(op, read)
        (result,) = self.play(op.definition, read)
        return result if type(result) is int else self.constant(result)

    def program(self, outputs: Sequence[int]) -> dict[str, Any]:
        """What a tape of these outputs has, numbered anew: inputs, then constants and instructions that are used."""
        used = _used(outputs, self.known, self.rest)
        constants = [place for place in self.constants if used[place]]
        for place in chain(range(self.n_inputs), self.constants):
            used[place] = False
        start = self.n_inputs + len(constants)
        number = list(accumulate(used, initial=start))  # of a step: one more for each one before it that is used
        for i, place in enumerate(chain(range(self.n_inputs), constants)):
            number[place] = i
        number[NONE] = NONE
        steps = list(compress(self.known, used))
        return {
            "constants": tuple([self.constants[place] for place in constants]),
            "instructions": Instructions(
                [step[0] for step in steps],
                [number[step[1]] for step in steps],
                [number[step[2]] for step in steps],
                {number[x] - start: tuple([number[a] for a in more]) for x, more in self.rest.items() if used[x]},
            ),
            "outputs": tuple([number[place] for place in outputs]),
            "n_primal": sum(used[: self.n_primal]),
        }


def _used(outputs: Sequence[int], known: dict[tuple[Any, ...], int], rest: Mapping[int, Sequence[int]]) -> list[bool]:
    """For each place whether the outputs depend on it."""
    used = [False] * (len(known) + 1)
    for place in outputs:
        used[place] = True
    for place, content in zip(range(len(known) - 1, -1, -1), reversed(known), strict=True):
        if used[place]:
            used[content[1]] = used[content[2]] = True
            if place in rest:
                for argument in rest[place]:
                    used[argument] = True
    return used

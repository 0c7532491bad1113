"""The instructions of a tape, in columns: the ops, and the numbers that each is applied to.

A tape of a net has hundreds of thousands. An object for each is made when somebody looks at one; what goes over a whole
tape goes down the columns. As a node does with its parents, an instruction has a first and a second argument, and few
have a third.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import compress, count
from typing import Any, NamedTuple, Protocol, overload

from autograd_lite.op import Op

# What stands in a column where there is no argument. A list in which numbers are looked up has one more element for it
# at its end.
NONE = -1


class Instruction(NamedTuple):
    """One step of a tape: an op and the numbers that it is applied to."""

    op: Op
    arguments: tuple[int, ...]


class Instructions(Sequence[Instruction]):
    """A tape's steps in their order, a sequence of `Instruction`s, kept in columns.

    The i-th applies `ops[i]` to the numbers `first[i]`, `second[i]` and those of `rest[i]`, if it has so many.
    """

    __slots__ = ("_kinds", "first", "ops", "rest", "second")

    def __init__(self, ops: list[Op], first: list[int], second: list[int], rest: Mapping[int, tuple[int, ...]]) -> None:
        self.ops, self.first, self.second, self.rest = ops, first, second, rest
        self._kinds: set[tuple[Op, int]] | None = None

    @classmethod
    def of(cls, steps: Iterable[Instruction]) -> Instructions:
        """The columns of some steps."""
        rows = [(op, (*arguments, NONE, NONE)) for op, arguments in steps]
        rest = {i: arguments[2:-2] for i, (_, arguments) in enumerate(rows) if len(arguments) > 4}
        return cls([op for op, _ in rows], [a for _, (a, *_) in rows], [b for _, (_, b, *_) in rows], rest)

    def arguments(self, i: int) -> tuple[int, ...]:
        """The numbers that the i-th is applied to; i counts from 0."""
        if self.second[i] == NONE:
            return (self.first[i],)
        return (self.first[i], self.second[i], *self.rest.get(i, ()))

    @property
    def kinds(self) -> set[tuple[Op, int]]:
        """The different ops, each with a number of inputs; found once, as all of a long tape is looked at."""
        if self._kinds is None:
            ops = set(self.ops)
            variadic = {op for op in ops if op.variadic}
            of_any = compress(count(), map(variadic.__contains__, self.ops)) if variadic else ()
            found = {(self.ops[i], len(self.arguments(i))) for i in of_any}
            self._kinds = found | {(op, op.arity) for op in ops - variadic}
        return self._kinds

    def __len__(self) -> int:
        return len(self.ops)

    def __iter__(self) -> Iterator[Instruction]:
        return map(Instruction, self.ops, map(self.arguments, range(len(self.ops))))

    @overload
    def __getitem__(self, i: int) -> Instruction: ...

    @overload
    def __getitem__(self, i: slice) -> tuple[Instruction, ...]: ...

    def __getitem__(self, i: Any) -> Any:
        if isinstance(i, slice):
            return tuple(map(self.__getitem__, range(*i.indices(len(self)))))
        return Instruction(self.ops[i], self.arguments(range(len(self))[i]))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Instructions):
            return NotImplemented
        columns = [(steps.ops, steps.first, steps.second, steps.rest) for steps in (self, other)]
        return columns[0] == columns[1]

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __reduce__(self) -> tuple[object, ...]:
        return Instructions, (self.ops, self.first, self.second, self.rest)

    def __repr__(self) -> str:
        return repr(tuple(self))


class Recorded(Protocol):
    """What is read of a tape to write it anew or to write its gradient: its numbers are inputs, constants, results."""

    @property
    def labels(self) -> Sequence[str]:
        """The names of its inputs."""

    @property
    def constants(self) -> Sequence[float]:
        """Its constants."""

    @property
    def instructions(self) -> Instructions:
        """Its steps."""

    @property
    def n_primal(self) -> int:
        """How many of the steps are the program's own, before those of its gradient."""

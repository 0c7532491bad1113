"""The functions of a program's statements: what differs by numbers only is written once and called with them.

A net's layers have shapes of their own, but a program that repeats, as a transformer does for each token, has many
statements of one shape; the time to compile it is that of the shapes. What comes once or twice stands beside its
neighbours in one function, since each function takes time by itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

from autograd_lite.backends.llvm.assembly import Module
from autograd_lite.backends.llvm.memory import Memory
from autograd_lite.backends.llvm.nests import Code
from autograd_lite.backends.llvm.sites import Nest, Numbering


class Call(NamedTuple):
    """Statements that are computed together, and what writes that: `write(code, *nests)`.

    A function of them may be given other offsets, and where `in_loops` also the extents and strides of its loops.
    """

    write: Callable[..., None]
    nests: tuple[Nest, ...]
    in_loops: bool = False

    def form(self) -> tuple[Call, list[int]]:
        """The same with the ordinal of each number in its place, which no number equals, and these numbers."""
        numbers = _Numbers()
        return self._at(lambda kind, number: (numbers.ordinal(kind, number),)), numbers.found

    def given(self, values: Sequence[Any]) -> Call:
        """The same with these values in the place of its numbers."""
        numbers = _Numbers()
        return self._at(lambda kind, number: values[numbers.ordinal(kind, number)])

    def _at(self, number: Numbering) -> Call:
        return self._replace(nests=tuple(nest.at(number, self.in_loops) for nest in self.nests))


class _Numbers:
    """Numbers as they are met; an offset that is met again in the same memory is the same one."""

    def __init__(self) -> None:
        self.found: list[int] = []
        self._offsets: dict[tuple[str, int], int] = {}

    def ordinal(self, kind: str, number: int) -> int:
        """Which one it is."""
        ordinal = self._offsets.setdefault((kind, number), len(self.found)) if kind else len(self.found)
        if ordinal == len(self.found):
            self.found.append(number)
        return ordinal


OFTEN = 3  # times that a form comes for which it is a function of its own
TOGETHER = 16  # statements of other forms in a function: each takes some time to compile, and a long one more


def written(
    module: Module, memory: Memory, fuse: bool, calls: Sequence[Call], others: Sequence[Any] = ()
) -> Iterator[tuple[Any, list[int]]]:
    """The functions to call one after the other, and the numbers that each is to be given.

    A form that comes often is one function, which is given its numbers. Other calls stand some together in a function
    that is given none. `others` are the types of what all are given after these.
    """
    formed = [(call, *call.form()) for call in calls]
    times = Counter(form for _, form, _ in formed)
    functions: dict[Call, Any] = {}
    for comes_often, run in groupby(formed, key=lambda item: times[item[1]] >= OFTEN):
        if not comes_often:
            yield from ((_function(module, memory, fuse, part, 0, others), []) for part in _parts(run))
            continue
        for call, form, numbers in run:
            if form not in functions:
                functions[form] = _function(module, memory, fuse, [call], len(numbers), others)
            yield functions[form], numbers


def _parts(formed: Iterable[tuple[Call, Call, list[int]]]) -> Iterator[list[Call]]:
    """The calls in parts of `TOGETHER` statements at the most, or a single call."""
    part: list[Call] = []
    for call, _, _ in formed:
        if part and sum(len(each.nests) for each in [*part, call]) > TOGETHER:
            yield part
            part = []
        part.append(call)
    yield part


def _function(
    module: Module, memory: Memory, fuse: bool, calls: Sequence[Call], n_numbers: int, others: Sequence[Any]
) -> Any:
    """The function of some calls or, if there are numbers that it is given, of one."""
    code = Code(module, memory, fuse, n_numbers, others)
    placed = [call.given(code.numbers) if n_numbers else call for call in calls]
    for write, run in groupby(placed, key=attrgetter("write")):
        write(code, *(nest for call in run for nest in call.nests))
    code.pointers.builder.ret_void()
    return code.function

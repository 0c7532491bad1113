"""The functions of a program's statements: what differs by numbers only is written once and called with them.

A net's layers have shapes of their own, but a program that repeats, as a transformer does for each token, has many
statements of one shape; the time to compile it is that of the shapes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from llvmlite import ir

from autograd_lite.backends.llvm.memory import Memory
from autograd_lite.backends.llvm.nests import Code
from autograd_lite.backends.llvm.sites import Nest, Numbering


@dataclass(frozen=True)
class Call:
    """Statements that one function computes, and what writes it: `write(code, *nests)`.

    It may be given other offsets, and where `in_loops` also the extents and strides of its loops.
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
        return replace(self, nests=tuple(nest.at(number, self.in_loops) for nest in self.nests))


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


def written(
    module: ir.Module, memory: Memory, fuse: bool, calls: Sequence[Call], others: Sequence[Any] = ()
) -> Iterator[tuple[Any, list[int]]]:
    """The function of each call and the numbers that it is to be given: none if its form comes once.

    `others` are the types of what it is given after these.
    """
    forms = [call.form() for call in calls]
    times = Counter(form for form, _ in forms)
    functions: dict[Call, Any] = {}
    for call, (form, numbers) in zip(calls, forms, strict=True):
        given = numbers if times[form] > 1 else []
        if form not in functions:
            code = Code(module, memory, fuse, len(given), others)
            functions[form] = code.function
            placed = call.given(code.numbers) if given else call
            placed.write(code, *placed.nests)
        yield functions[form], given

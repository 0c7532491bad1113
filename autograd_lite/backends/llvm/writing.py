"""The functions of a program's statements: what differs by offsets only is written once and called with them.

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
from autograd_lite.backends.llvm.sites import Nest, Site


@dataclass(frozen=True)
class Call:
    """Statements that one function computes, and what writes it: `write(code, *nests)`."""

    write: Callable[..., None]
    nests: tuple[Nest, ...]

    def offsets(self) -> list[tuple[str, int]]:
        """The different offsets, each with the kind of its memory, in the order in which they come."""
        return list(dict.fromkeys((site.kind, site.offset) for nest in self.nests for site in nest.sites()))

    def at(self, offsets: Sequence[Any]) -> Call:
        """The same statements with other offsets in the place of these."""
        known = dict(zip(self.offsets(), offsets, strict=True))

        def moved(site: Site) -> Site:
            return replace(site, offset=known[site.kind, site.offset])

        return replace(self, nests=tuple(nest.at(moved) for nest in self.nests))


def written(
    module: ir.Module, memory: Memory, fuse: bool, calls: Sequence[Call], others: Sequence[Any] = ()
) -> Iterator[tuple[Any, list[int]]]:
    """The function of each call and the offsets that it is to be given: none if its shape comes once.

    `others` are the types of what it is given after these.
    """
    offsets = [[offset for _, offset in call.offsets()] for call in calls]
    shapes = [call.at(range(len(found))) for call, found in zip(calls, offsets, strict=True)]
    times = Counter(shapes)
    functions: dict[Call, Any] = {}
    for call, shape, found in zip(calls, shapes, offsets, strict=True):
        given = found if times[shape] > 1 else []
        if shape not in functions:
            code = Code(module, memory, fuse, len(given), others)
            functions[shape] = code.function
            placed = shape.at(code.offsets) if given else call
            placed.write(code, *placed.nests)
        yield functions[shape], given

"""Statements whose references have become places in memory: what a loop nest is written from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from math import prod
from typing import Any, NamedTuple

from autograd_lite import ops
from autograd_lite.backends.loops.runs import Tree
from autograd_lite.ops import Op

Numbering = Callable[[str, int], Any]


class Site(NamedTuple):
    """Where the numbers of one reference stand: `kind` is constant, table, parameter, input, array, or
    sum, for what is put out.

    The number for the indices i of a statement, term q of a sum and sample s stands at `offset` + Σ strides·i + delta·q
    + row·s in the memory of its kind. A constant has its number as `offset`, in hex, where 0 and −0 differ. An input's
    row begins where the table of the samples' rows says, whose part for its memory begins at `rows`.
    """

    kind: str
    offset: Any
    strides: tuple[int, ...]
    delta: int
    row: int = 0
    rows: int = 0

    @property
    def lane(self) -> int:
        """The stride along the last axis, along which lanes run."""
        return self.strides[-1] if self.strides else 0

    def at(self, number: Numbering, in_loops: bool) -> Site:
        """The same site with other numbers; a stride along which it stays, or lanes are neighbours, is kept."""
        if self.kind == "constant":
            return self
        offset = number(self.kind, self.offset)
        if not in_loops:
            return self._replace(offset=offset)
        *outer, last = self.strides or (0,)
        strides = [*(stride and number("", stride) for stride in outer), last if last in (0, 1) else number("", last)]
        delta = self.delta and number("", self.delta)
        return self._replace(offset=offset, strides=tuple(strides[: len(self.strides)]), delta=delta)


@dataclass(frozen=True)
class Terms:
    """`count` terms of a sum: a tree over the numbers at some sites."""

    tree: Tree
    count: Any
    sites: tuple[Site, ...]

    @property
    def is_long(self) -> bool:
        """Whether they are looped over rather than written out."""
        return not isinstance(self.count, int) or self.count > UNROLLED

    def at(self, number: Numbering, in_loops: bool) -> Terms:
        """The same terms with other numbers."""
        count = number("", self.count) if in_loops and self.is_long else self.count
        return replace(self, count=count, sites=tuple(site.at(number, in_loops) for site in self.sites))


class Nest(NamedTuple):
    """A statement of these extents, joined from its terms by `fold`, whose results go to `target`."""

    dims: tuple[int, ...]
    fold: Op
    runs: tuple[Terms, ...]
    target: Site

    @property
    def size(self) -> int:
        """How many numbers it computes."""
        return prod(self.dims)

    @property
    def folds(self) -> bool:
        """Whether it is a sum long enough to be looped over."""
        return any(run.is_long for run in self.runs)

    @property
    def is_put_out(self) -> bool:
        """Whether its results do not stay in an array."""
        return self.target.kind == "sum"

    def sites(self) -> Iterator[Site]:
        """All sites that have an offset, the target last."""
        for run in self.runs:
            yield from (site for site in run.sites if site.kind != "constant")
        yield self.target

    def at(self, number: Numbering, in_loops: bool) -> Nest:
        """The same nest with other offsets and, if `in_loops`, other extents and strides of its loops.

        `number(kind, n)` gives what stands for n: the kind of the memory that n is an offset in, or "".
        """
        *outer, last = self.dims or (1,)
        dims = self.dims if not in_loops else (*(number("", n) if n > 1 else n for n in outer), last)[: len(self.dims)]
        runs = tuple(run.at(number, in_loops and self.fold is ops.add) for run in self.runs)
        return self._replace(dims=dims, runs=runs, target=self.target.at(number, in_loops))


UNROLLED = 4  # terms of a sum that are written out rather than looped over

"""Statements whose references have become places in memory: what a loop nest is written from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from math import prod
from typing import Any

from autograd_lite.backends.loops.runs import Tree
from autograd_lite.ops import Op


@dataclass(frozen=True)
class Site:
    """Where the numbers of one reference stand: `kind` is constant, table, parameter, input, array, or
    sum, for what is put out.

    The number for the indices i of a statement, term q of a sum and sample s stands at `offset` + Σ strides·i + delta·q
    + row·s in the memory of its kind. A constant has its number as `offset`. An input's row begins where the table of
    the samples' rows says, whose part for its memory begins at `rows`.
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


@dataclass(frozen=True)
class Terms:
    """`count` terms of a sum: a tree over the numbers at some sites."""

    tree: Tree
    count: int
    sites: tuple[Site, ...]


@dataclass(frozen=True)
class Nest:
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
        return any(run.count > UNROLLED for run in self.runs)

    def sites(self) -> Iterator[Site]:
        """All sites that have an offset, the target last."""
        for run in self.runs:
            yield from (site for site in run.sites if site.kind != "constant")
        yield self.target

    def at(self, place: Callable[[Site], Site]) -> Nest:
        """The same nest with each of these sites replaced."""
        runs = tuple(
            replace(run, sites=tuple(site if site.kind == "constant" else place(site) for site in run.sites))
            for run in self.runs
        )
        return replace(self, runs=runs, target=place(self.target))


UNROLLED = 4  # terms of a sum that are written out rather than looped over

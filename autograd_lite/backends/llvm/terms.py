"""Tiles: some samples by some vectors of one statement, while the terms of its sums pass.

Each sum of a tile stays in a register from the first term to the last; so a weight that was loaded serves all samples
of the tile, and an input all its vectors. Each sum keeps the order of its terms.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from autograd_lite import ops
from autograd_lite.backends.llvm.assembly import WORD, vector
from autograd_lite.backends.llvm.counting import held
from autograd_lite.backends.llvm.joining import looped
from autograd_lite.backends.llvm.lanes import Lanes
from autograd_lite.backends.llvm.lowering import apply, splat
from autograd_lite.backends.llvm.memory import Pointers
from autograd_lite.backends.llvm.repeats import Repeat, repeats
from autograd_lite.backends.llvm.sites import Nest, Site, Terms
from autograd_lite.backends.llvm.vectors import collected, load_vector


class Tile:
    """Some rows by some vectors of a statement while its sums are computed.

    `index` is where the tile begins along each axis of the statement. Its rows are samples from `sample` on, or the
    same sample further along the axis `along`. The `ragged` last vector has so many lanes that count (0 for all).
    """

    def __init__(
        self, pointers: Pointers, sample: Any, index: Sequence[Any], n_rows: int, n_vectors: int, ragged: int,
        fuse: bool, lanes: int, along: int | None = None,
    ) -> None:  # fmt: skip
        self.pointers, self.builder = pointers, pointers.builder
        self.sample, self.index, self.along = sample, index, along
        self.n_rows, self.n_vectors, self.ragged = n_rows, n_vectors, ragged
        self.n_sums = n_rows * n_vectors
        self.fuse, self.lanes, self.flags = fuse, lanes, "contract" if fuse else ""

    def results(self, statement: Nest) -> list[Lanes]:
        """What the statement computes for each row and vector, row by row."""
        if statement.fold is ops.add:
            return self._sums(list(repeats(statement.runs)) if self.index else statement.runs)
        found = [(Term(self, run), run.count) for run in statement.runs]
        stretches = [(lambda q, term=term: term(q)[0], 0, count) for term, count in found]
        joined = looped(statement.fold, self.builder, stretches, self.fuse) if self.n_sums == 1 else None
        if joined is not None:
            return [joined]
        terms = [term(q) for term, count in found for q in range(count)]
        return [apply(statement.fold, inputs, self.fuse) for inputs in zip(*terms, strict=True)]

    def _sums(self, parts: Sequence[Terms | Repeat], totals: list[Lanes] | None = None) -> list[Lanes]:
        """The sums of all parts, begun with such totals; −0 is what a loop begins with, since it changes no number."""
        zero = Lanes(self.builder, vector(self.lanes).everywhere(-0.0))
        for part in parts:
            if isinstance(part, Repeat):
                totals = self._looped(totals or [zero] * self.n_sums, part.times, partial(self._again, part))
                continue
            term = Term(self, part)
            if part.is_long:
                totals = self._looped(totals or [zero] * self.n_sums, part.count, partial(self._further, term))
                continue
            for q in range(part.count):
                totals = term(q) if totals is None else self.added(totals, term(q))
        assert totals is not None  # for the type checker: a statement has a run
        return totals

    def _again(self, part: Repeat, r: Any, totals: list[Lanes]) -> list[Lanes]:
        """Totals with the parts of a repeat, the r-th time."""
        along = None if self.along is None else self.along + 1
        tile = Tile(
            self.pointers, self.sample, [r, *self.index], self.n_rows, self.n_vectors, self.ragged, self.fuse,
            self.lanes, along,
        )  # fmt: skip
        return tile._sums(part.parts, totals)

    def added(self, totals: list[Lanes], terms: list[Lanes]) -> list[Lanes]:
        """Totals with a term more each."""
        return [
            Lanes(self.builder, self.builder.fadd(total.value, term.value, flags=self.flags))
            for total, term in zip(totals, terms, strict=True)
        ]

    def _further(self, term: Callable[[Any], list[Lanes]], q: Any, totals: list[Lanes]) -> list[Lanes]:
        """Totals with the term q of a run."""
        return self.added(totals, term(q))

    def _looped(self, totals: list[Lanes], count: Any, step: Callable[[Any, list[Lanes]], list[Lanes]]) -> list[Lanes]:
        """The totals after so many steps."""
        return held(self.builder, totals, 0, WORD(count) if isinstance(count, int) else count, step)

    def varies(self, site: Site) -> bool:
        """Whether the rows of the tile find different numbers there."""
        if self.along is None:
            return site.kind in ("array", "input")
        return site.kind != "constant" and site.strides[self.along] != 0

    def starts(self, site: Site) -> list[Any]:
        """The addresses of the first number of a site, one a row where they differ."""
        n = self.n_rows if self.varies(site) else 1
        if site.kind == "constant":
            return [None]
        if self.along is None:
            return self.pointers.addresses(site, self.sample, self.index, n)
        first = self.pointers.address(site, self.sample, self.index)
        return [self.pointers.gep(first, site.strides[self.along] * row) for row in range(n)]

    def load(self, site: Site, start: Any, q: Any, v: int) -> Lanes:
        """The numbers of a site for one sample, vector and term, which starts there: side by side, one for all lanes,
        or collected one by one."""
        lanes, builder, pointers = self.lanes, self.builder, self.pointers
        if site.kind == "constant":
            return Lanes(builder, vector(lanes).everywhere(float.fromhex(site.offset)))
        start = pointers.gep(start, pointers.sum(0, (site.lane, v * lanes)))
        if site.lane == 0:
            return splat(builder, lanes, builder.load(start))
        ragged = self.ragged if v == self.n_vectors - 1 else 0
        if site.lane == 1 and not (ragged and site.kind == "input"):
            return Lanes(builder, load_vector(builder, start, lanes))
        last = (ragged or lanes) - 1
        steps = [pointers.sum(0, (site.lane, min(lane, last))) for lane in range(lanes)]
        return collected(builder, [pointers.gep(start, step) for step in steps])


class Term:
    """The terms of a run in a tile: `term(q)` emits the q-th, for each row and vector."""

    def __init__(self, tile: Tile, run: Terms) -> None:
        self.tile, self.run = tile, run
        self.starts = [tile.starts(site) for site in run.sites]

    def __call__(self, q: Any) -> list[Lanes]:
        """The q-th term, row by row; what rows or vectors share is loaded once."""
        leaves = Leaves(self, q)
        return [
            self._evaluate(self.run.tree, partial(leaves.leaf, row, v))
            for row in range(self.tile.n_rows)
            for v in range(self.tile.n_vectors)
        ]

    def _evaluate(self, tree: Any, leaf: Callable[[int], Lanes]) -> Lanes:
        if isinstance(tree, int):
            return leaf(tree)
        op, *arguments = tree
        return apply(op, [self._evaluate(argument, leaf) for argument in arguments], self.tile.fuse)


class Leaves:
    """The numbers that the q-th term reads, each loaded where it is first wanted."""

    def __init__(self, term: Term, q: Any) -> None:
        self.term, self.tile, self.q = term, term.tile, q
        self._starts: dict[tuple[int, int], Any] = {}
        self._known: dict[tuple[int, int, int], Lanes] = {}

    def leaf(self, row: int, v: int, slot: int) -> Lanes:
        """The numbers in a slot of the tree for a row and a vector."""
        site = self.term.run.sites[slot]
        key = slot, row if self.tile.varies(site) else 0, v if site.lane else 0
        if key not in self._known:
            self._known[key] = self.tile.load(site, self._start(*key[:2]), self.q, key[2])
        return self._known[key]

    def _start(self, slot: int, row: int) -> Any:
        """Where the numbers of this term start."""
        if (slot, row) not in self._starts:
            site, first = self.term.run.sites[slot], self.term.starts[slot][row]
            pointers = self.tile.pointers
            moved = pointers.sum(0, (site.delta, self.q))
            self._starts[slot, row] = None if first is None else pointers.gep(first, moved)
        return self._starts[slot, row]

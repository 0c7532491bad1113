"""The arrays of a program of statements as code: what a reference loads, and where a result is stored.

Parameters stand as `Layout` has them, once for all samples; a sample's inputs stand in its row of the data; and each
array that statements compute has a row a sample, padded so that a vector that begins in it ends in it. An array of one
number a sample is a column: its samples are neighbours. A sample's targets may have a row of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from autograd_lite.backends.llvm.arrays import Layout
from autograd_lite.backends.llvm.assembly import WORD, Table
from autograd_lite.backends.llvm.sites import Nest, Site, Terms
from autograd_lite.backends.loops.runs import CONSTANTS, INPUTS, Ref
from autograd_lite.backends.loops.statements import Loops, Statement

LEAST_SAMPLES, MOST_SAMPLES = 16, 64  # whose arrays stand in memory at once, and between these
ARRAYS_A_PARAMETER = 8  # so many numbers, since each part of a batch adds to all gradients,
MOST_DOUBLES = 1 << 17  # so many at the most, unless a single sample has more


class Memory:
    """Offsets of the `stored` arrays of a program, in which `samples` have a place at once, `chunk` with what fills a
    vector."""

    def __init__(
        self, loops: Loops, n_shared: int, layout: Layout, samples: int, stored: Iterable[int], n_targets: int = 0
    ) -> None:
        self.loops, self.n_shared, self.layout, self.lanes = loops, n_shared, layout, layout.lanes
        self.first_target = len(loops.tape.labels) - n_targets
        lengths = {array: loops.sizes[array] for array in sorted(stored)}
        rows = {
            array: 1 if length == 1 else -(-(length + self.lanes - 1) // self.lanes) * self.lanes
            for array, length in lengths.items()
        }
        self.samples = _at_once(samples, n_shared, sum(rows.values()) or 1, self.lanes)
        self.adds = samples > self.samples  # whether a batch comes in several parts, which add up
        self.chunk = 1 if self.samples == 1 else -(-self.samples // self.lanes) * self.lanes
        self.arrays: dict[int, tuple[int, int]] = {}  # of an array: where it begins, and how far apart samples are
        self.size = 0
        for array, row in rows.items():
            self.arrays[array] = (self.size, row)
            self.size += row * self.chunk

    def site(self, ref: Ref, extents: Sequence[int], delta: int, count: int) -> Site:
        """Where a reference stands that a statement of these extents makes in a sum of `count` terms."""
        if ref.array == CONSTANTS:
            if any(ref.strides) or (delta and count > 1):
                return Site("table", ref.start, ref.strides, delta)
            return Site("constant", self.loops.constants[ref.start].hex(), (0,) * len(extents), 0)
        if ref.array != INPUTS:
            offset, row = self.arrays[ref.array]
            return Site("array", offset + ref.start, ref.strides, delta, row if self.samples > 1 else 0)
        if ref.start >= self.first_target:
            return Site("input", ref.start - self.first_target, ref.strides, delta, rows=self.chunk)
        if ref.start >= self.n_shared:
            return Site("input", ref.start - self.n_shared, ref.strides, delta)
        axes = [*zip(ref.strides, extents, strict=True), (delta, count)]
        part = self.layout.find(ref.start, axes, ref.strides[-1] if ref.strides else 0)
        return Site(
            "parameter", part.place(ref.start), tuple(map(part.step, ref.strides)), part.step(delta if count > 1 else 0)
        )

    def nest(self, statement: Statement, target: Site | None = None) -> Nest:
        """A statement with places for its references; its results go to its array unless there is another target.

        Statements of one number have no axis.
        """
        dims = statement.dims if statement.size > 1 else ()
        runs = tuple(
            Terms(
                run.tree, run.count,
                tuple(
                    self.site(ref if dims else replace(ref, strides=()), dims, delta, run.count)
                    for ref, delta in zip(run.refs, run.deltas, strict=True)
                ),
            )
            for run in statement.runs
        )  # fmt: skip
        place = statement.place if dims else replace(statement.place, strides=())
        return Nest(dims, statement.fold, runs, target or self.site(place, dims, 0, 1))

    def delivered(self, output: Ref, n_outputs: int) -> Site:
        """Where an output goes that is put out for each sample, one row of outputs after the other."""
        return Site("sum", output.start, output.strides, 0, n_outputs)

    def total(self, start: int, strides: Sequence[int], extents: Sequence[int]) -> Site:
        """Where a gradient is added up, of the parameters start + Σ strides·i: it stands as they do."""
        part = self.layout.find(start, [*zip(strides, extents, strict=True)], 0)
        return Site("sum", part.place(start), tuple(map(part.step, strides)), 0)


def _at_once(samples: int, n_parameters: int, numbers: int, lanes: int) -> int:
    """How many of a batch's samples have a place at once, each with so many numbers: about the same in each part."""
    fitting = max(LEAST_SAMPLES, ARRAYS_A_PARAMETER * n_parameters // numbers)
    most = max(1, min(fitting, MOST_SAMPLES, MOST_DOUBLES // numbers))
    if samples <= most:
        return samples
    most = most // lanes * lanes or most
    part = -(-samples // -(-samples // most))
    return min(most, -(-part // lanes) * lanes)


class Pointers:
    """The memories as arguments of a function: parameters, rows, the offset of each sample's row, arrays, sums."""

    def __init__(self, builder: Any, parameters: Any, rows: Any, bases: Any, scratch: Any, sums: Any) -> None:
        self.builder, self.bases = builder, bases
        self._memories = {"parameter": parameters, "input": rows, "array": scratch, "sum": sums}

    def add_table(self, constants: Sequence[float]) -> None:
        """Let the constants of the program be read in loops."""
        padded = [*constants, *[0.0] * 8]  # a vector that begins at the last of them ends behind it
        module = self.builder.module
        table = module.globals.get("constants") or Table(module, padded, "constants")
        self._memories["table"] = table

    def address(self, site: Site, sample: Any, index: Sequence[Any]) -> Any:
        """The address of a number; sample and indices are IR integers or ints."""
        return self.addresses(site, sample, index, 1)[0]

    def addresses(self, site: Site, sample: Any, index: Sequence[Any], n: int) -> list[Any]:
        """The addresses of a number for n samples, one after the other."""
        offset = self.sum(site.offset, *((stride, i) for stride, i in zip(site.strides, index, strict=True)))
        memory = self._memories[site.kind]
        if site.kind == "input":
            bases = self.gep(self.bases, self.sum(site.rows, (1, sample)))
            starts = [self.builder.load(self.gep(bases, row)) for row in range(n)]
            return [self.gep(memory, self.sum(offset, (1, start))) for start in starts]
        first = self.gep(memory, self.sum(offset, (site.row, sample)))
        return [self.gep(first, site.row * row) for row in range(n)]

    def memory(self, kind: str) -> Any:
        """The address of a memory."""
        return self._memories[kind]

    def gep(self, pointer: Any, offset: Any) -> Any:
        """The address some numbers further on."""
        if isinstance(offset, int) and offset == 0:
            return pointer
        return self.builder.gep(pointer, [WORD(offset) if isinstance(offset, int) else offset])

    def sum(self, offset: Any, *products: tuple[Any, Any]) -> Any:
        """offset + Σ a·b, an int as long as all of it is known."""
        for a, b in products:
            term = self._product(a, b)
            if isinstance(offset, int) and isinstance(term, int):
                offset += term
            elif isinstance(offset, int) and offset == 0:
                offset = term
            elif not isinstance(term, int) or term:
                offset = self.builder.add(*(WORD(x) if isinstance(x, int) else x for x in (offset, term)))
        return offset

    def _product(self, a: Any, b: Any) -> Any:
        """a·b, an int if both are known or one is 0."""
        if isinstance(b, int):
            a, b = b, a
        if isinstance(b, int):
            return a * b
        if not isinstance(a, int):
            return self.builder.mul(a, b)
        return 0 if a == 0 else b if a == 1 else self.builder.mul(b, WORD(a))

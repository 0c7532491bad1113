"""Statements without an axis: numbers, side by side in the lanes of vectors, one a sample."""

from __future__ import annotations

from typing import Any

from autograd_lite.backends.llvm.assembly import WORD
from autograd_lite.backends.llvm.counting import counted
from autograd_lite.backends.llvm.lanes import Lanes
from autograd_lite.backends.llvm.memory import Pointers
from autograd_lite.backends.llvm.nests import Code
from autograd_lite.backends.llvm.sites import Nest, Site
from autograd_lite.backends.llvm.terms import Tile
from autograd_lite.backends.llvm.vectors import collected, load_vector, store_lanes, store_vector


def write_columns(code: Code, *statements: Nest) -> None:
    """Write what computes statements without an axis for m samples, side by side in the lanes."""
    pointers, m, lanes = code.pointers, code.m, code.memory.lanes
    builder = pointers.builder
    if code.memory.samples == 1:
        Columns(pointers, 0, code.fuse, lanes, alone=True).compute(*statements)
    else:
        with counted(builder, builder.udiv(builder.add(m, WORD(lanes - 1)), WORD(lanes))) as i:
            Columns(pointers, builder.mul(i, WORD(lanes)), code.fuse, lanes).compute(*statements)


class Columns(Tile):
    """A vector of samples while statements without an axis are computed; what one computed is at hand for the next.

    If there is one sample alone, all lanes compute it.
    """

    def __init__(self, pointers: Pointers, first: Any, fuse: bool, lanes: int, alone: bool = False) -> None:
        super().__init__(pointers, first, (), 1, 1, 0, fuse, lanes)
        self.alone, self.computed = alone, dict[Any, Lanes]()

    def compute(self, *statements: Nest) -> None:
        """Compute statements, and store their columns."""
        for statement in statements:
            (total,) = self.results(statement)
            target = statement.target
            self.computed[target.offset] = total
            address = self.pointers.address(target, self.sample, ())
            if target.row == 1:
                store_vector(self.builder, total.value, address)
            else:
                store_lanes(self.pointers, total.value, address, 1 if self.alone else self.lanes, target.row)

    def starts(self, site: Site) -> list[Any]:
        """Inputs have an address for each lane."""
        if site.kind == "input" and not self.alone:
            return [None]
        return super().starts(site)

    def load(self, site: Site, start: Any, q: Any, v: int) -> Lanes:
        """The numbers of a site, one a lane; what was computed just now is at hand."""
        lanes, builder, pointers = self.lanes, self.builder, self.pointers
        offset = pointers.sum(0, (site.delta, q))
        if site.kind == "array" and isinstance(offset, int) and offset == 0 and site.offset in self.computed:
            return self.computed[site.offset]
        if self.alone or site.kind in ("constant", "parameter"):
            return super().load(site, start, q, v)
        if site.kind == "input":
            starts = pointers.addresses(site, self.sample, (), lanes)
            return collected(builder, [pointers.gep(address, offset) for address in starts])
        if site.row == 1:
            return Lanes(builder, load_vector(builder, start, lanes))
        return collected(builder, [pointers.gep(start, lane * site.row) for lane in range(lanes)])

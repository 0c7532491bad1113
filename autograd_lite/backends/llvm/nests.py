"""Statements as loop nests over tiles: lanes along the last axis of a statement, several samples at once.

Statements without an axis have their lanes along the samples.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from autograd_lite import ops
from autograd_lite.backends.llvm.assembly import VOID, WORD, Function, FunctionType, Module
from autograd_lite.backends.llvm.builder import Builder
from autograd_lite.backends.llvm.counting import nested, tiled, tiled_apart, tiled_whole
from autograd_lite.backends.llvm.lowering import DOUBLES
from autograd_lite.backends.llvm.memory import Memory, Pointers
from autograd_lite.backends.llvm.sites import Nest
from autograd_lite.backends.llvm.terms import Tile
from autograd_lite.backends.llvm.tiles import tile_shape, vectors_of
from autograd_lite.backends.llvm.vectors import store_lanes

WORDS = WORD.as_pointer()


class Code:
    """A function of (parameters, rows, bases, arrays, sums, m, numbers …, others …) while it is written; m counts
    samples."""

    def __init__(self, module: Module, memory: Memory, fuse: bool, n_numbers: int, others: Sequence[Any] = ()) -> None:
        arguments = [DOUBLES, DOUBLES, WORDS, DOUBLES, DOUBLES, WORD, *[WORD] * n_numbers, *others]
        self.function = Function(module, FunctionType(VOID, arguments), f"statement{len(module.globals)}")
        self.function.linkage = "internal"
        self.pointers = Pointers(Builder(self.function.append_basic_block()), *self.function.args[:5])
        self.pointers.add_table(memory.loops.constants)
        self.memory, self.fuse, self.m = memory, fuse, self.function.args[5]
        self.numbers, self.others = self.function.args[6 : 6 + n_numbers], self.function.args[6 + n_numbers :]


def write_nests(code: Code, *statements: Nest) -> None:
    """Write what computes statements, one after the other, for m samples: tiles of vectors, then of samples."""
    memory, builder = code.memory, code.pointers.builder
    m = 1 if memory.samples == 1 else code.m  # known, it takes no arithmetic
    for statement in statements:
        wide, deep = _shape(statement, memory)
        tiles = tiled if statement.is_put_out else tiled_whole
        _write_vectors(code, statement, wide, partial(tiles, builder, m, deep))


def _write_vectors(
    code: Code, statement: Nest, wide: int, over_samples: Callable[[Callable[[Any, int], None]], None]
) -> None:
    """Write tiles of vectors along the last axis, of the samples that `over_samples` gives, along the other axes."""
    lanes, (*outer, extent) = _lanes(statement, code.memory), statement.dims or (1,)
    n_vectors = vectors_of(extent, lanes)
    # What a last vector holds too much is overwritten by what comes next in its array, if that is computed later.
    exact = statement.is_put_out or bool(outer and extent % lanes and n_vectors > wide)

    def body(first: Any, n: int) -> None:
        ragged = extent % lanes if isinstance(first, int) and first + n == n_vectors else 0
        tile = partial(_write_tile, code, statement, lanes, (first, n), ragged, exact)
        over_samples(lambda s, size: nested(code.pointers.builder, outer, partial(tile, (s, size))))

    tiled_apart(code.pointers.builder, n_vectors, wide, bool(extent % lanes), body)


def _write_tile(
    code: Code, statement: Nest, lanes: int, vectors: tuple[Any, int], ragged: int, exact: bool,
    samples: tuple[Any, int], index: list[Any],
) -> None:  # fmt: skip
    """Write a tile of some vectors and samples, each as (the first, how many): its sums, and where they go."""
    pointers, target, (first, n), (s, size) = code.pointers, statement.target, vectors, samples
    at = [*index, pointers.sum(0, (lanes, first))][: len(statement.dims)]
    totals = iter(Tile(pointers, s, at, size, n, ragged, code.fuse, lanes).results(statement))
    for address in pointers.addresses(target, s, at, size):
        for v in range(n):
            count = ragged if exact and ragged and v == n - 1 else lanes
            place = pointers.gep(address, pointers.sum(0, (target.lane, v * lanes)))
            store_lanes(pointers, next(totals).value, place, count, target.lane)


def _shape(statement: Nest, memory: Memory) -> tuple[int, int]:
    """How many vectors and samples a tile has: several samples pay where sums pass in registers."""
    n_vectors = vectors_of((statement.dims or (1,))[-1], _lanes(statement, memory))
    if statement.fold is not ops.add:
        return 1, 1
    if not statement.folds:
        return min(n_vectors, 4), 1
    room = 0 if statement.is_put_out else memory.chunk  # arrays have room for more samples than there are
    return tile_shape(n_vectors, memory.samples, memory.lanes, by_one=not room, room=room)


def _lanes(statement: Nest, memory: Memory) -> int:
    """The lanes along the last axis, if it has one."""
    return memory.lanes if statement.dims else 1

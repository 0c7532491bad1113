"""A large gradient by blocks: summed some rows at a time, each block done with before the next, while it is cached.

A block stands in a small buffer, as its parameters stand in their memory: one row of whole vectors after the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

from autograd_lite.backends.llvm.assembly import WORD
from autograd_lite.backends.llvm.counting import tiled
from autograd_lite.backends.llvm.gradients import fill, turned, write_tiles
from autograd_lite.backends.llvm.nests import Code
from autograd_lite.backends.llvm.sites import Nest
from autograd_lite.backends.llvm.tiles import vectors_of

BLOCK = 512  # doubles of a block; a gradient that has no more stays cached anyway


def goes_by_blocks(statement: Nest, lanes: int, filled: Sequence[int]) -> bool:
    """Whether a gradient is large, and its parameters may be moved block by block.

    For that its numbers must not depend on parameters any more, and it has to have whole vectors for itself: `filled`
    says how many parameters each vector has.
    """
    is_alone = sum(filled[group] for group in groups(statement, lanes)) == statement.size
    return statement.size > BLOCK and is_alone and all(site.kind != "parameter" for site in statement.sites())


def groups(statement: Nest, lanes: int) -> range:
    """The vectors at a statement's target if they follow on each other, row by row; none if they do not."""
    statement, n_lanes = turned(statement, lanes)
    *outer, extent = statement.dims
    n_vectors, n_rows, target = vectors_of(extent, lanes), prod(outer), statement.target
    follows = n_rows == 1 or target.strides == (n_vectors * lanes, 1)
    if n_lanes != lanes or target.offset % lanes or not follows:
        return range(0)
    return range(target.offset // lanes, target.offset // lanes + n_rows * n_vectors)


def buffer_size(statement: Nest, lanes: int) -> int:
    """The doubles of a block of a statement."""
    statement, _ = turned(statement, lanes)
    row = vectors_of(statement.dims[-1], lanes) * lanes
    return row * _rows_at_once(row)


def _rows_at_once(row: int) -> int:
    """How many rows of so many doubles a block has."""
    return max(1, BLOCK // row)


def write_blocks(code: Code, statement: Nest, buffer: int) -> None:
    """Write what gives a statement, summed over m samples, block by block to `take`.

    The buffer is so far on in the memory of the sums.
    """
    pointers, builder, (context, take) = code.pointers, code.pointers.builder, code.others
    statement, lanes = turned(statement, code.memory.lanes)
    *outer, extent = statement.dims
    n_vectors, target = vectors_of(extent, lanes), statement.target
    summed = statement._replace(target=target._replace(offset=buffer))
    start = target.offset // lanes if isinstance(target.offset, int) else builder.udiv(target.offset, WORD(lanes))

    def block(first: Any, n: int) -> None:
        write_tiles(code, summed, lanes, first, n, fill)
        group, sums = pointers.sum(start, (n_vectors, first)), pointers.gep(pointers.memory("sum"), buffer)
        builder.call(take, [context, sums, WORD(group) if isinstance(group, int) else group, WORD(n * n_vectors)])

    tiled(builder, prod(outer), _rows_at_once(n_vectors * lanes), block)

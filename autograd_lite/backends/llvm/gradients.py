"""Sums over the samples of a batch: gradients where their parameters stand, and the totals of cost and right answers.

A tile is some parameters, as vectors along the axis that runs fastest in memory and rows along another; their sums
stay in registers while the samples pass.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from autograd_lite.backends.llvm.assembly import BIT, DOUBLE, SHORT, WORD, vector
from autograd_lite.backends.llvm.columns import Columns
from autograd_lite.backends.llvm.counting import held, nested, tiled, tiled_apart
from autograd_lite.backends.llvm.lanes import Bits, Lanes, where
from autograd_lite.backends.llvm.nests import Code
from autograd_lite.backends.llvm.sites import Nest, Site
from autograd_lite.backends.llvm.terms import Tile
from autograd_lite.backends.llvm.tiles import tile_shape, vectors_of
from autograd_lite.backends.llvm.vectors import load_vector, store_vector


def write_sums(code: Code, *statements: Nest) -> None:
    """Write what adds statements with an axis, summed over m samples, to the sums at their targets."""
    for each in statements:
        statement, lanes = turned(each, code.memory.lanes)
        n_rows = max(statement.dims[:-1], default=1)
        write_tiles(code, statement, lanes, 0, n_rows, partial(_put, adds=code.memory.adds))


def write_tiles(
    code: Code, statement: Nest, lanes: int, first: Any, n_rows: int, put: Callable[[Any, Lanes, Any, int], None]
) -> None:
    """Emit tiles of the sums over m samples, of so many rows along the longest axis beside that of the lanes.

    The first row goes to the place of the target, the others follow. `put(builder, total, address, ragged)` stores.
    """
    memory, pointers, builder, total = code.memory, code.pointers, code.pointers.builder, statement.target
    *outer, extent = statement.dims
    along = max(range(len(outer)), key=lambda axis: outer[axis], default=None)
    n_vectors = vectors_of(extent, lanes)
    wide, deep = tile_shape(n_vectors, n_rows, memory.lanes)
    rest = [1 if axis == along else size for axis, size in enumerate(outer)]

    def over_vectors(begin: Any, n: int) -> None:
        ragged = extent % lanes if isinstance(begin, int) and begin + n == n_vectors else 0
        start = pointers.sum(0, (lanes, begin))

        def over_rows(row: Any, size: int) -> None:
            def body(index: list[Any]) -> None:
                source, place = (
                    [*(r if axis == along else i for axis, i in enumerate(index)), start]
                    for r in (pointers.sum(0, (1, first), (1, row)), row)
                )

                def step(s: Any, totals: list[Lanes]) -> list[Lanes]:
                    tile = Tile(pointers, s, source, size, n, ragged, code.fuse, lanes, along)
                    return tile.added(totals, tile.results(statement))

                zero = Lanes(builder, vector(lanes).zero)
                found = iter(held(builder, [zero] * (size * n), 0, code.m, step))
                address = pointers.address(total, 0, place)
                for i in range(size):
                    for v in range(n):
                        far = v * lanes + (i * total.strides[along] if along is not None else 0)
                        put(builder, next(found), pointers.gep(address, far), ragged if v == n - 1 else 0)

            nested(builder, rest, body)

        tiled(builder, n_rows, deep, over_rows)

    tiled_apart(builder, n_vectors, wide, bool(extent % lanes), over_vectors)


def _put(builder: Any, total: Lanes, address: Any, ragged: int, adds: bool) -> None:
    """Store a vector, or add it, or its first `ragged` lanes: what stands behind them belongs to others."""
    if adds or ragged:
        known = Lanes(builder, load_vector(builder, address, total.count))
        total = known + total if adds else total
        if ragged:
            total = where(_first(total, ragged), total, known)
    store_vector(builder, total.value, address)


def fill(builder: Any, total: Lanes, address: Any, ragged: int) -> None:
    """Store a vector, with 0 behind its first `ragged` lanes."""
    store_vector(builder, (where(_first(total, ragged), total, 0.0) if ragged else total).value, address)


def _first(total: Lanes, n: int) -> Bits:
    """The mask of the first n lanes."""
    bits = [BIT(lane < n) for lane in range(total.count)]
    return Bits(total.builder, vector(total.count, BIT)(bits))


def turned(statement: Nest, lanes: int) -> tuple[Nest, int]:
    """The statement with the axis last along which its sums are neighbours, and its lanes: one, where there is none."""
    strides = statement.target.strides
    last = strides.index(1) if 1 in strides else None
    order = [axis for axis in range(len(strides)) if axis != last] + ([] if last is None else [last])
    extra = () if last is not None else (0,)

    def turned(site: Site) -> Site:
        return site._replace(strides=(*(site.strides[axis] for axis in order), *extra))

    dims = (*(statement.dims[axis] for axis in order), *(1 for _ in extra))
    runs = tuple(replace(run, sites=tuple(map(turned, run.sites))) for run in statement.runs)
    return statement._replace(dims=dims, runs=runs, target=turned(statement.target)), 1 if extra else lanes


def write_totals(code: Code, *statements: Nest) -> None:
    """Write what adds statements without an axis, summed over m samples, to the sums at their targets."""
    pointers, m, lanes = code.pointers, code.m, code.memory.lanes
    builder = pointers.builder
    zero = Lanes(builder, vector(lanes).zero)
    places = vector(lanes, WORD)([WORD(lane) for lane in range(lanes)])

    def step(block: Any, now: list[Lanes]) -> list[Lanes]:
        first = builder.mul(block, WORD(lanes))
        columns = Columns(pointers, first, code.fuse, lanes, alone=code.memory.samples == 1)
        left = builder.insert_element(places.type.undefined, builder.sub(m, first), SHORT(0))
        left = builder.shuffle_vector(left, left, vector(lanes, SHORT).zero)
        counts = Bits(builder, builder.icmp_signed("<", places, left))
        terms = [where(counts, columns.results(statement)[0], 0.0) for statement in statements]
        return columns.added(now, terms)

    blocks = builder.udiv(builder.add(m, WORD(lanes - 1)), WORD(lanes))
    totals = held(builder, [zero] * len(statements), 0, blocks, step)
    for statement, total in zip(statements, totals, strict=True):
        address = pointers.address(statement.target, 0, ())
        known = builder.load(address) if code.memory.adds else DOUBLE(0.0)
        for lane in range(lanes):
            known = builder.fadd(known, builder.extract_element(total.value, SHORT(lane)))
        builder.store(known, address)

"""Sums over the samples of a batch: gradients where their parameters stand, and the totals of cost and right answers.

A tile is some parameters, as vectors along the axis that runs fastest in memory and rows along another; their sums
stay in registers while the samples pass.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from llvmlite import ir

from autograd_lite.backends.llvm.counting import held, nested, tiled, tiled_apart
from autograd_lite.backends.llvm.lanes import DOUBLE, SHORT, WORD, Bits, Lanes, where
from autograd_lite.backends.llvm.nests import (
    Code,
    Columns,
    Tile,
    load_vector,
    store_vector,
    tile_shape,
    vectors_of,
)  # fmt: skip
from autograd_lite.backends.llvm.sites import Nest, Site


def write_sum(code: Code, statement: Nest) -> None:
    """Write the function that adds a statement with an axis, summed over m samples, to the sums at its target."""
    memory, pointers, m, fuse = code.memory, code.pointers, code.m, code.fuse
    statement, lanes = _turned(statement, memory.lanes)
    total = statement.target
    builder, extents = pointers.builder, statement.dims
    *outer, extent = extents
    along = max(range(len(outer)), key=lambda axis: outer[axis], default=None)
    n_rows = 1 if along is None else outer[along]
    n_vectors = vectors_of(extent, lanes)
    wide, deep = tile_shape(n_vectors, n_rows, memory.lanes)
    rest = [1 if axis == along else size for axis, size in enumerate(outer)]

    def over_vectors(first: Any, n: int) -> None:
        ends = isinstance(first, int) and first + n == n_vectors
        start = pointers.sum(0, (lanes, first))

        def over_rows(row: Any, size: int) -> None:
            def body(index: list[Any]) -> None:
                at = [*(row if axis == along else i for axis, i in enumerate(index)), start]

                def step(s: Any, totals: list[Lanes]) -> list[Lanes]:
                    ragged = extent % lanes if ends else 0
                    tile = Tile(pointers, [s], at, n, ragged, fuse, lanes, along, size)
                    return tile.added(totals, tile.results(statement))

                zero = Lanes(builder, ir.Constant(ir.VectorType(DOUBLE, lanes), None))
                found = iter(held(builder, [zero] * (size * n), 0, m, step))
                address = pointers.address(total, 0, at)
                for i in range(size):
                    for v in range(n):
                        far = v * lanes + (i * total.strides[along] if along is not None else 0)
                        last = ends and v == n - 1
                        _put(
                            builder, next(found), pointers.gep(address, far), extent % lanes if last else 0, memory.adds
                        )

            nested(builder, rest, body)

        tiled(builder, n_rows, deep, over_rows)

    tiled_apart(builder, n_vectors, wide, bool(extent % lanes), over_vectors)
    builder.ret_void()


def _put(builder: Any, total: Lanes, address: Any, ragged: int, adds: bool) -> None:
    """Store a vector, or add it, or its first `ragged` lanes: what stands behind them belongs to others."""
    if adds or ragged:
        known = Lanes(builder, load_vector(builder, address, total.count))
        total = known + total if adds else total
        if ragged:
            bits = [ir.IntType(1)(lane < ragged) for lane in range(total.count)]
            total = where(Bits(builder, ir.Constant(ir.VectorType(ir.IntType(1), total.count), bits)), total, known)
    store_vector(builder, total.value, address)


def _turned(statement: Nest, lanes: int) -> tuple[Nest, int]:
    """The statement with the axis last along which its sums are neighbours, and its lanes: one, where there is none."""
    strides = statement.target.strides
    last = strides.index(1) if 1 in strides else None
    order = [axis for axis in range(len(strides)) if axis != last] + ([] if last is None else [last])
    extra = () if last is not None else (0,)

    def turned(site: Site) -> Site:
        return replace(site, strides=(*(site.strides[axis] for axis in order), *extra))

    dims = (*(statement.dims[axis] for axis in order), *(1 for _ in extra))
    runs = tuple(replace(run, sites=tuple(map(turned, run.sites))) for run in statement.runs)
    return replace(statement, dims=dims, runs=runs, target=turned(statement.target)), 1 if extra else lanes


def write_totals(code: Code, *statements: Nest) -> None:
    """Write the function that adds statements without an axis, summed over m samples, to the sums at their targets."""
    pointers, m, lanes = code.pointers, code.m, code.memory.lanes
    builder = pointers.builder
    zero = Lanes(builder, ir.Constant(ir.VectorType(DOUBLE, lanes), None))
    places = ir.Constant(ir.VectorType(WORD, lanes), [WORD(lane) for lane in range(lanes)])

    def step(block: Any, now: list[Lanes]) -> list[Lanes]:
        first = builder.mul(block, WORD(lanes))
        columns = Columns(pointers, first, code.fuse, lanes)
        left = builder.insert_element(ir.Constant(places.type, ir.Undefined), builder.sub(m, first), SHORT(0))
        left = builder.shuffle_vector(left, left, ir.Constant(ir.VectorType(SHORT, lanes), None))
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
    builder.ret_void()

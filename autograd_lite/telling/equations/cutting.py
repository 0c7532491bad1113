"""Cutting: a statement as pieces, each of which reads with every ref what one owner has.

An owner is a number for a region of an array: the family of an input, the part in which a result stands. A loop is cut
where what a ref reads passes from one owner to the next; so is a run of a sum, whose terms keep their order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise, product

from autograd_lite.backends.loops.runs import Ref, Run, contiguous
from autograd_lite.backends.loops.statements import Copy, Statement

Owners = Mapping[int, Sequence[int]]  # for an array that has several owners, that of each place
Axes = Sequence[tuple[int, int]]  # along each axis, how far a ref goes at a time and how often it stands


def places(start: int, axes: Axes) -> list[int]:
    """All places of a ref that moves along these axes, the last one the fastest; an axis that does not move it once."""
    found = [start]
    for stride, extent in axes:
        if stride:
            found = [place + way for place in found for way in range(0, stride * extent, stride)]
    return found


def pieces(statement: Statement, owners: Owners) -> list[Statement]:
    """The pieces of a statement, or the statement itself; their bases have no meaning."""
    cuts: list[set[int]] = [set() for _ in statement.dims]
    for ref, axes in statement.reads():
        for known, more in zip(cuts, _borders(ref, axes, owners), strict=False):  # the last axis is that of the run
            known |= more
    boxes = product(*map(_stretches, cuts, statement.dims))
    return [_with_runs(_boxed(statement, box) if any(cuts) else statement, owners) for box in boxes]


def copied(copy: Copy, owners: Owners) -> Iterator[Copy]:
    """The pieces of a copy."""
    for ref, axes in copy.reads():
        (cuts,) = _borders(ref, axes, owners)
        for low, high in _stretches(cuts, copy.count):
            yield Copy(replace(ref, start=ref.at((low,))), high - low, copy.start + low * copy.stride, copy.stride)


def _borders(ref: Ref, axes: Axes, owners: Owners) -> list[set[int]]:
    """Where along each axis what a ref reads passes to another owner."""
    of = owners.get(ref.array)
    if of is None or len(set(map(of.__getitem__, places(ref.start, axes)))) == 1:
        return [set() for _ in axes]
    return [_along(of, ref.start, axes, axis) for axis in range(len(axes))]


def _along(of: Sequence[int], start: int, axes: Axes, axis: int) -> set[int]:
    stride, extent = axes[axis]
    lines = places(start, [*axes[:axis], *axes[axis + 1 :]])
    steps = [(i, i * stride) for i in range(1, extent)]
    return {i for line in lines for i, way in steps if of[line + way] != of[line + way - stride]}


def _stretches(cuts: set[int], extent: int) -> list[tuple[int, int]]:
    return list(pairwise([0, *sorted(cuts), extent]))


def _boxed(statement: Statement, box: Sequence[tuple[int, int]]) -> Statement:
    """What a statement computes between these bounds of its loops; a loop that runs once there is none."""
    lows, extents = [low for low, _ in box], [high - low for low, high in box]
    kept = [
        d for d, (extent, whole) in enumerate(zip(extents, statement.dims, strict=True)) if extent > 1 or whole == 1
    ]

    def moved(ref: Ref) -> Ref:
        return Ref(ref.array, ref.at(lows), tuple(ref.strides[d] for d in kept))

    place = Ref(statement.storage, 0, contiguous(statement.dims))
    numbers = places(place.at(lows), list(zip(place.strides, extents, strict=True)))
    return replace(
        statement,
        dims=tuple(extents[d] for d in kept),
        runs=tuple(replace(run, refs=tuple(map(moved, run.refs))) for run in statement.runs),
        output=statement.output and moved(statement.output),
        numbers=tuple(statement.numbers[i] for i in numbers),
    )


def _with_runs(statement: Statement, owners: Owners) -> Statement:
    """The same, its runs cut."""
    runs = [piece for run in statement.runs for piece in _cut_run(run, statement.dims, owners)]
    return replace(statement, runs=tuple(runs)) if len(runs) > len(statement.runs) else statement


def _cut_run(run: Run, dims: Sequence[int], owners: Owners) -> Iterator[Run]:
    cuts: set[int] = set()
    for ref, delta in zip(run.refs, run.deltas, strict=True):
        cuts |= _borders(ref, [*zip(ref.strides, dims, strict=True), (delta, run.count)], owners)[-1]
    for low, high in _stretches(cuts, run.count):
        refs = [replace(ref, start=ref.start + low * delta) for ref, delta in zip(run.refs, run.deltas, strict=True)]
        yield replace(
            run, count=high - low, refs=tuple(refs), deltas=run.deltas if high - low > 1 else (0,) * len(refs)
        )

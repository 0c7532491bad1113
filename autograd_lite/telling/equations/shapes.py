"""Shapes: a loop over all numbers of a matrix as loops over its axes, and a place in it as an index along each.

The pass that finds loops has as few of them as it can: a function of 4 by 5 numbers is one loop over 20. To read, the
same is a matrix like the one that it is made of.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import accumulate
from math import prod
from operator import mul

from autograd_lite.backends.loops.families import Move
from autograd_lite.backends.loops.runs import Ref, contiguous
from autograd_lite.backends.loops.statements import Loops, Statement

Shape = tuple[int, ...]
Place = tuple[int, list[tuple[int, int]]]  # along an axis, where a place starts and (step, loop) for what moves it
Block = tuple[str, tuple[int, ...]]  # as it is cut out of a list of lists, 0:2,3, and the loops along its axes


def by_axes(loops: Loops) -> Loops:
    """The same program in which a loop that runs over several axes of what it reads is a loop over each."""
    makers = Counter(statement.storage for statement in loops.statements)
    shapes: dict[int, Shape] = {}
    statements = []
    for whole in loops.statements:
        statement = over_axes(whole, lambda ref: shapes.get(ref.array))
        if makers[statement.storage] == 1:
            shapes[statement.storage] = statement.dims
        statements.append(statement)
    return replace(loops, statements=tuple(statements))


def over_axes(statement: Statement, shape_of: Callable[[Ref], Shape | None]) -> Statement:
    """The statement with a loop over each axis of what has a shape."""
    while (found := _several(statement, shape_of)) is not None:
        statement = _split(statement, *found)
    return statement


def _several(statement: Statement, shape_of: Callable[[Ref], Shape | None]) -> tuple[int, Shape] | None:
    """A loop that runs over several axes of an array that the statement reads, and their extents."""
    for ref in (ref for run in statement.runs for ref in run.refs):
        shape = shape_of(ref) or ()
        for loop, (count, stride) in enumerate(zip(statement.dims, ref.strides, strict=True)):
            for last, inner in enumerate(contiguous(shape)):
                extents = list(accumulate(reversed(shape[: last + 1]), mul))
                if stride == inner and count in extents[1:]:
                    return loop, shape[last - extents.index(count) : last + 1]
    return None


def _split(statement: Statement, loop: int, extents: Shape) -> Statement:
    """The statement with a loop as loops of these extents."""

    def strides(ref: Ref) -> Ref:
        inner = tuple(ref.strides[loop] * step for step in contiguous(extents))
        return replace(ref, strides=(*ref.strides[:loop], *inner, *ref.strides[loop + 1 :]))

    runs = tuple(replace(run, refs=tuple(map(strides, run.refs))) for run in statement.runs)
    dims = (*statement.dims[:loop], *extents, *statement.dims[loop + 1 :])
    return replace(statement, dims=dims, runs=runs, output=statement.output and strides(statement.output))


def index(start: int, along: Sequence[Move], shape: Shape) -> list[Place] | None:
    """A place in an array of this shape, along each axis.

    None where a loop leaves an axis for the next one.
    """
    if not 0 <= start < prod(shape):
        return None
    found = []
    rest = {loop: stride for loop, _, stride in along}
    counts = {loop: count for loop, count, _ in along}
    for extent, inner in zip(shape, contiguous(shape), strict=True):
        first, start = divmod(start, inner)
        steps = []
        for loop, stride in rest.items():
            step = abs(stride) // inner * (1 if stride > 0 else -1)
            rest[loop] -= step * inner
            steps += [(step, loop)] if step else []
        ends = [step * (counts[loop] - 1) for step, loop in steps]
        low, high = (first + sum(pick(0, end) for end in ends) for pick in (min, max))
        if low < 0 or high >= extent:
            return None
        found.append((first, steps))
    return found


def block(places: Sequence[Place], along: Sequence[Move], shape: Shape) -> Block | None:
    """The block of an array that a ref reads.

    None where a loop moves more than one axis, more than one loop moves an axis, or one moves it by other steps than 1.
    """
    counts = {loop: count for loop, count, _ in along}
    texts, loops = [], []
    for extent, (first, steps) in zip(shape, places, strict=True):
        if not steps:
            texts.append(str(first))
        elif len(steps) == 1 and steps[0][0] == 1:
            loops.append(steps[0][1])
            count = counts[loops[-1]]
            texts.append(":" if count == extent else f"{first}:{first + count}")
        else:
            return None
    return (",".join(texts), tuple(loops)) if len(set(loops)) == len(loops) else None

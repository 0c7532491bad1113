"""Run-length coding of places: what moves on by a fixed step is written down once, with the step and a count.

A vector holds the places that one thing reads. `stretches` finds vectors in a row that differ by a constant step, and
`nests` repeats that on what it found, so that rows of rows become two loops.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import add, sub
from typing import NamedTuple

Vector = tuple[int, ...]
Loop = tuple[int, Vector]  # how often, and the step from one time to the next


class Nest(NamedTuple):
    """Vectors by a nest of loops: the first one, and the loops, the outermost first."""

    loops: tuple[Loop, ...]
    start: Vector


def nests(vectors: Sequence[Vector]) -> list[Nest]:
    """The vectors, in order, as few nests of loops."""
    whole = _grid(vectors)
    return [whole] if whole else _fewest([Nest((), vector) for vector in vectors])


def stretches(vectors: Sequence[Vector]) -> list[Nest]:
    """The vectors, in order, as few single loops."""
    if len(vectors) == 1:
        return [Nest((), vectors[0])]
    if _stretch(vectors) == len(vectors) and (whole := _grid(vectors)):
        return [whole]
    singles = [Nest((), vector) for vector in vectors]
    return min(_merged(singles, True), _merged(singles, False), key=_cost)


def _cost(nests: list[Nest]) -> tuple[int, int]:
    """Few nests are better than many, and among as many one long loop better than several short ones."""
    return len(nests), -max([nest.loops[0][0] for nest in nests if nest.loops], default=0)


def _grid(vectors: Sequence[Vector]) -> Nest | None:
    """One nest over all vectors if there is one, rows of equal length in rows of rows: column by column, quickly."""
    if len(vectors) == 1:
        return Nest((), vectors[0])
    run = _stretch(vectors)
    outer = _grid(vectors[::run]) if len(vectors) % run == 0 else None
    if outer is None:
        return None
    step = tuple(map(sub, vectors[1], vectors[0]))
    for column, stride in zip(zip(*vectors, strict=True), step, strict=True):
        expected: list[int] = []
        for start in column[::run]:
            expected += range(start, start + stride * run, stride) if stride else [start] * run
        if list(column) != expected:
            return None
    return Nest((*outer.loops, (run, step)), vectors[0])


def _stretch(vectors: Sequence[Vector]) -> int:
    """How many of the first vectors differ by a constant step."""
    expected, step = vectors[1], tuple(map(sub, vectors[1], vectors[0]))
    for n, vector in enumerate(vectors[1:], start=1):
        if vector != expected:
            return n
        expected = tuple(map(add, expected, step))
    return len(vectors)


def _fewest(singles: list[Nest]) -> list[Nest]:
    """Two vectors are always a loop of two. Taking every such pair is right inside a row of rows, and wrong where the
    first of them stands alone and the second begins a longer row; so both are tried where it may matter."""
    eager = _repeated(singles, True)
    if len(eager) == 1:
        return eager
    return min(eager, _repeated(singles, False), key=_cost)


def _repeated(nests: list[Nest], pairs: bool) -> list[Nest]:
    while len(nests) > 1:
        merged = _merged(nests, pairs)
        if len(merged) == len(nests):
            break
        nests = merged
    return nests


def _merged(nests: list[Nest], pairs: bool) -> list[Nest]:
    """Nests of equal loops whose starts differ by a constant step become one nest with one more loop.

    A pair before a third one that does not fit counts only if `pairs`.
    """
    merged: list[Nest] = []
    n, i = len(nests), 0
    while i < n:
        loops, start = nests[i]
        end = i + 1
        if end < n and nests[end].loops == loops:
            expected = nests[end].start
            step = tuple(map(sub, expected, start))
            while end < n and nests[end] == (loops, expected):
                expected = tuple(map(add, expected, step))
                end += 1
            if end - i == 2 and not pairs and end < n and nests[end].loops == loops:
                end = i + 1
        merged.append(nests[i] if end == i + 1 else Nest(((end - i, step), *loops), start))
        i = end
    return merged

"""Places as source writes them: an index with the variables of loops, a slice, and the loops that a stretch needs."""

from __future__ import annotations

from collections.abc import Sequence

from autograd_lite.backends.loops.naming import Place


def indexed(start: int, moves: Sequence[tuple[int, str]]) -> str:
    """start + Σ step · variable as source."""
    parts = [(step < 0, name if abs(step) == 1 else f"{abs(step)} * {name}") for step, name in moves if step]
    if start or not parts:
        parts.append((start < 0, str(abs(start))))
    parts.sort(key=lambda part: part[0])
    (is_negative, head), *rest = parts
    signed = [f"{'-' if is_less else '+'} {text}" for is_less, text in rest]
    return " ".join(["-" * is_negative + head, *signed])


def sliced(array: str, start: int, step: int, count: int, size: int) -> str:
    """`count` numbers of an array from `start` on, as a slice."""
    last = start + step * (count - 1)
    if (start, step, count) == (0, 1, size):
        return array
    if step > 0:
        return f"{array}[{start or ''}:{last + 1 if last + 1 < size else ''}{f':{step}' if step > 1 else ''}]"
    return f"{array}[{start if start < size - 1 else ''}:{last - 1 if last else ''}:{step}]"


def joined(place: Place, made: Place, dims: tuple[int, ...]) -> tuple[Place, Place, tuple[int, ...]]:
    """The same with loops made one where both places go on after the inner loop as within it."""
    while len(dims) > 1 and all(x.strides[-2] == x.strides[-1] * dims[-1] for x in (place, made)):
        dims = (*dims[:-2], dims[-2] * dims[-1])
        place, made = (x._replace(strides=(*x.strides[:-2], x.strides[-1])) for x in (place, made))
    return place, made, dims


def upward(place: Place, made: Place, count: int) -> tuple[Place, Place]:
    """The same with the inner loop, of so many steps, in the order of the places that it fills."""
    if place.strides[-1] >= 0:
        return place, made
    place, made = (
        x._replace(start=x.start + x.strides[-1] * (count - 1), strides=(*x.strides[:-1], -x.strides[-1]))
        for x in (place, made)
    )
    return place, made

"""The selection rule: an input that an op did not select gets nothing, even when inf or nan arrives.

relu below 0 does not select its input, `where` not the other branch, `maximum` not the smaller. Such a row says
`selects=True`: where its partial is 0, that is no slope to multiply by, for 0·inf is nan; it says that nothing is
handed on. A partial that a rule states as the number 0 (a comparison's, that of the condition of a `where`) is no edge
at all. Both are said here, once for all: the partials of an op as what gradients and tangents are multiplied by.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache

from autograd_lite.op import TABLE, Number, Op


class _Nothing(float):
    """The 0 by which an op hands on nothing: 0 times whatever arrives."""

    __slots__ = ()

    def __mul__(self, arriving: Number) -> float:
        return 0.0

    __rmul__ = __mul__


NOTHING = _Nothing(0.0)


class _Unmoved(float):
    """The tangent of what an op did not select: 0 however steep the ops are that it meets on its way up.

    So a path through such an edge adds nothing in forward mode where it adds nothing in reverse, that is unless it
    is nan or inf below the edge.
    """

    __slots__ = ()

    def __mul__(self, arriving: Number) -> float:
        return self if math.isfinite(arriving) else math.nan

    def __rmul__(self, partial: Number) -> float:
        return self

    def __add__(self, other: Number) -> Number:
        return other

    __radd__ = __add__


UNMOVED = _Unmoved(0.0)


class Selected:
    """A partial that is not computed yet, or to be differentiated: whether it is 0 is decided when it is known."""

    __slots__ = ("partial",)

    def __init__(self, partial: Number) -> None:
        self.partial = partial

    def __mul__(self, arriving: Number) -> Number:
        product = self.partial * arriving
        is_finite = isinstance(arriving, float) and math.isfinite(arriving)
        return product if is_finite else TABLE["where"](self.partial, product, 0.0)


def factors(op: Op, partials: Sequence[Number]) -> Sequence[Number | None]:
    """The partials of an op as what arrives is multiplied by; None where there is no edge."""
    flat = _flat_edges(op, len(partials))
    if flat is None:
        return partials
    return [None if none else _selected(x) if op.selects else x for x, none in zip(partials, flat, strict=True)]


def _selected(partial: Number) -> Number:
    return partial or NOTHING if isinstance(partial, float) else Selected(partial)


@cache
def _flat_edges(op: Op, n: int) -> tuple[bool, ...] | None:
    """`op.flat(n)`; None where each partial is what it is multiplied by."""
    flat = op.flat(n)
    return flat if op.selects or any(flat) else None

"""Rows of any number of inputs as loops over these: to the bit what their definitions in `ops` write out.

A definition of many inputs is as many times its code; from `LONG` inputs on a loop takes less time to compile.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from autograd_lite import ops
from autograd_lite.backends.llvm.assembly import DOUBLE, WORD
from autograd_lite.backends.llvm.counting import held
from autograd_lite.backends.llvm.lanes import Lanes
from autograd_lite.backends.llvm.lowering import Defined, splat
from autograd_lite.op import Number, Op

LONG = 12

Stretch = tuple[Callable[[Any], Lanes], int, int]  # what gives its k-th input, its first k, and the end of its ks


class Inputs:
    """The inputs of a row: stretches, each with a function that emits the k-th of its own."""

    def __init__(self, builder: Any, stretches: Sequence[Stretch], fuse: bool) -> None:
        self.builder, self.stretches, self.fuse = builder, stretches, fuse

    def first(self) -> Defined:
        """The first input."""
        give, start, _ = self.stretches[0]
        return Defined(give(start), self.fuse)

    def rest(self) -> Inputs:
        """All but the first."""
        (give, start, end), *others = self.stretches
        return Inputs(self.builder, [*([(give, start + 1, end)] if start + 1 < end else []), *others], self.fuse)

    def joined(self, total: Defined, step: Callable[[Defined, Defined, Any], Any], backward: bool = False) -> Defined:
        """The total after `step(total, x, k)` for each input x, the k-th of them."""
        firsts = [0]
        for _, start, end in self.stretches:
            firsts.append(firsts[-1] + end - start)
        for (give, start, end), first in list(zip(self.stretches, firsts, strict=False))[:: -1 if backward else 1]:
            total = self._along(give, start, end, first, total, step, backward)
        return total

    def _along(
        self, give: Callable[[Any], Lanes], start: int, end: int, first: int, total: Defined,
        step: Callable[[Defined, Defined, Any], Any], backward: bool,
    ) -> Defined:  # fmt: skip
        """The total after the inputs of a stretch."""
        builder = self.builder

        def body(i: Any, totals: list[Lanes]) -> list[Lanes]:
            q = builder.sub(WORD(end - 1), i) if backward else builder.add(WORD(start), i)
            k = builder.uitofp(builder.add(q, WORD(first - start)), DOUBLE)
            x, known = Defined(give(q), self.fuse), Defined(totals[0], self.fuse)
            number = Defined(splat(builder, totals[0].count, k), self.fuse)
            return [step(known, x, number).lanes]

        return Defined(held(builder, [total.lanes], 0, WORD(end - start), body)[0], self.fuse)


def logsumexp(xs: Inputs) -> Number:
    """As `ops` defines it: the largest x comes out of the sum. A sum that begins with −0 is that of its terms."""
    first = xs.first()
    nothing = Defined(first.lanes.filled(-0.0), xs.fuse)
    top = xs.joined(first, lambda total, x, _: ops.maximum(total, x))
    tops = xs.joined(nothing, lambda total, x, _: total + ops.equal(x, top))
    rest = xs.joined(nothing, lambda total, x, _: total + ops.where(ops.equal(x, top), 0.0, ops.exp(x - top)))
    return top + ops.log1p(rest + (tops - 1.0))


def pick(inputs: Inputs) -> Number:
    """As `ops` defines it: the last x first, so that the first one beyond the index stays."""
    index = inputs.first()
    nothing = Defined(index.lanes.filled(math.nan), inputs.fuse)
    chosen = inputs.rest().joined(
        nothing, lambda total, x, k: ops.where(ops.less(index, k + 1.0), x, total), backward=True
    )
    return ops.where(ops.greater_equal(index, 0.0), chosen, math.nan)


LOOPED: dict[Op, Callable[[Inputs], Number]] = {ops.logsumexp: logsumexp, ops.pick: pick}


def looped(op: Op, builder: Any, stretches: Sequence[Stretch], fuse: bool) -> Lanes | None:
    """The result of an op as a loop; None if it has too few inputs or no such form."""
    if op not in LOOPED or sum(end - start for _, start, end in stretches) < LONG:
        return None
    result = LOOPED[op](Inputs(builder, stretches, fuse))
    assert isinstance(result, Defined)  # for the type checker: it is made of the inputs
    return result.lanes

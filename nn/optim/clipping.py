"""Clipping: a gradient that is too long is made shorter, or its numbers are cut off, before the step.

The factor and the cut are generic in type, as rules are: native code is made of them as well.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

from autograd_lite import Value, maximum, minimum, sqrt
from autograd_lite.errors import as_float
from autograd_lite.graph import reached
from autograd_lite.op import Number


def clip_norm(params: Iterable[Value], limit: float) -> float:
    """Scale the gradients of all parameters so that their norm, √Σ grad², is at most `limit`; gives what it was."""
    factor, found = norm_factor(limit), [p for p in params if reached(p)]
    squares = sum(p.grad * p.grad for p in found)
    for p in found:
        p.grad = p.grad * factor(squares)
    return math.sqrt(squares)


def clip_value(params: Iterable[Value], limit: float) -> None:
    """Bring every gradient into the range from −limit to limit."""
    cut = value_cut(limit)
    for p in params:
        if reached(p):
            p.grad = cut(p.grad)


def norm_factor(limit: float) -> Callable[[Number], Number]:
    """What the gradient is multiplied by, given the sum of its squares; PyTorch's formula, with its 10⁻⁶."""
    limit = checked_limit("clip_norm", limit)
    return lambda squares: minimum(1.0, limit / (sqrt(squares) + 1e-6))


def value_cut(limit: float) -> Callable[[Number], Number]:
    """What becomes of one number of the gradient."""
    limit = checked_limit("clip_value", limit)
    return lambda gradient: minimum(maximum(gradient, -limit), limit)


def checked_limit(name: str, limit: object) -> float:
    """A limit, finite and above 0; `name` is whose."""
    number = as_float(limit, name)
    if not 0.0 < number < math.inf:
        raise ValueError(f"{name}: expected a finite number above 0, got {number}")
    return number

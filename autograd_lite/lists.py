"""Functions of a list of numbers that give a list, made of ops."""

from __future__ import annotations

from collections.abc import Iterable

from autograd_lite.errors import shown
from autograd_lite.op import Number
from autograd_lite.ops import exp, logsumexp, subtract


def softmax(xs: Iterable[Number]) -> list[Number]:
    """eˣ / Σ eˣ for each x of a list, of Values or numbers of any size; the results add up to 1."""
    return [exp(x) for x in log_softmax(xs)]


def log_softmax(xs: Iterable[Number]) -> list[Number]:
    """x − ln Σ eˣ for each x of a list: the logarithms of `softmax`, which keep their digits where that is near 0.

    Raises TypeError for what is no list, ValueError for an empty one.
    """
    try:
        row = list(xs)
    except TypeError:
        raise TypeError(f"softmax: expected a list of Values or numbers, got {shown(xs)}") from None
    if not row:
        raise ValueError("softmax: expected a list of one number or more, got none")
    total = logsumexp(*row)
    return [subtract(x, total) for x in row]

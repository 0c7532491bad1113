"""How good predictions are: `accuracy` and `confusion` for classes, `r2` for measurements.

Each takes the predictions and then the truth, one of each a sample, as losses do. Lists, tuples and arrays serve.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from autograd_lite import Value
from autograd_lite.errors import as_float, is_real, shown
from autograd_lite.telling.document import Block, Document, Table


def accuracy(predictions: Sequence[Any], ys: Sequence[Any]) -> float:
    """The share of predictions that are right, between 0 and 1."""
    pairs = _pairs("accuracy", predictions, ys)
    return sum(bool(prediction == y) for prediction, y in pairs) / len(pairs)


def r2(predictions: Sequence[Any], ys: Sequence[Any]) -> float:
    """The share of the variance of ys that the predictions explain: 1 − Σ(y − a)² / Σ(y − mean)², at most 1.

    Of rows, the mean over their numbers. Where ys are all the same it is 1 for exact predictions and 0 for others.
    """
    rows = [(_numbers(a), _numbers(y)) for a, y in _pairs("r2", predictions, ys)]
    width = len(rows[0][1])
    for i, (a, y) in enumerate(rows):
        if len(a) != width or len(y) != width:
            raise ValueError(f"r2: expected {width} numbers in row {i} of both, got {len(a)} and {len(y)}")
    columns = [[(a[k], y[k]) for a, y in rows] for k in range(width)]
    return math.fsum(map(_explained, columns)) / width


def _explained(pairs: list[tuple[float, float]]) -> float:
    mean = math.fsum(y for _, y in pairs) / len(pairs)
    left = math.fsum((y - a) ** 2 for a, y in pairs)
    whole = math.fsum((y - mean) ** 2 for _, y in pairs)
    return 1.0 - left / whole if whole else float(not left)


def _numbers(x: Any) -> list[float]:
    return [as_float(number, "r2") for number in ([x] if is_real(x) else x)]


@dataclass(frozen=True, repr=False)
class Confusion(Document):
    """How often each class was taken for which: `counts[i][j]` samples of class i were predicted as class j."""

    classes: list[Any]
    counts: list[list[int]]

    @property
    def blocks(self) -> Sequence[Block]:  # type: ignore[override]
        """A table with a row a true class and a column a prediction."""
        rows: list[list[Any]] = [
            [str(name), *map(str, row)] for name, row in zip(self.classes, self.counts, strict=True)
        ]
        return [Table(["true \\ predicted", *map(str, self.classes)], "l" + "r" * len(self.classes), rows)]


def confusion(predictions: Sequence[Any], ys: Sequence[Any], classes: Sequence[Any] | None = None) -> Confusion:
    """How often each class was taken for which; `classes` fixes their order, which is sorted otherwise."""
    pairs = _pairs("confusion", predictions, ys)
    found = {item for pair in pairs for item in pair}
    try:
        names = sorted(found) if classes is None else list(classes)
    except TypeError:
        raise TypeError(f"confusion: expected classes that have an order, got {shown(found)}") from None
    if missing := found - set(names):
        raise ValueError(f"confusion: expected classes with all that occurs, without {shown(min(missing, key=str))}")
    places = {name: place for place, name in enumerate(names)}
    counts = [[0] * len(names) for _ in names]
    for prediction, y in pairs:
        counts[places[y]][places[prediction]] += 1
    return Confusion(names, counts)


def _pairs(function: str, predictions: Any, ys: Any) -> list[tuple[Any, Any]]:
    """Each prediction with its truth, as Python's own numbers and lists."""
    for name, argument in (("predictions", predictions), ("ys", ys)):
        if not hasattr(argument, "__len__") or isinstance(argument, str):
            raise TypeError(f"{function}: expected {name} to be a list, got {shown(argument)}")
    if len(predictions) != len(ys) or not len(ys):
        raise ValueError(
            f"{function}: expected predictions and ys, as many of each, got {len(predictions)} and {len(ys)}"
        )
    plain = [x.tolist() if hasattr(x, "tolist") else x for x in (predictions, ys)]
    for row in chain(*plain):
        for item in row if isinstance(row, (list, tuple)) else [row]:
            if isinstance(item, Value):
                raise TypeError(
                    f"{function}: expected numbers or names, got {shown(item)}; answers are what model.predict gives"
                )
    return list(zip(*plain, strict=True))

"""Before training: some rows set aside, and columns or whole rows brought to a size that a net learns from."""

import math
from collections.abc import Sequence
from random import Random
from typing import Any, TypeVar

from autograd_lite.errors import as_float, as_int, shown
from nn.data.buffers import rows_of
from nn.data.labels import like

Rows = list[list[float]]
X = TypeVar("X")
Y = TypeVar("Y")


def split(
    xs: Sequence[X], ys: Sequence[Y], test: float = 0.2, seed: int = 0
) -> tuple[list[X], list[Y], list[X], list[Y]]:
    """Shuffle the rows and set some aside: `(train_xs, train_ys, test_xs, test_ys)`.

    `test` is the part to set aside, rounded to whole rows. The split is stratified: a class, or any range of ys where
    they are measurements, has its share of the test rows, exact to less than one row. The rows are shared with xs, and
    names of classes (`ys.classes`) stay with both parts.

    Raises ValueError unless xs and ys are of one length and both parts get a row, TypeError for ys without an order.
    """
    for name, given in (("xs", xs), ("ys", ys)):
        if not hasattr(given, "__len__") or isinstance(given, (str, dict, set)):
            raise TypeError(f"split: expected {name} to be a list, got {shown(given)}")
    xs, n = rows_of(xs), len(xs)
    if len(ys) != n:
        raise ValueError(f"split: expected as many ys as xs, got {n} xs and {len(ys)} ys")
    part = as_float(test, "split: test")
    size = round(n * part) if 0.0 < part < 1.0 else 0
    if not 0 < size < n:
        raise ValueError(f"split: expected test to leave rows on both sides of {n}, got {part}")
    random = Random(as_int(seed, "split", "seed"))
    shuffled = random.sample(range(n), n)
    # Every n/size-th row in order of y, from a random start: a stretch of that order has its share of the picks.
    start, ranked = random.randrange(n), _by_target(shuffled, ys)
    picked = {i for k, i in enumerate(ranked) if (start + (k + 1) * size) // n > (start + k * size) // n}
    train = [i for i in shuffled if i not in picked]
    held = [i for i in shuffled if i in picked]
    train_ys, test_ys = (like(ys, [ys[i] for i in part]) for part in (train, held))
    return [xs[i] for i in train], train_ys, [xs[i] for i in held], test_ys


def _by_target(shuffled: list[int], ys: Sequence[Any]) -> list[int]:
    """The indices in order of their y, a number, a name or a row of numbers; equal ones stay in shuffled order."""
    keys = [tuple(y) if hasattr(y, "__iter__") else y for y in ys]
    try:
        return sorted(shuffled, key=keys.__getitem__)
    except TypeError as error:
        raise TypeError(f"split: expected ys that have an order, all numbers or all names, got {error}") from None


def standardize(train_xs: Sequence[Sequence[float]], test_xs: Sequence[Sequence[float]] = ()) -> tuple[Rows, Rows]:
    """Shift and scale each column to mean 0 and standard deviation 1 over the training rows: `(train_xs, test_xs)`.

    The test rows go through the training rows' shift and scale, so nothing of them leaks into training. The standard
    deviation is that of the population (divided by n); a column that is constant in training is only shifted.

    Raises ValueError if there are no training rows, rows differ in length or a number is nan or infinite.
    """
    train, test = _rows("train_xs", train_xs), _rows("test_xs", test_xs)
    if not train or any(len(row) != len(train[0]) for row in train + test):
        lengths = sorted({len(row) for row in train + test})
        raise ValueError(f"standardize: expected training rows, and all of one length, got lengths {shown(lengths)}")
    scales = [_scale(column) for column in zip(*train, strict=True)]
    scaled = [[(x - mean) / spread for x, (mean, spread) in zip(row, scales, strict=True)] for row in train + test]
    return scaled[: len(train)], scaled[len(train) :]


def _rows(argument: str, rows: Sequence[Sequence[Any]]) -> Rows:
    """Rows as finite floats."""
    try:
        held = [list(row) for row in rows_of(rows)]
    except TypeError:
        raise TypeError(
            f"standardize: expected {argument} to be a list of rows of numbers, got {shown(rows)}"
        ) from None
    floats = [[as_float(x, f"standardize: {argument}") for x in row] for row in held]
    for i, row in enumerate(floats):
        for j, x in enumerate(row):
            if not math.isfinite(x):
                raise ValueError(f"standardize: expected {argument}[{i}][{j}] to be finite, got {x}")
    return floats


def _scale(column: Sequence[float]) -> tuple[float, float]:
    """Mean and standard deviation; the mean of equal numbers may round off them, so these are set apart."""
    if min(column) == max(column):
        return column[0], 1.0
    mean = math.fsum(x / len(column) for x in column)  # the sum itself may be past the largest double
    spread = math.hypot(*[x - mean for x in column]) / math.sqrt(len(column))
    if spread == math.inf:
        raise ValueError(f"standardize: expected numbers less far apart, got {min(column)} and {max(column)}")
    return mean, spread or 1.0

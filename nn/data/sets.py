"""Data to learn from: toy sets that are made up, two small real sets that come along, and readers for your own files.

Every set is a pair `(xs, ys)` of plain lists: rows of floats, and one class index (0, 1, …) per row. A toy set is the
same for the same arguments, on every run, and nothing here touches the global random state. Its points take turns,
class 0, class 1, …, so that every stretch of them has all classes in equal parts; iris and digits stand in the order
of their files, so `split` them before use.
"""

import math
from collections.abc import Callable, Sequence
from importlib.resources import as_file, files
from operator import index
from random import Random
from typing import Any, TypeVar

from autograd_lite.errors import as_float, shown
from nn.data.idx import read_idx as read_idx
from nn.data.labels import Labels, like
from nn.data.table import read_csv as read_csv

__all__ = ["circles", "digits", "iris", "moons", "read_csv", "read_idx", "spirals", "split", "standardize", "xor"]

Rows = list[list[float]]
Point = tuple[float, float]
X = TypeVar("X")
Y = TypeVar("Y")

# ---- toy sets ----


def xor() -> tuple[Rows, list[int]]:
    """The exclusive or: four points in the plane that no straight line separates by class."""
    return [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0, 1, 1, 0]


def moons(n: int = 100, noise: float = 0.1, seed: int = 0) -> tuple[Rows, list[int]]:
    """Two interleaved half circles of radius 1: n points in the plane, of class 0 and 1 in turn.

    Class 0 is (cos t, sin t) and class 1 is (1 − cos t, ½ − sin t), with t evenly spaced over [0, π] (the curves of
    scikit-learn's `make_moons`). `noise` is the standard deviation of a Gaussian added to each coordinate.

    Raises ValueError for n < 2 and for a noise that is negative, nan or infinite.
    """

    def curve(moon: int, k: int, size: int) -> Point:
        t = math.pi * k / max(size - 1, 1)
        return (math.cos(t), math.sin(t)) if moon == 0 else (1.0 - math.cos(t), 0.5 - math.sin(t))

    return _sampled("moons", curve, 2, n, noise, seed)


def circles(n: int = 100, noise: float = 0.1, seed: int = 0, inner_radius: float = 0.5) -> tuple[Rows, list[int]]:
    """A circle in a circle: n points in the plane, of class 0 (outside, radius 1) and 1 (inside) in turn.

    A point is (r cos t, r sin t), with t evenly spaced over [0, 2π). `noise` is the standard deviation of a Gaussian
    added to each coordinate.

    Raises ValueError for n < 2, for a noise that is negative, nan or infinite, and unless 0 ≤ inner_radius < 1.
    """
    inner = as_float(inner_radius, "circles: inner_radius")
    if not 0.0 <= inner < 1.0:
        raise ValueError(f"circles: expected inner_radius to be at least 0 and less than 1, got {inner}")

    def curve(circle: int, k: int, size: int) -> Point:
        t, r = math.tau * k / size, (1.0, inner)[circle]
        return r * math.cos(t), r * math.sin(t)

    return _sampled("circles", curve, 2, n, noise, seed)


def spirals(n: int = 100, noise: float = 0.02, seed: int = 0, classes: int = 2) -> tuple[Rows, list[int]]:
    """Spiral arms around the origin, one per class: n points in the plane, of class 0, 1, … in turn.

    An arm is an Archimedean spiral of one full turn and radius up to 1: (r cos t, r sin t) with t = 2π(r + c/classes)
    for class c and r = 1/m, 2/m, … 1 for its m points. `noise` is the standard deviation of a Gaussian added to each
    coordinate; neighbouring arms are 1/classes apart.

    Raises ValueError for classes < 2, n < classes, and a noise that is negative, nan or infinite.
    """

    def curve(arm: int, k: int, size: int) -> Point:
        r = (k + 1) / size
        t = math.tau * (r + arm / arms)
        return r * math.cos(t), r * math.sin(t)

    arms = _integer("spirals", "classes", classes, 2)
    return _sampled("spirals", curve, arms, n, noise, seed)


def _sampled(
    function: str, curve: Callable[[int, int, int], Point], classes: int, n: int, noise: float, seed: int
) -> tuple[Rows, list[int]]:
    """n points of the classes in turn; `curve(class, k, size)` is the k-th of the `size` points of its class."""
    n = _integer(function, "n", n, classes)
    deviation = as_float(noise, f"{function}: noise")
    if not 0.0 <= deviation < math.inf:
        raise ValueError(f"{function}: expected noise to be a finite number of at least 0, got {deviation}")
    random = _random(function, seed)
    ys = [i % classes for i in range(n)]
    sizes = [len(range(c, n, classes)) for c in range(classes)]
    points = [curve(c, i // classes, sizes[c]) for i, c in enumerate(ys)]
    return [[x + random.gauss(0.0, deviation), y + random.gauss(0.0, deviation)] for x, y in points], ys


def _integer(function: str, argument: str, x: Any, least: int) -> int:
    """x as an int of at least `least`."""
    try:
        n = index(x)
    except TypeError:
        raise TypeError(f"{function}: expected {argument} to be an int, got {shown(x)}") from None
    if n < least:
        raise ValueError(f"{function}: expected {argument} to be at least {least}, got {n}")
    return n


def _random(function: str, seed: Any) -> Random:
    try:
        return Random(index(seed))
    except TypeError:
        raise TypeError(f"{function}: expected seed to be an int, got {shown(seed)}") from None


# ---- real sets; datasets/SOURCES.md says where they come from ----


def iris() -> tuple[Rows, list[int]]:
    """150 iris flowers, as Fisher printed them in 1936: four lengths in cm, and the species.

    A row is sepal length, sepal width, petal length, petal width. The classes are 0 setosa, 1 versicolor and
    2 virginica, 50 of each, one after the other; `ys.classes` has the names.
    """
    return _shipped("iris.csv")


def digits() -> tuple[Rows, list[int]]:
    """1797 handwritten digits: images of 8 × 8 pixels, row by row from the top left, and the digit 0 … 9.

    A pixel is between 0 (paper) and 1 (ink): the sixteenths of its area that were dark. These are the test images of
    "Optical Recognition of Handwritten Digits" (E. Alpaydin and C. Kaynak, 1998), of 13 writers.
    """
    images, ys = _shipped("digits.csv.gz")
    return [[pixel / 16.0 for pixel in image] for image in images], ys


def _shipped(name: str) -> tuple[Rows, list[int]]:
    """The rows and class indices of a CSV file in datasets/, in a wheel or a zip, too."""
    with as_file(files("nn.data") / "datasets" / name) as path:
        xs, ys = read_csv(path)
    return xs, ys if isinstance(ys, Labels) else [int(y) for y in ys]


# ---- before training ----


def split(
    xs: Sequence[X], ys: Sequence[Y], test: float = 0.2, seed: int = 0
) -> tuple[list[X], list[Y], list[X], list[Y]]:
    """Shuffle the rows and set some aside: `(train_xs, train_ys, test_xs, test_ys)`.

    `test` is the part to set aside, rounded to whole rows. The split is stratified: a class, or any range of ys where
    they are measurements, has its share of the test rows, exact to less than one row. The rows are shared with xs, and
    names of classes (`ys.classes`) stay with both parts.

    Raises ValueError unless xs and ys are of one length and both parts get a row, TypeError for ys without an order.
    """
    n = len(xs)
    if len(ys) != n:
        raise ValueError(f"split: expected as many ys as xs, got {n} xs and {len(ys)} ys")
    part = as_float(test, "split: test")
    size = round(n * part) if 0.0 < part < 1.0 else 0
    if not 0 < size < n:
        raise ValueError(f"split: expected test to leave rows on both sides of {n}, got {part}")
    random = _random("split", seed)
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
    floats = [[as_float(x, f"standardize: {argument}") for x in row] for row in rows]
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

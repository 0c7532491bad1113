"""Toy sets, made by formulas: rows of two floats, and one class index (0, 1, …) a row.

A set is the same for the same arguments, on every run, and nothing here touches the global random state. The points
take turns, class 0, class 1, …, so that every stretch of them has all classes in equal parts.
"""

import math
from collections.abc import Callable
from random import Random

from autograd_lite.errors import as_float, as_int

Rows = list[list[float]]
Point = tuple[float, float]


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

    arms = as_int(classes, "spirals", "classes", 2)
    return _sampled("spirals", curve, arms, n, noise, seed)


def _sampled(
    function: str, curve: Callable[[int, int, int], Point], classes: int, n: int, noise: float, seed: int
) -> tuple[Rows, list[int]]:
    """n points of the classes in turn; `curve(class, k, size)` is the k-th of the `size` points of its class."""
    n = as_int(n, function, "n", classes)
    deviation = as_float(noise, f"{function}: noise")
    if not 0.0 <= deviation < math.inf:
        raise ValueError(f"{function}: expected noise to be a finite number of at least 0, got {deviation}")
    random = Random(as_int(seed, function, "seed"))
    ys = [i % classes for i in range(n)]
    sizes = [len(range(c, n, classes)) for c in range(classes)]
    points = [curve(c, i // classes, sizes[c]) for i, c in enumerate(ys)]
    return [[x + random.gauss(0.0, deviation), y + random.gauss(0.0, deviation)] for x, y in points], ys

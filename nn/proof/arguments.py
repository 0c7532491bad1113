"""What the oracle is given: everything is copied into lists of floats, or refused in one line.

`where` is the function that the error names. Nothing of the engine is imported here either.
"""

# ruff: noqa: E741  l is the layer, as in the equations

import math
from typing import Any

Vector = list[float]
Matrix = list[Vector]

# The cross-entropies are written with z, so that a saturated output keeps its digits: δᴸ = a − y, where a is σ(z) or
# softmax(z). Each goes with one kind of last layer.
OUTPUT_OF = {"binary_cross_entropy": "sigmoid", "cross_entropy": "linear"}


def shown(x: object) -> str:
    """The repr of x and its type, on one line, cut to 60 characters."""
    text = " ".join(repr(x).split())
    return f"{text if len(text) <= 60 else text[:57] + '...'} ({type(x).__name__})"


def checked_number(x: object, name: str, where: str) -> float:
    """x as a float."""
    if isinstance(x, complex) or hasattr(x, "__len__") or not hasattr(x, "__float__"):
        raise TypeError(f"{where}: expected a real number as {name}, got {shown(x)}")
    try:
        return float(x)
    except (OverflowError, ValueError):
        kind = type(x).__name__  # the repr of an int with thousands of digits raises
        raise ValueError(f"{where}: expected a number that fits a double as {name}, got another {kind}") from None


def integer(x: object, least: float, name: str, where: str) -> int:
    """x as an int of at least `least`."""
    if not hasattr(x, "__index__"):
        raise TypeError(f"{where}: expected an integer as {name}, got {shown(x)}")
    number: int = x.__index__()
    if number < least:
        raise ValueError(f"{where}: expected {name} to be at least {least}, got {number}")
    return number


def items(x: Any, name: str, where: str) -> list[Any]:
    """The items of a sequence."""
    sequence = hasattr(x, "__len__") and hasattr(x, "__getitem__") and not isinstance(x, (str, bytes, dict))
    if not sequence or getattr(x, "shape", None) == ():  # a NumPy array without axes has a length that raises
        raise TypeError(f"{where}: expected a sequence as {name}, got {shown(x)}")
    return list(x)


def vector(x: object, name: str, where: str, size: int, what: str = "numbers") -> Vector:
    """x as a list of `size` floats."""
    numbers = items(x, name, where)
    if len(numbers) != size:
        raise ValueError(f"{where}: expected {size} {what} in {name}, got {len(numbers)}")
    return [checked_number(item, f"{name}[{i}]", where) for i, item in enumerate(numbers)]


def network(weights: Any, biases: Any, where: str) -> tuple[list[Matrix], list[Vector]]:
    """Weights and biases layer by layer, whose sizes fit."""
    layers = [items(w, f"weights[{l}]", where) for l, w in enumerate(items(weights, "weights", where))]
    offsets = items(biases, "biases", where)
    if len(layers) != len(offsets) or not layers:
        raise ValueError(
            f"{where}: expected one layer of biases for each layer of weights, got {len(offsets)} for {len(layers)}"
        )
    if not all(layers) or not items(layers[0][0], "weights[0][0]", where):
        raise ValueError(f"{where}: expected at least one neuron in each layer of weights, and one input, got none")
    sizes = [len(layers[0][0]), *map(len, layers)]
    checked = [
        [vector(row, f"weights[{l}][{j}]", where, sizes[l], "weights") for j, row in enumerate(layer)]
        for l, layer in enumerate(layers)
    ]
    return checked, [vector(b, f"biases[{l}]", where, sizes[l + 1], "biases") for l, b in enumerate(offsets)]


def known(name: object, table: dict[str, Any], what: str, where: str) -> str:
    """A name that stands in a table."""
    if not isinstance(name, str):
        raise TypeError(f"{where}: expected {what} to be a name, got {shown(name)}")
    if name not in table:
        raise ValueError(f"{where}: expected {what} to be one of {', '.join(table)}, got {shown(name)}")
    return name


def samples(xs: Any, ys: Any, cost: str, n_in: int, n_out: int, where: str) -> list[tuple[Vector, Vector]]:
    """Each x with its target."""
    rows, targets = items(xs, "xs", where), items(ys, "ys", where)
    if len(rows) != len(targets) or not rows:
        raise ValueError(f"{where}: expected one target in ys for each row of xs, got {len(targets)} for {len(rows)}")
    return [
        (vector(x, f"xs[{i}]", where, n_in, "inputs"), target_row(y, cost, n_out, f"ys[{i}]", where))
        for i, (x, y) in enumerate(zip(rows, targets, strict=True))
    ]


def target_row(y: object, cost: str, n_outputs: int, name: str, where: str) -> Vector:
    """The target as one number an output: a class index becomes its one-hot."""
    if hasattr(y, "__len__"):
        target = vector(y, name, where, n_outputs)
    elif cost == "cross_entropy":
        index = checked_number(y, name, where)
        target = [float(index == j) for j in range(n_outputs)]
        if not any(target):
            raise ValueError(f"{where}: expected a class index from 0 to {n_outputs - 1} as {name}, got {shown(y)}")
    else:
        target = vector([checked_number(y, name, where)], name, where, n_outputs)
    if cost in OUTPUT_OF and not all(0.0 <= yj <= 1.0 for yj in target):
        raise ValueError(f"{where}: expected numbers in 0..1 as {name} for {cost}, got {shown(y)}")
    if cost == "cross_entropy" and not math.isclose(math.fsum(target), 1.0, rel_tol=1e-9):
        raise ValueError(f"{where}: expected probabilities that sum to 1 as {name}, got a sum of {math.fsum(target)!r}")
    return target

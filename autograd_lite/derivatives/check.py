"""`check_grads`: reverse mode, forward mode and differences of a function, held against one another."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from autograd_lite.derivatives.functional import jacobian, jvp, vjp
from autograd_lite.derivatives.variables import check_function, output
from autograd_lite.errors import as_float, as_int, shown
from autograd_lite.labels import sentence
from autograd_lite.modes import no_grad
from autograd_lite.op import Number
from autograd_lite.structure import flatten, paths, rebuild
from autograd_lite.value import Value

Numbers = Sequence[float]
Vector = Callable[..., list[Number]]  # a function of numbers that gives a list of numbers

RANDOM_DIRECTIONS = 3
STEPS = [2.0**-k for k in range(3, 29)]  # for arguments of size 1
TOLERANCE = 1e-6  # relative to the derivatives
HIGHEST = 10  # what an order costs grows with (inputs)ᵏ, and its differences say less and less
SURE = 100.0  # so many times what it may be off by: then a jump of the slope is one


@dataclass(frozen=True)
class Comparison:
    """One derivative three times: which one, its three values, how far they may lie apart, its jump at a kink."""

    name: str
    reverse: float
    forward: float
    differences: float
    allowed: float
    jump: float

    @property
    def excess(self) -> float:
        """The largest distance between the three, in units of what is allowed; inf where one is no finite number."""
        three = (self.reverse, self.forward, self.differences)
        if not all(map(math.isfinite, three)):
            return math.inf
        distance = max(max(three) - min(three), abs(self.jump))
        return distance / self.allowed if distance else 0.0

    def __str__(self) -> str:
        if abs(self.jump) > self.allowed:
            left, right = self.differences - self.jump / 2, self.differences + self.jump / 2
            return f"{self.name} to be one slope, got a kink: {left:.6g} from the left, {right:.6g} from the right"
        return (
            f"{self.name} to be the same three times within {self.allowed:.1e}, got {self.reverse:.12g} in reverse, "
            f"{self.forward:.12g} forward, {self.differences:.12g} by differences"
        )


def check_grads(f: Callable[..., Any], args: Sequence[Any], order: int = 2) -> None:
    """Raise ArithmeticError unless f's derivatives at args, up to `order`, are the same by three ways of taking them.

    The ways are reverse mode, forward mode and central differences, by each input and in random directions; the error
    names the worst entry, a Value among args by its label. What is allowed scales with the derivatives, and with f by
    the rounding in its differences.
    f has to be smooth at args: a kink, where the slopes from the left and from the right differ, does not pass,
    whatever slope f has there. Of the order k, which is 10 at most, there are (inputs)ᵏ entries for each output.
    """
    for _ in check_orders(f, args, order):
        pass


def check_orders(f: Callable[..., Any], args: Sequence[Any], order: int) -> Iterator[tuple[int, int]]:
    """What `check_grads` does, an order at a time: yields each when it holds, and how many derivatives come next."""
    check_function("check_grads", f)
    if not isinstance(args, (list, tuple)):
        raise TypeError(f"check_grads: expected args as a list or tuple of arguments, got {shown(args)}")
    order = as_int(order, "check_grads", "order", 1)
    if order > HIGHEST:
        raise ValueError(
            f"check_grads: expected order to be at most {HIGHEST}, got {order}; of the order k there are (inputs)ᵏ "
            "derivatives"
        )
    leaves = flatten(args, "check_grads: args")
    at = [x.data if isinstance(x, Value) else as_float(x, "check_grads: args") for x in leaves]
    if not at:
        raise ValueError("check_grads: expected an argument to differentiate by, got none")
    inputs = _names(leaves, paths(args, "args"))

    def function(*xs: Number) -> list[Number]:
        return flatten(f(*rebuild(tuple(args), iter(xs))), "check_grads: the result of f")

    with no_grad():
        result = f(*rebuild(tuple(args), map(Value, at)))
    for y in flatten(result, "check_grads: the result of f"):
        output(y, "check_grads")
    outputs = paths(result, "f")
    for k in range(1, order + 1):
        _check_first(function, at, inputs, outputs)
        outputs = [f"∂({y})/∂{x}" for y in outputs for x in inputs]
        function = _derivatives(function, len(at))
        yield k, len(outputs) * len(inputs)


def _names(leaves: Sequence[Any], paths: list[str]) -> list[str]:
    """What the inputs are called: by their labels, unless two would have one name, else by where they stand."""
    names = [
        sentence(x.label, 40) or path if isinstance(x, Value) else path for x, path in zip(leaves, paths, strict=True)
    ]
    return names if len(set(names)) == len(names) else paths


def _check_first(function: Vector, at: Numbers, inputs: list[str], outputs: list[str]) -> None:
    """Raise ArithmeticError unless the first derivatives agree, by each input and then in random directions."""
    for directions in (_axes(inputs), _random_directions(len(inputs))):
        entries = _entries(function, at, directions, outputs)
        worst = max(entries, key=lambda entry: entry.excess, default=None)
        if worst is not None and worst.excess > 1.0:
            raise ArithmeticError(f"check_grads: expected {worst}")


def _derivatives(function: Vector, count: int) -> Vector:
    """All first derivatives of a function of `count` numbers, one after the other."""
    rows = jacobian(function, argnums=tuple(range(count)))
    return lambda *xs: [x for row in rows(*xs) for x in row]


def _entries(
    function: Vector, at: Numbers, directions: dict[str, list[float]], outputs: list[str]
) -> Iterator[Comparison]:
    """The derivatives of each output in each direction."""
    _, pullback = vjp(function, *at)
    rows = [pullback([float(k == j) for k in range(len(outputs))]) for j in range(len(outputs))]
    for name, direction in directions.items():
        _, forward = jvp(function, at, direction)
        differences = _differences(function, at, direction)
        for j, (estimate, error, jump) in enumerate(differences):
            reverse = math.fsum(x * d for x, d in zip(rows[j], direction, strict=True))
            allowed = TOLERANCE * max(abs(reverse), *map(abs, rows[j])) + error
            yield Comparison(f"∂({outputs[j]})/∂{name}", reverse, forward[j], estimate, allowed, jump)


def _axes(inputs: list[str]) -> dict[str, list[float]]:
    return {name: [float(k == i) for k in range(len(inputs))] for i, name in enumerate(inputs)}


def _random_directions(count: int) -> dict[str, list[float]]:
    """A few directions of length 1, the same in every run; of one input there is none but its own."""
    generator = random.Random(0)
    directions = {}
    for n in range(RANDOM_DIRECTIONS if count > 1 else 0):
        direction = [generator.gauss(0.0, 1.0) for _ in range(count)]
        length = math.hypot(*direction)
        directions[f"(random direction {n + 1})"] = [x / length for x in direction]
    return directions


def _differences(function: Vector, at: Numbers, direction: Numbers) -> list[tuple[float, float, float]]:
    """For each output its slope in a direction by differences, how far off that may be, and the slope's jump."""
    size = max(1.0, *map(abs, at))
    steps = [size * step for step in STEPS]
    above = [_shifted(function, at, direction, step) for step in steps]
    below = [_shifted(function, at, direction, -step) for step in steps]
    here = _shifted(function, at, direction, 0.0)
    columns = zip(here, zip(*above, strict=True), zip(*below, strict=True), strict=True)
    return [_slope(steps, y, above_y, below_y) for y, above_y, below_y in columns]


def _shifted(function: Vector, at: Numbers, direction: Numbers, step: float) -> list[float]:
    """The function's numbers a step away."""
    with no_grad():
        values = function(*[Value(x + step * d) for x, d in zip(at, direction, strict=True)])
    return [y.data if isinstance(y, Value) else as_float(y, "check_grads: the result of f") for y in values]


def _slope(steps: Numbers, here: float, above: Numbers, below: Numbers) -> tuple[float, float, float]:
    """The slope by central differences, how far off it may be, and by how much it jumps (0 unless that is sure).

    The slopes from the right and from the left differ by step·f″ where f is smooth: nothing, at step 0.
    """
    sides = list(zip(steps, above, below, strict=True))
    roundings = [4 * math.ulp(max(abs(y1), abs(y0))) / step for step, y1, y0 in sides]
    central = [(y1 - y0) / (2 * step) for step, y1, y0 in sides]
    jumps = [((y1 - here) - (here - y0)) / step for step, y1, y0 in sides]
    estimate, _, rounding = _limit(central, roundings, 4.0)
    jump, error, _ = _limit(jumps, [2 * rounding for rounding in roundings], 2.0)
    steepest = max(filter(math.isfinite, map(abs, central)), default=0.0)
    return estimate, rounding + TOLERANCE * steepest, jump if abs(jump) > SURE * error else 0.0


def _limit(estimates: Numbers, roundings: Numbers, base: float) -> tuple[float, float, float]:
    """What estimates at halved steps come to at step 0 (nan: nothing), how far off that may be, the rounding in it.

    They are off by powers of the step, of every second power (base 4) or of each (base 2). The extrapolation is taken
    that differs least from its neighbours; after Ridders, "Accurate computation of F′(x) and F′(x)F″(x)", Advances in
    Engineering Software 4 (1982).
    """
    best = (math.inf, math.nan, 0.0)
    previous: list[float] = []
    for raw, rounding in zip(estimates, roundings, strict=True):
        column = [raw]
        for i, coarser in enumerate(previous):
            finer = column[i]
            column.append(finer + (finer - coarser) / (base ** (i + 1) - 1))
        for i, estimate in enumerate(column[1:-1]):
            error = max(abs(estimate - x) for x in (column[i], previous[i], previous[i + 1])) + rounding
            if error < best[0]:
                best = (error, estimate, rounding)
        previous = column
    error, estimate, rounding = best
    return estimate, error, rounding

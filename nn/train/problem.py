"""What `fit` minimises: a model on samples, checked, and as a tape."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from autograd_lite import Value, no_grad
from autograd_lite.modes import entered
from autograd_lite.scalars import as_float, is_real, shown
from autograd_lite.tape import Tape, trace
from nn.answers import Right
from nn.losses import Cost, Loss, find


@dataclass(frozen=True)
class Problem:
    """What is minimised: a model on samples, by a loss and a weight l2 of Σp²; `right` says which answers are right."""

    model: Any
    xs: list[list[float]]
    ys: list[Any]
    loss: Loss
    l2: float
    right: Right | None

    def sample(self, x: Any, y: Any) -> tuple[Value, Any]:
        """The cost of one sample, and 1 or 0 for a right or wrong answer."""
        prediction = self.model(x)
        cost = self.loss(prediction, y)
        if not isinstance(cost, Value):
            raise TypeError(f"fit: expected loss to return a Value, got {shown(cost)}")
        return cost, self.right(prediction, y) if self.right else 0.0

    def check_targets(self) -> None:
        """Let the loss refuse a target that it does not know: a recorded one is any number."""
        with no_grad():
            prediction = self.model(self.xs[0])
            for y in {repr(y): y for y in self.ys}.values():
                self.loss(prediction, y)

    def penalty(self, parameters: Sequence[Value]) -> Value:
        """The regulariser, l2·Σp²; no formula at all where l2 is 0."""
        if not self.l2:
            return Value(0.0)
        squares: Value = sum(p * p for p in parameters)  # type: ignore[assignment]
        return self.l2 * squares

    def rows(self) -> list[list[float]]:
        """The numbers of each sample: its x, then its y."""
        return [[*x, *(y if isinstance(y, list) else [y])] for x, y in zip(self.xs, self.ys, strict=True)]

    def record(self, parameters: Sequence[Value]) -> Tape:
        """The program of a sample's cost, and whether its answer is right, from the parameters and a row's numbers."""
        self.check_targets()
        x, y = self.xs[0], self.ys[0]
        x_in = [Value(number, f"x[{k}]") for k, number in enumerate(x)]
        y_in = [Value(number, "y") for number in (y if isinstance(y, list) else [y])]
        with entered(records=True, warns_of_branches=True):
            cost, right = self.sample(x_in, y_in if isinstance(y, list) else y_in[0])
        outputs = [cost, right if isinstance(right, Value) else Value(right)]
        return trace(outputs, [*parameters, *x_in, *y_in])


def pose(model: Any, xs: Any, ys: Any, loss: str | Loss | Cost, l2: Any) -> Problem:
    """The problem, its data checked and copied: rows of floats, and targets that are floats or rows of them."""
    for name, argument in (("xs", xs), ("ys", ys)):
        if not hasattr(argument, "__iter__"):
            raise TypeError(f"fit: expected {name} to be a list of rows or numbers, got {shown(argument)}")
    rows = [_row(x, f"fit: xs[{i}]") for i, x in enumerate(xs)]
    targets = [as_float(y, f"fit: ys[{i}]") if is_real(y) else _row(y, f"fit: ys[{i}]") for i, y in enumerate(ys)]
    if len(rows) != len(targets) or not rows:
        raise ValueError(f"fit: expected as many ys as xs and at least one, got {len(rows)} xs and {len(targets)} ys")
    for i, row in enumerate(rows):
        if len(row) != len(rows[0]):
            raise ValueError(f"fit: expected {len(rows[0])} numbers in xs[{i}], as in xs[0], got {len(row)}")
    for i, target in enumerate(targets):
        if isinstance(target, list) != isinstance(targets[0], list):
            raise ValueError(f"fit: expected ys[{i}] to be a number or a row as ys[0] is, got {shown(ys[i])}")
    l2 = as_float(l2, "fit: l2")
    if not 0.0 <= l2 < math.inf:
        raise ValueError(f"fit: expected l2 to be 0 or more, got {l2}")
    found = find(loss)
    return Problem(model, rows, targets, found, l2, found.judge(targets))


def _row(x: Any, where: str) -> list[float]:
    if is_real(x):
        return [as_float(x, where)]
    try:
        return [as_float(number, where) for number in x]
    except TypeError:
        raise TypeError(f"{where}: expected a number or a row of numbers, got {shown(x)}") from None

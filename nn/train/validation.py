"""Validation: how good the model is on samples that it is not trained on, and when it has stopped getting better."""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence
from typing import Any

from autograd_lite import Value, no_grad
from autograd_lite.backends import Batches, Doubles, Program, find
from autograd_lite.errors import as_float, is_real
from nn.data import split
from nn.optim import Optimizer
from nn.train.problem import Problem, pose

Pairs = tuple[Any, Any]  # xs and ys


def divided(xs: Any, ys: Any, validation: Any, seed: int) -> tuple[Pairs, Pairs | None]:
    """What is trained on and what is not; of a share, the rows that `data.split` sets aside for the seed."""
    if validation is None:
        return (xs, ys), None
    if is_real(validation):
        share = as_float(validation, "fit: validation")
        if not 0.0 < share < 1.0:
            raise ValueError(f"fit: expected validation to be (xs, ys) or a share between 0 and 1, got {share:g}")
        train_xs, train_ys, held_xs, held_ys = split(xs, ys, share, seed)
        return (train_xs, train_ys), (held_xs, held_ys)
    if not isinstance(validation, (tuple, list)) or len(validation) != 2:
        raise TypeError("fit: expected validation to be a pair (xs, ys), a share between 0 and 1, or None")
    return (xs, ys), (validation[0], validation[1])


class Validation:
    """The mean loss, and the share of right answers, of a problem's model on other samples; no penalty is added."""

    def __init__(self, problem: Problem, params: Sequence[Value], xs: Any, ys: Any) -> None:
        self.problem, self.params = problem, params
        self.held = pose(problem.model, xs, ys, problem.loss, 0.0, "fit: validation")
        if _shape(problem) != _shape(self.held):
            raise ValueError("fit: expected validation samples of the shape that the training samples have")
        samples = self.held.samples
        self._batches = Batches(samples.inputs, samples.n, samples.n, targets=samples.targets)
        self._program: Program | None = None
        self._rows: Doubles | None = None

    def measure(self, backend: str) -> tuple[float, float]:
        """The mean loss and the share of right answers with the parameters as they are."""
        n = len(self.held.xs)
        eager = backend == "eager" or self.problem.program is None
        costs, rights = self._eager() if eager else self._compiled(backend)
        return math.fsum(costs) / n, math.fsum(rights) / n

    def _eager(self) -> tuple[Sequence[float], Sequence[float]]:
        with no_grad():
            samples = [self.held.sample(x, y) for x, y in zip(self.held.xs, self.held.ys, strict=True)]
        return [cost.data for cost, _ in samples], [right.data for _, right in samples]

    def _compiled(self, backend: str) -> tuple[Sequence[float], Sequence[float]]:
        numbers = [p.data for p in self.params]
        if self._program is None:
            assert self.problem.program is not None
            self._program = find(backend).program(self.problem.program, exact=False, shared=numbers)
            self._results = array("d", bytes(16 * len(self.held.xs)))
        if self._rows is None or self._batches.are_shared:
            self._rows = self._batches.joined().rows
        self._program.share(numbers)
        self._program.map(memoryview(self._rows), memoryview(self._results), len(self.held.xs))
        return self._results[0::2], self._results[1::2]


def _shape(problem: Problem) -> tuple[int, int]:
    """The numbers of an x and of a y; 0 for a y that is a number."""
    y = problem.ys[0]
    return len(problem.xs[0]), len(y) if isinstance(y, list) else 0


class Patience:
    """Waits so many epochs for a better validation loss, and keeps the numbers that belong to the best."""

    def __init__(self, epochs: int, params: Sequence[Value], optimizer: Optimizer) -> None:
        self.epochs, self.params, self.optimizer = epochs, params, optimizer
        self.best, self.since = math.inf, 0
        self.kept: tuple[list[float], list[list[float]]] | None = None

    def is_over(self, loss: float) -> bool:
        """Take down the loss of one more epoch; whether it is time to stop."""
        self.since += 1
        if loss < self.best:
            self.best, self.since = loss, 0
            self.kept = [p.data for p in self.params], [list(state) for state in self.optimizer.states]
        return self.since >= self.epochs

    def restore(self) -> None:
        """Give parameters and optimizer the numbers that they had after the best epoch."""
        if self.kept is not None:
            for p, number in zip(self.params, self.kept[0], strict=True):
                p.data = number
            for state, numbers in zip(self.optimizer.states, self.kept[1], strict=True):
                state[:] = numbers

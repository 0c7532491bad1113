"""Samples one after the other on the eager engine: the trainer that needs no tape, and says where a number broke."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence

from autograd_lite import Value, toposort
from autograd_lite.backends import Batches, Batchwise
from nn.optim import Optimizer, clip_norm, clip_value
from nn.train.problem import Problem

Batch = Callable[[Sequence[int]], tuple[float, float, list[float]]]  # sums over samples: cost, right answers, gradient


class Eager(Batchwise):
    """A `Trainer` on the graph itself: the parameters are the model's, and the optimizer makes its own steps."""

    MAX_EPOCHS = 1  # the optimizer has the learning rate of one epoch at a time

    def __init__(
        self,
        problem: Problem,
        optimizer: Optimizer,
        batches: Batches,
        cut: float | None = None,
        norm: float | None = None,
    ) -> None:
        super().__init__(batches)
        self._cut, self._norm = cut, norm
        self.problem, self.optimizer = problem, optimizer
        self._sums = eager_batch(problem, optimizer.params)
        self.settings: list[float] = list(optimizer.settings)

    @property
    def parameters(self) -> list[float]:
        """The parameters' numbers."""
        return [p.data for p in self.optimizer.params]

    @property
    def states(self) -> list[list[float]]:
        """The optimizer's numbers."""
        return [list(state) for state in self.optimizer.states]

    def load(self, parameters: Sequence[float], states: Sequence[Sequence[float]]) -> None:
        """Nothing to set: what is trained is the model."""

    def sums(self, indices: Sequence[int]) -> tuple[float, float, Sequence[float]]:
        """The costs, right answers and gradients of these samples, added up."""
        return self._sums(indices)

    def step(self, gradient: Sequence[float], m: int) -> float:
        """Let the optimizer take the mean gradient, and that of the penalty."""
        total = 0.0
        for p, g in zip(self.optimizer.params, gradient, strict=True):
            p.grad = None
            if self.problem.l2:
                penalty = self.problem.penalty([p])
                penalty.backward()
                total += penalty.data
            p.grad = g / m + p.grad
        if self._norm is not None:
            clip_norm(self.optimizer.params, self._norm)
        if self._cut is not None:
            clip_value(self.optimizer.params, self._cut)
        self.optimizer.step()
        self.optimizer.zero_grad()
        return total


def eager_batch(problem: Problem, parameters: Sequence[Value]) -> Batch:
    """Samples one after the other on the eager engine; raises FloatingPointError where a cost is inf or nan.

    A graph holds one sample: it stays in the processor's cache and is freed at once, where a graph of the whole
    batch would be walked from main memory, and again and again by Python's collector.
    """

    def batch(indices: Sequence[int]) -> tuple[float, float, list[float]]:
        total, right, sums = 0.0, 0.0, [0.0] * len(parameters)
        forget_gradients(parameters)  # a pass of the person's own, before fit or in a callback, may have left some
        for index in indices:
            cost, is_right = problem.sample(problem.xs[index], problem.ys[index])
            if not math.isfinite(cost.data):
                raise FloatingPointError(f"sample {index}: {_birth(cost)}")
            if not problem.has_looked:
                problem.look_at(toposort(cost), parameters)
            cost.backward()
            sums = [a + b for a, b in zip(sums, _take_gradients(parameters), strict=True)]
            total += cost.data
            right += is_right.data
        return total, right, sums

    return batch


def _take_gradients(parameters: Sequence[Value]) -> list[float]:
    """The gradient of each parameter, 0 where none reached it; the parameters forget theirs."""
    gradients = [p.grad for p in parameters]
    forget_gradients(parameters)
    return gradients


def forget_gradients(parameters: Iterable[Value]) -> None:
    """Say that no pass has reached these."""
    for p in parameters:
        p.grad = None


def _birth(root: Value) -> str:
    """The first op in the graph whose result is inf or nan, in words."""
    for node in toposort(root):
        if math.isfinite(node.data):
            continue
        if node.op is None and node.kind == "parameter":
            return (
                f"the loss became {root.data}: {node.label} is {node.data} since the last step; a smaller lr may help"
            )
        inputs = ", ".join(f"{p.label or 'input'} = {p.data:.6g}" for p in node.parents)
        made = f"{node.op.name}({inputs})" if node.op else f"the input {node.label}".rstrip()
        return f"the loss became {root.data}: {made} gave {node.data}; a smaller lr or scaled inputs may help"
    return f"the loss became {root.data}"

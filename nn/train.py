"""`fit`: mini-batch gradient descent, and the `History` it leaves."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from autograd_lite import Value, no_grad
from autograd_lite.backends import python
from autograd_lite.graph import toposort
from autograd_lite.scalars import as_float, is_real, shown
from autograd_lite.tape import trace
from nn.accuracy import Right, judge
from nn.losses import Loss, find
from nn.module import Module
from nn.optim import SGD
from nn.progress import Progress


@dataclass
class History:
    """What a training run left: per epoch the mean cost (and the share of right answers, where the loss is a
    classifier's), the number of epochs, the seconds they took, and the backend that ran them."""

    loss: list[float] = field(default_factory=list)
    accuracy: list[float] = field(default_factory=list)
    seconds: float = 0.0
    backend: str = "eager"

    @property
    def epochs(self) -> int:
        """The number of epochs done."""
        return len(self.loss)

    def __str__(self) -> str:
        text = f"epoch {self.epochs}: loss {self.loss[-1]:.4g}" if self.loss else "no epoch done"
        return text + (f", accuracy {self.accuracy[-1]:.1%}" if self.accuracy else "")


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
        return self.loss(prediction, y), self.right(prediction, y) if self.right else 0.0

    def check_targets(self) -> None:
        """Let the loss refuse a target that it does not know: a recorded one is any number."""
        with no_grad():
            prediction = self.model(self.xs[0])
            for y in {repr(y): y for y in self.ys}.values():
                self.loss(prediction, y)

    def penalty(self, parameters: Sequence[Value]) -> Value:
        """The regulariser, l2·Σp²."""
        squares: Value = sum(p * p for p in parameters)  # type: ignore[assignment]
        return self.l2 * squares


def fit(
    model: Module,
    xs: Sequence[Any],
    ys: Sequence[Any],
    loss: str | Loss = "quadratic",
    optimizer: SGD | None = None,
    epochs: int = 100,
    batch_size: int | None = None,
    l2: float = 0.0,
    shuffle: bool = True,
    seed: Any = 0,
    backend: str = "auto",
    progress: bool | None = None,
    callback: Callable[[History], Any] | None = None,
) -> History:
    """Train a model by mini-batch gradient descent.

    A batch's cost is the mean of `loss(model(x), y)` over its samples, plus l2·Σp² over all parameters. `xs` are rows
    of numbers, `ys` numbers, rows, or class indices for cross_entropy. `optimizer` is SGD with lr=0.1 by default;
    `batch_size=None` takes all samples at once. Each epoch visits the samples in a new order (`shuffle`, `seed`),
    adds to the History and calls `callback(history)`, which stops the training by returning True.

    Raises ValueError for data of a wrong shape and FloatingPointError, naming epoch, sample and op, when a loss is
    inf or nan; the parameters are then what they were before. On Ctrl-C they stay as far as training came.
    """
    if backend not in BACKENDS:
        raise ValueError(f"fit: expected backend to be one of {', '.join(BACKENDS)}, got {shown(backend)}")
    if not isinstance(model, Module):
        raise TypeError(f"fit: expected model to be a Module, got {shown(model)}")
    if optimizer is not None and not isinstance(optimizer, SGD):
        raise TypeError(f"fit: expected optimizer to be an optimizer of nn.optim, got {shown(optimizer)}")
    problem = _problem(model, xs, ys, loss, l2)
    optimizer = optimizer or SGD(model.parameters(), lr=0.1)
    history = History(backend="python" if backend == "auto" else backend)
    n = len(problem.xs)
    size = _count("batch_size", n if batch_size is None else batch_size)
    order, generator = list(range(n)), random.Random(seed)
    before, started = model.state_dict(), time.perf_counter()
    batch = BACKENDS[backend](problem, optimizer.params)
    with Progress(_count("epochs", epochs), "epochs", progress) as bar:
        for _ in range(epochs):
            if shuffle and size < n:
                generator.shuffle(order)
            try:
                total, right = run_epoch(problem, optimizer, order, size, batch)
            except FloatingPointError as error:
                model.load_state_dict(before)
                raise FloatingPointError(f"fit: epoch {history.epochs + 1}, {error}") from None
            history.loss.append(total / n)
            if problem.right:
                history.accuracy.append(right / n)
            history.seconds = time.perf_counter() - started
            bar.step(str(history))
            if callback is not None and callback(history):
                break
    optimizer.zero_grad()
    return history


def run_epoch(problem: Problem, optimizer: SGD, order: Sequence[int], size: int, batch: Batch) -> tuple[float, float]:
    """One epoch: the summed cost and the number of right answers, as they were before each batch's step."""
    total = right = 0.0
    parameters = optimizer.params
    optimizer.zero_grad()
    for start in range(0, len(order), size):
        indices = order[start : start + size]
        penalty, pull = _penalty(problem, parameters)
        cost, n_right, sums = batch(indices)
        for parameter, gradient, own in zip(parameters, sums, pull, strict=True):
            parameter.grad = gradient / len(indices) + own
        optimizer.step()
        optimizer.zero_grad()
        total += cost + penalty * len(indices)
        right += n_right
    return total, right


def _penalty(problem: Problem, parameters: Sequence[Value]) -> tuple[float, list[float]]:
    """The regulariser and its gradient."""
    if not problem.l2:
        return 0.0, [0.0] * len(parameters)
    root = problem.penalty(parameters)
    root.backward()
    return root.data, _take_gradients(parameters)


Batch = Callable[[Sequence[int]], tuple[float, float, list[float]]]  # sums over samples: cost, right answers, gradient


def eager_batch(problem: Problem, parameters: Sequence[Value]) -> Batch:
    """Samples one after the other on the eager engine.

    A graph holds one sample: it stays in the processor's cache and is freed at once, where a graph of the whole
    batch would be walked from main memory, and again and again by Python's collector.
    """

    def batch(indices: Sequence[int]) -> tuple[float, float, list[float]]:
        total, right, sums = 0.0, 0.0, [0.0] * len(parameters)
        for index in indices:
            cost, is_right = problem.sample(problem.xs[index], problem.ys[index])
            if not math.isfinite(cost.data):
                raise FloatingPointError(f"sample {index}: {_birth(cost)}")
            cost.backward()
            sums = [a + b for a, b in zip(sums, _take_gradients(parameters), strict=True)]
            total += cost.data
            right += float(is_right)
        return total, right, sums

    return batch


def recorded_batch(problem: Problem, parameters: Sequence[Value]) -> Batch:
    """The cost of one sample recorded once, with its gradient, and replayed in generated Python."""
    problem.check_targets()
    x, y = problem.xs[0], problem.ys[0]
    x_in = [Value(number, f"x[{k}]") for k, number in enumerate(x)]
    y_in = [Value(number, "y") for number in (y if isinstance(y, list) else [y])]
    cost, right = problem.sample(x_in, y_in if isinstance(y, list) else y_in[0])
    outputs = [cost, right if isinstance(right, Value) else Value(right)]
    tape = trace(outputs, [*parameters, *x_in, *y_in]).adjoint(output=0, n_gradients=len(parameters))
    replay = python.batch(tape, len(parameters), n_outputs=2)
    rows = [[*x, *(y if isinstance(y, list) else [y])] for x, y in zip(problem.xs, problem.ys, strict=True)]
    eager = eager_batch(problem, parameters)

    def batch(indices: Sequence[int]) -> tuple[float, float, list[float]]:
        (total, n_right), sums = replay([p.data for p in parameters], rows, indices)
        if not math.isfinite(total):
            eager(indices)  # finds the sample and the op, and says so
        return total, n_right, sums

    return batch


BACKENDS = {"auto": recorded_batch, "python": recorded_batch, "eager": eager_batch}


def _take_gradients(parameters: Sequence[Value]) -> list[float]:
    """The gradient of each parameter, 0 where none reached it; the parameters forget theirs."""
    gradients = [0.0 if p.grad is None else p.grad for p in parameters]
    for p in parameters:
        p.grad = None
    return gradients


def _birth(root: Value) -> str:
    """The first op in the graph whose result is inf or nan, in words."""
    for node in toposort(root):
        if not math.isfinite(node.data):
            inputs = ", ".join(f"{p.label or 'input'} = {p.data:.6g}" for p in node.parents)
            made = f"{node.op.name}({inputs})" if node.op else f"the input {node.label}".rstrip()
            return f"the loss became {root.data}: {made} gave {node.data}; a smaller lr or scaled inputs may help"
    return f"the loss became {root.data}"


def _problem(model: Any, xs: Any, ys: Any, loss: str | Loss, l2: Any) -> Problem:
    """Check and copy the data: rows of floats, and targets that are floats or rows of them."""
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
    loss = find(loss)
    return Problem(model, rows, targets, loss, as_float(l2, "fit: l2"), judge(loss, targets))


def _row(x: Any, where: str) -> list[float]:
    if is_real(x):
        return [as_float(x, where)]
    try:
        return [as_float(number, where) for number in x]
    except TypeError:
        raise TypeError(f"{where}: expected a number or a row of numbers, got {shown(x)}") from None


def _count(argument: str, count: Any) -> int:
    if not isinstance(count, int) or isinstance(count, bool):
        raise TypeError(f"fit: expected {argument} to be an int, got {shown(count)}")
    if count < 1:
        raise ValueError(f"fit: expected {argument} to be at least 1, got {count}")
    return count

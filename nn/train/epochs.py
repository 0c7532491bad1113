"""Epochs of mini-batch gradient descent: on the eager engine, replayed in generated Python, or as native code.

Each is a generator of lists of finished epochs, and an epoch is the summed cost of its batches and the number of
right answers, as they were before each batch's step. All give the same from the same seed.
"""

from __future__ import annotations

import math
import time
from array import array
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import Any

from autograd_lite import Value, record
from autograd_lite.backends import python
from autograd_lite.graph import toposort
from autograd_lite.tape import trace
from nn.optim import Optimizer
from nn.train.problem import Problem
from nn.train.shuffle import Shuffler

# How long native code runs before Python looks after Ctrl-C and progress, if a batch does not take longer.
SHORT_SECONDS, LONG_SECONDS = 0.02, 0.1

OVERFLOW = "the costs of a batch add up to inf, though each is finite; a smaller lr or scaled targets may help"


@dataclass(frozen=True)
class Schedule:
    """How long and in what portions: `watched` means that the parameters are looked at after each epoch."""

    n: int
    batch_size: int
    epochs: int
    shuffle: bool
    seed: Any
    watched: bool

    @property
    def shuffles(self) -> bool:
        """Whether the order of the samples matters and changes."""
        return self.shuffle and self.batch_size < self.n


Epochs = Generator[list[tuple[float, float]], None, None]
Batch = Callable[[Sequence[int]], tuple[float, float, list[float]]]  # sums over samples: cost, right answers, gradient
Penalty = Callable[[], tuple[float, Sequence[float]]]  # the regulariser and its gradient


def eager(problem: Problem, optimizer: Optimizer, schedule: Schedule) -> Epochs:
    """On the graph itself."""
    batch, nothing = eager_batch(problem, optimizer.params), (0.0, [0.0] * len(optimizer.params))

    def penalty() -> tuple[float, Sequence[float]]:
        if not problem.l2:
            return nothing
        root = problem.penalty(optimizer.params)
        root.backward()
        return root.data, _take_gradients(optimizer.params)

    return _stepwise(problem, optimizer, schedule, batch, penalty)


def replayed(problem: Problem, optimizer: Optimizer, schedule: Schedule) -> Epochs:
    """The cost of one sample and the regulariser recorded once and replayed in generated Python."""
    parameters = optimizer.params
    replay = python.batch(problem.record(parameters), len(parameters), n_outputs=2)
    regulariser = python.Program(trace([problem.penalty(parameters)], parameters).adjoint()) if problem.l2 else None
    rows, by_hand, nothing = problem.rows(), eager_batch(problem, parameters), (0.0, [0.0] * len(parameters))

    def batch(indices: Sequence[int]) -> tuple[float, float, list[float]]:
        (cost, right), sums = replay([p.data for p in parameters], rows, indices)
        if not math.isfinite(cost):
            by_hand(indices)  # says which sample and op it was, unless only their sum is too large
        return cost, right, sums

    def penalty() -> tuple[float, Sequence[float]]:
        if regulariser is None:
            return nothing
        value, *gradient = regulariser.run(*[p.data for p in parameters])
        return value, gradient

    return _stepwise(problem, optimizer, schedule, batch, penalty)


def native(problem: Problem, optimizer: Optimizer, schedule: Schedule) -> Epochs:
    """All of it as native code, which Python only calls on; the parameters are written back when somebody looks."""
    from autograd_lite.backends.llvm.training import Training

    parameters, states, rows = optimizer.params, optimizer.states, problem.rows()
    numbers = [[0.0] * len(optimizer.settings), 0.0, 0.0, [0.0] * len(states)]
    training = Training(
        problem.record(parameters), _penalty_of_one(problem), record(optimizer.rule, *numbers),
        [p.data for p in parameters], states, array("d", [x for row in rows for x in row]), schedule.n,
        schedule.batch_size, schedule.shuffles, Shuffler(schedule.seed).state,
    )  # fmt: skip

    def write_back() -> None:
        for p, number in zip(parameters, training.parameters, strict=True):
            p.data = number
        for state, numbers in zip(states, training.states, strict=True):
            state[:] = numbers

    an_epoch = -(-schedule.n // schedule.batch_size)
    left, budget, first = an_epoch * schedule.epochs, 1, True
    try:
        while left:
            watched = schedule.watched or first  # after the first epoch fit looks, whoever else does
            most = (left - 1) % an_epoch + 1 if watched else left
            n_batches = min(budget, most, an_epoch * training.MAX_EPOCHS)
            training.settings[:] = list(optimizer.settings)
            started = time.perf_counter()
            finished, is_finite = training.advance(n_batches)
            seconds = time.perf_counter() - started
            budget = (
                2 * budget if seconds < SHORT_SECONDS else max(1, budget // 2) if seconds > LONG_SECONDS else budget
            )
            left -= n_batches
            if watched or not is_finite:
                write_back()
            if finished:
                first = False
                yield finished
            if schedule.watched:  # who looked may have changed something
                training.load([p.data for p in parameters], optimizer.states)
            if not is_finite:
                eager_batch(problem, parameters)(training.batch())
                raise FloatingPointError(OVERFLOW)
    finally:
        write_back()


def _penalty_of_one(problem: Problem) -> Any:
    """The regulariser of a single parameter, and its derivative."""
    p = Value(0.0, "p")
    return trace([problem.penalty([p])], [p]).adjoint()


def _stepwise(problem: Problem, optimizer: Optimizer, schedule: Schedule, batch: Batch, penalty: Penalty) -> Epochs:
    """Epochs of batches whose gradient the optimizer takes in Python."""
    order, shuffler = list(range(schedule.n)), Shuffler(schedule.seed)
    optimizer.zero_grad()
    for _ in range(schedule.epochs):
        if schedule.shuffles:
            shuffler.shuffle(order)
        total = right = 0.0
        for start in range(0, schedule.n, schedule.batch_size):
            indices = order[start : start + schedule.batch_size]
            extra, pull = penalty()
            cost, n_right, sums = batch(indices)
            if not math.isfinite(cost):
                raise FloatingPointError(OVERFLOW)
            for parameter, gradient, own in zip(optimizer.params, sums, pull, strict=True):
                parameter.grad = gradient / len(indices) + own
            optimizer.step()
            optimizer.zero_grad()
            total += cost + extra * len(indices)
            right += n_right
        yield [(total, right)]


def eager_batch(problem: Problem, parameters: Sequence[Value]) -> Batch:
    """Samples one after the other on the eager engine; raises FloatingPointError where a cost is inf or nan.

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
            right += is_right.data if problem.right else 0.0
        return total, right, sums

    return batch


def _take_gradients(parameters: Sequence[Value]) -> list[float]:
    """The gradient of each parameter, 0 where none reached it; the parameters forget theirs."""
    gradients = [p.grad for p in parameters]
    for p in parameters:
        p.grad = None
    return gradients


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

"""`fit`: mini-batch gradient descent, and the `History` it leaves."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from operator import index
from typing import Any

from autograd_lite import Value
from autograd_lite.backends import choose
from autograd_lite.modes import recorded
from autograd_lite.recording import warn
from autograd_lite.scalars import shown
from nn.losses import Cost, Loss
from nn.module import Module
from nn.optim import SGD, Optimizer
from nn.train.epochs import Schedule, prepare
from nn.train.epochs import epochs as run_epochs
from nn.train.guard import Guard
from nn.train.problem import FixedError, Problem, pose
from nn.train.progress import Progress
from nn.train.summary import summary


@dataclass(repr=False)
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
        """The last epoch: averages over its samples, each as it was met, before the step that it leads to."""
        if not self.loss:
            return "no epoch done"
        accuracy = f", accuracy {self.accuracy[-1]:.1%}" if self.accuracy else ""
        return f"epoch {self.epochs}: loss {self.loss[-1]:.4g}{accuracy} (before each step)"

    def __repr__(self) -> str:
        return f"History({self})"

    def _repr_html_(self) -> str:
        return summary(self).html


def fit(
    model: Module,
    xs: Sequence[Any],
    ys: Sequence[Any],
    loss: str | Loss | Cost = "quadratic",
    optimizer: Optimizer | None = None,
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

    A batch's cost is the mean of `loss(model(x), y)` over its samples, plus l2·Σp² over the optimizer's parameters,
    which are the model's unless others are given. `xs` are rows
    of numbers, `ys` numbers, rows, or class indices for cross_entropy. `optimizer` is SGD with lr=0.1 by default;
    `batch_size=None` takes all samples at once. Each epoch visits the samples in a new order (`shuffle`, `seed`),
    adds to the History and calls `callback(history)`, which stops the training by returning True, and may change the
    parameters and the optimizer's numbers.

    `backend` is eager, python or llvm (native code; the `jit` extra), or auto: llvm where it is installed, else python.
    On eager, model and loss run for every sample; else they are recorded, and what was recorded is trained only if it
    is what was written. A number that is read (a comparison, `==`, `bool()`, `.data`, `.grad`) and depends on a
    parameter or on the sample would be fixed, as would a random number; a number that depends on neither, like that of
    a Value which is a setting, is the same for all samples and may be read. With auto such a model runs on eager, and
    a warning says why and what to write instead; with python and llvm it is a ValueError.

    Raises ValueError for data of a wrong shape and FloatingPointError, naming epoch, sample and op, when a loss is
    inf or nan; the parameters are then what they were before. On Ctrl-C they stay as far as training came.
    """
    if not isinstance(model, Module):
        raise TypeError(f"fit: expected model to be a Module, got {shown(model)}")
    if optimizer is not None and not isinstance(optimizer, Optimizer):
        raise TypeError(f"fit: expected optimizer to be an optimizer of nn.optim, got {shown(optimizer)}")
    problem = pose(model, xs, ys, loss, l2)
    optimizer = optimizer or SGD(model.parameters(), lr=0.1)
    history = History(backend=_backend(backend, optimizer))
    n = len(problem.xs)
    size = min(n, _count("batch_size", n if batch_size is None else batch_size))
    schedule = Schedule(n, size, _count("epochs", epochs), shuffle, seed, watched=callback is not None)
    started = time.perf_counter()
    run = _run(problem, optimizer, schedule, history, backend)
    with (
        Progress(epochs, "epochs", progress, FIRST.get(history.backend, "recording and compiling")) as bar,
        closing(run),
        recorded(),
    ):
        for finished in run:
            history.loss += [cost / n for cost, _ in finished]
            if problem.right:
                history.accuracy += [right / n for _, right in finished]
            history.seconds = time.perf_counter() - started
            bar.step(str(history), len(finished))
            if callback is not None and callback(history):
                break
    optimizer.zero_grad()
    return history


FIRST = {"eager": "the first epoch", "python": "recording"}  # what is under way before progress counts


def _backend(asked: str, optimizer: Optimizer) -> str:
    """The backend that runs; a program is made of the optimizer's rule, so one with a step of its own runs on eager."""
    chosen = choose(asked, "fit", "eager")
    if chosen == "eager" or type(optimizer).step is Optimizer.step:
        return chosen
    if asked == "auto":
        return "eager"
    raise ValueError(
        f"fit: expected an optimizer with Optimizer's step for backend={asked!r}, got {type(optimizer).__name__}, "
        "which has one of its own; put it into rule(), or use backend='eager'"
    )


def _run(
    problem: Problem, optimizer: Optimizer, schedule: Schedule, history: History, asked: str
) -> Generator[Any, None, None]:
    """The epochs; what fails in them leaves parameters and optimizer as they were, and what isn't finite fails."""
    parameters = [*problem.model.parameters(), *optimizer.params]
    before = [p.data for p in parameters], [list(state) for state in optimizer.states]

    try:
        try:
            yield from _held(asked, problem, optimizer, schedule, history)
        except FixedError as fixes:
            if asked != "auto":
                raise ValueError(f"fit: backend={asked!r} would train another program: {fixes}") from None
            if not history.epochs:
                _put_back(parameters, optimizer.states, before)
            history.backend = "eager"
            warn(f"fit: trains on the eager engine, since a recording would be another program: {fixes}")
            yield from _held(asked, problem, optimizer, replace(schedule, done=history.epochs), history)
        for p in parameters:
            if not math.isfinite(p.data):
                raise FloatingPointError(f"{p.label or 'a parameter'} became {p.data}: its gradient was inf or nan")
    except Exception as error:
        _put_back(parameters, optimizer.states, before)
        if isinstance(error, FloatingPointError):
            epoch = min(history.epochs + 1, schedule.epochs)
            raise FloatingPointError(f"fit: epoch {epoch}, {error}") from None
        raise


def _held(
    asked: str, problem: Problem, optimizer: Optimizer, schedule: Schedule, history: History
) -> Generator[Any, None, None]:
    """The epochs on a backend; a tape is held against the engine after the first, and whenever somebody looked."""
    history.backend, trainer = prepare(asked, history.backend, problem, optimizer, schedule)
    guard = Guard(problem, optimizer.params) if history.backend != "eager" else None
    with closing(run_epochs(trainer, problem, optimizer, schedule)) as epochs:
        for finished in epochs:
            if guard is not None and not guard.spent:
                guard.look()
            for cost, _ in finished:
                if not math.isfinite(cost):
                    raise FloatingPointError(f"l2·Σp² became {cost}; a smaller l2 or lr may help")
            yield finished
            if guard is not None and schedule.watched:
                numbers = [p.data for p in optimizer.params], [list(state) for state in optimizer.states]
                try:
                    guard.look()
                except FixedError:
                    epochs.close()  # which writes the trainer's numbers back
                    _put_back(optimizer.params, optimizer.states, numbers)
                    raise


def _put_back(params: Sequence[Value], states: Sequence[list[float]], numbers: Any) -> None:
    for p, number in zip(params, numbers[0], strict=True):
        p.data, p.grad = number, None
    for state, kept in zip(states, numbers[1], strict=True):
        state[:] = kept


def _count(argument: str, count: Any) -> int:
    if isinstance(count, bool) or not hasattr(count, "__index__"):
        raise TypeError(f"fit: expected {argument} to be an int, got {shown(count)}")
    if count < 1:
        raise ValueError(f"fit: expected {argument} to be at least 1, got {count}")
    return index(count)

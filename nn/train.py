"""`fit`: mini-batch gradient descent, and the `History` it leaves."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from autograd_lite.compiled import choose
from autograd_lite.scalars import shown
from nn.epochs import Schedule, eager, native, replayed
from nn.losses import Loss
from nn.module import Module
from nn.optim import SGD
from nn.problem import pose
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

    `backend` is eager, python or llvm (native code; the `jit` extra), or auto: llvm where it is installed, else python.

    Raises ValueError for data of a wrong shape and FloatingPointError, naming epoch, sample and op, when a loss is
    inf or nan; the parameters are then what they were before. On Ctrl-C they stay as far as training came.
    """
    if not isinstance(model, Module):
        raise TypeError(f"fit: expected model to be a Module, got {shown(model)}")
    if optimizer is not None and not isinstance(optimizer, SGD):
        raise TypeError(f"fit: expected optimizer to be an optimizer of nn.optim, got {shown(optimizer)}")
    problem = pose(model, xs, ys, loss, l2)
    optimizer = optimizer or SGD(model.parameters(), lr=0.1)
    history = History(backend=choose(backend, "fit", "eager"))
    n = len(problem.xs)
    size = min(n, _count("batch_size", n if batch_size is None else batch_size))
    schedule = Schedule(n, size, _count("epochs", epochs), shuffle, seed, watched=callback is not None)
    before = model.state_dict(), [list(state) for state in optimizer.states]
    started = time.perf_counter()
    run = BACKENDS[history.backend](problem, optimizer, schedule)
    with Progress(epochs, "epochs", progress) as bar, closing(run):  # type: ignore[type-var]  # a generator has close()
        try:
            for finished in run:
                history.loss += [cost / n for cost, _ in finished]
                if problem.right:
                    history.accuracy += [right / n for _, right in finished]
                history.seconds = time.perf_counter() - started
                bar.step(str(history), len(finished))
                if callback is not None and callback(history):
                    break
        except FloatingPointError as error:
            model.load_state_dict(before[0])
            for state, numbers in zip(optimizer.states, before[1], strict=True):
                state[:] = numbers
            raise FloatingPointError(f"fit: epoch {history.epochs + 1}, {error}") from None
    optimizer.zero_grad()
    return history


BACKENDS = {"eager": eager, "python": replayed, "llvm": native}


def _count(argument: str, count: Any) -> int:
    if not isinstance(count, int) or isinstance(count, bool):
        raise TypeError(f"fit: expected {argument} to be an int, got {shown(count)}")
    if count < 1:
        raise ValueError(f"fit: expected {argument} to be at least 1, got {count}")
    return count

"""`fit`: mini-batch gradient descent, and the `History` it leaves."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from typing import Any

from autograd_lite import Value, enable_grad
from autograd_lite.backends import choose
from autograd_lite.errors import as_flag, as_int, shown
from autograd_lite.recording import warn
from nn.losses import Cost, Loss
from nn.module import Module
from nn.optim import SGD, Optimizer
from nn.optim.clipping import checked_limit
from nn.train.eager import forget_gradients
from nn.train.epochs import Epochs, Schedule, prepare
from nn.train.epochs import epochs as run_epochs
from nn.train.guard import Guard
from nn.train.history import History as History
from nn.train.problem import FixedError, Problem, pose
from nn.train.progress import Progress
from nn.train.surroundings import Surroundings
from nn.train.validation import Patience, Validation, divided


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
    seed: int = 0,
    start: int = 0,
    lr: float | None = None,
    schedule: Callable[[int], Any] | None = None,
    clip_value: float | None = None,
    clip_norm: float | None = None,
    validation: Any = None,
    patience: int | None = None,
    backend: str = "auto",
    progress: bool | None = None,
    callback: Callable[[History], Any] | None = None,
) -> History:
    """Train a model by mini-batch gradient descent.

    A batch's cost is the mean of `loss(model(x), y)` over its samples, plus l2·Σp² over the optimizer's parameters,
    which are the model's unless others are given. `xs` are rows of numbers, `ys` numbers, rows, or class indices for
    cross_entropy. `optimizer` is SGD with `lr`, or 0.1, by default; `batch_size=None` takes all samples at once.

    Each epoch visits the samples in an order that depends on `seed` and its number alone (or in theirs, without
    `shuffle`), adds to the History and calls `callback(history)`, which stops the training by returning True, and may
    change the parameters and the optimizer's numbers. `start` is the number of epochs done before: 10 epochs and then
    10 from start=10, with the same optimizer, are 20.

    `schedule(epoch)` gives what the learning rate is multiplied by in an epoch, from 0; it is asked once for each, in
    their order, and where it sees nothing but numbers some epochs ahead. `clip_norm` makes a gradient of
    a larger norm shorter, `clip_value` cuts each of its numbers off. `validation` is (xs, ys), or a share of the
    samples that are set aside; `patience` the number of epochs without a better validation loss after which training
    ends, and in any case the numbers of the best epoch come back.

    `backend` is eager, python or llvm (native code; the `jit` extra), or auto: llvm where it is installed, else python.
    On eager, model and loss run for every sample; else they are recorded, and what was recorded is trained only if it
    is what was written. A number that is read (a comparison, `==`, `bool()`, `.data`, `.grad`, a print) and depends on
    a parameter or on the sample would be fixed, as would a random number; a number that depends on neither, like that
    of a Value which is a setting, is the same for all samples and may be read. What changes where model and loss can
    see it (a flag that a callback sets, a counter, a generator of random numbers) would be fixed, too. With auto such a
    model runs on eager, and a warning says why and what to write instead; with python and llvm it is a ValueError.

    Raises ValueError for data of a wrong shape and FloatingPointError, naming epoch, sample and op, when a loss is
    inf or nan; the parameters are then what they were before. On Ctrl-C they stay as far as training came, and
    `model.history` is the History so far.
    """
    if not isinstance(model, Module):
        raise TypeError(f"fit: expected model to be a Module, got {shown(model)}")
    if callback is not None and not callable(callback):
        raise TypeError(f"fit: expected callback to be a function of the History, got {shown(callback)}")
    seed, shuffle = as_int(seed, "fit", "seed"), as_flag(shuffle, "fit", "shuffle")
    progress = None if progress is None else as_flag(progress, "fit", "progress")
    (xs, ys), held = divided(xs, ys, validation, seed)
    problem = pose(model, xs, ys, loss, l2)
    optimizer = _optimizer(model, optimizer, lr, schedule)
    history = History(backend=_backend(backend, optimizer), samples=len(problem.xs))
    validator = None if held is None else Validation(problem, optimizer.params, *held)
    size = history.samples if batch_size is None else as_int(batch_size, "fit", "batch_size", 1)
    plan = Schedule(
        n=history.samples,
        batch_size=min(history.samples, size),
        epochs=as_int(epochs, "fit", "epochs", 1),
        shuffle=shuffle,
        seed=seed,
        watched=callback is not None or validator is not None or not _is_of_the_epoch_alone(schedule),
        start=as_int(start, "fit", "start", 0),
        rate=schedule,
        clip_value=_limit("clip_value", clip_value),
        clip_norm=_limit("clip_norm", clip_norm),
    )
    waiting = None if patience is None else _patience(patience, validator, model, optimizer)
    run = _run(problem, optimizer, plan, history, backend)
    _epochs(run, plan, problem, optimizer, history, validator, waiting, progress, callback)
    if waiting is not None:
        waiting.restore()
    return history


def _epochs(
    run: Epochs, plan: Schedule, problem: Problem, optimizer: Optimizer, history: History,
    validator: Validation | None, waiting: Patience | None, progress: bool | None,
    callback: Callable[[History], Any] | None,
) -> None:  # fmt: skip
    """Run the epochs, write the history, and end when somebody says so."""
    started, model = time.perf_counter(), problem.model
    first = FIRST.get(history.backend, "recording and compiling")
    with Progress(plan.epochs, "epochs", progress, first) as bar, closing(run), enable_grad():
        for finished in run:
            if hasattr(optimizer, "lr"):
                done = range(history.epochs, history.epochs + len(finished))
                history.lr += [optimizer.lr * plan.factor(epoch) for epoch in done]
            history.loss += [cost / plan.n for cost, _ in finished]
            if problem.right:
                history.accuracy += [right / plan.n for _, right in finished]
            if validator is not None:
                loss, accuracy = validator.measure(history.backend)
                history.validation_loss.append(loss)
                history.validation_accuracy += [accuracy] if problem.right else []
            history.seconds = time.perf_counter() - started
            if model.history is not history:
                model.history, model.answers = history, getattr(problem.right, "__name__", None)
                model.class_names = problem.classes or model.class_names
            bar.step(str(history), len(finished))
            stop = callback is not None and callback(history)
            if (waiting is not None and waiting.is_over(history.validation_loss[-1])) or stop:
                break


FIRST = {"eager": "the first epoch", "python": "recording"}  # what is under way before progress counts


def _optimizer(model: Module, optimizer: Optimizer | None, lr: Any, schedule: Any) -> Optimizer:
    """The optimizer that was given, or SGD."""
    if schedule is not None and not callable(schedule):
        raise TypeError(f"fit: expected schedule to be a function of the epoch, got {shown(schedule)}")
    if optimizer is None:
        return SGD(model.parameters(), lr=0.1 if lr is None else lr)
    if not isinstance(optimizer, Optimizer):
        raise TypeError(
            f"fit: expected optimizer to be an optimizer of nn.optim, like optim.Adam(model.parameters()), got "
            f"{shown(optimizer)}"
        )
    if lr is not None:
        raise ValueError(f"fit: expected lr or optimizer, which has one of its own, got both, lr={shown(lr)}")
    if schedule is not None and not optimizer.has_schedule:
        raise ValueError(f"fit: expected an optimizer with a setting lr for schedule, got {type(optimizer).__name__}")
    return optimizer


def _is_of_the_epoch_alone(schedule: Any) -> bool:
    """Whether a schedule may be asked ahead: it sees nothing but numbers, and so nothing of the training."""
    return schedule is None or Surroundings({"schedule": schedule}, ()).are_numbers


def _limit(name: str, limit: object) -> float | None:
    return None if limit is None else checked_limit(f"fit: {name}", limit)


def _patience(epochs: object, validator: Validation | None, model: Module, optimizer: Optimizer) -> Patience:
    count = as_int(epochs, "fit", "patience", 1)
    if validator is None:
        raise ValueError("fit: expected validation, as patience waits for a better validation loss, got None")
    return Patience(count, list(dict.fromkeys([*model.parameters(), *optimizer.params])), optimizer)


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


def _run(problem: Problem, optimizer: Optimizer, schedule: Schedule, history: History, asked: str) -> Epochs:
    """The epochs; what fails in them leaves parameters and optimizer as they were, and what isn't finite fails."""
    parameters = list(dict.fromkeys([*problem.model.parameters(), *optimizer.params]))
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
            del schedule.factors[history.epochs :]
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
    finally:
        forget_gradients(parameters)


def _held(asked: str, problem: Problem, optimizer: Optimizer, schedule: Schedule, history: History) -> Epochs:
    """The epochs on a backend; a tape is held against the engine after the first, and whenever somebody looked."""
    history.backend, trainer = prepare(asked, history.backend, problem, optimizer, schedule)
    guard = Guard(problem, trainer, optimizer) if history.backend != "eager" else None
    if guard is not None:
        guard.look_before()
    with closing(run_epochs(trainer, problem, optimizer, schedule)) as epochs:
        for finished in epochs:
            if guard is not None and not guard.spent:
                guard.look()
            for cost, _ in finished:
                if not math.isfinite(cost):
                    raise FloatingPointError(f"l2·Σp² became {cost}; a smaller l2 or lr may help")
            yield finished
            if guard is not None and schedule.watched and history.epochs < schedule.epochs:
                numbers = [p.data for p in optimizer.params], [list(state) for state in optimizer.states]
                try:
                    guard.look_around()
                except FixedError:
                    epochs.close()  # which writes the trainer's numbers back
                    _put_back(optimizer.params, optimizer.states, numbers)
                    raise


def _put_back(params: Sequence[Value], states: Sequence[list[float]], numbers: Any) -> None:
    for p, number in zip(params, numbers[0], strict=True):
        p.data, p.grad = number, None
    for state, kept in zip(states, numbers[1], strict=True):
        state[:] = kept

"""Epochs of mini-batch gradient descent: one loop for all trainers, which give the same from the same seed."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Any

from autograd_lite import Tape, Value, trace
from autograd_lite.backends import Batches, Shuffler, Trainer, choose, find
from autograd_lite.collector import uncollected
from autograd_lite.errors import as_float
from nn.optim import Optimizer
from nn.optim.clipping import norm_factor, value_cut
from nn.optim.optimizer import Moved
from nn.train.eager import Eager, eager_batch
from nn.train.problem import Problem, faithful
from nn.train.samples import Samples

# How long a trainer runs before somebody looks after Ctrl-C and progress, if a batch does not take longer.
SHORT_SECONDS, LONG_SECONDS = 0.02, 0.1

AHEAD = 256  # for how many epochs a schedule is asked ahead

OVERFLOW = "the costs of a batch add up to inf, though each is finite; a smaller lr or scaled targets may help"


@dataclass(frozen=True)
class Schedule:
    """How long and in what portions: `watched` means that the parameters are looked at after each epoch.

    `done` epochs were trained already, by a trainer that could not go on.
    """

    n: int
    batch_size: int
    epochs: int
    shuffle: bool
    seed: int
    watched: bool
    done: int = 0
    start: int = 0  # epochs of an earlier run, which this one goes on from
    rate: Callable[[int], Any] | None = None  # what lr is multiplied by in an epoch
    factors: list[float] = field(default_factory=list)  # what it has given so far
    clip_value: float | None = None
    clip_norm: float | None = None

    @property
    def shuffles(self) -> bool:
        """Whether the order of the samples matters and changes."""
        return self.shuffle and self.batch_size < self.n

    def batches(self, samples: Samples) -> Batches:
        """The samples as a trainer takes them."""
        shuffler = Shuffler(self.seed, self.start + self.done) if self.shuffles else None
        return Batches(samples.inputs, self.n, self.batch_size, shuffler, samples.targets)

    def factor(self, epoch: int) -> float:
        """What lr is multiplied by in an epoch of this run, counted from 0; asked once for each, in their order."""
        while self.rate is not None and len(self.factors) <= epoch:
            factor = as_float(self.rate(self.start + len(self.factors)), "fit: what schedule gives")
            if not 0.0 <= factor < math.inf:
                raise ValueError(f"fit: expected schedule to give a number of 0 or more, got {factor}")
            self.factors.append(factor)
        return 1.0 if self.rate is None else self.factors[epoch]

    def settings(self, optimizer: Optimizer, epoch: int, ends: int) -> list[list[float]]:
        """The optimizer's settings in an epoch and in as many after it; the optimizer keeps those of the first."""
        rows = []
        for later in range(min(epoch + ends, self.epochs - 1), epoch - 1, -1):
            optimizer.lr_factor = self.factor(later)
            rows.append(list(optimizer.settings))
        return rows[::-1]


Epochs = Generator[list[tuple[float, float]], None, None]  # summed costs and right answers of finished ones


def epochs(trainer: Trainer, problem: Problem, optimizer: Optimizer, schedule: Schedule) -> Epochs:
    """Run the trainer in portions; model and optimizer get its numbers when somebody looks, and in the end."""
    parameters = optimizer.params
    trainer.load([p.data for p in parameters], optimizer.states)
    an_epoch = -(-schedule.n // schedule.batch_size)
    left, budget, first, is_ahead = an_epoch * (schedule.epochs - schedule.done), 1, True, True
    ahead = an_epoch * (trainer.MAX_EPOCHS if schedule.rate is None else min(AHEAD, trainer.MAX_EPOCHS))
    try:
        while left:
            watched = schedule.watched or first  # after the first epoch fit looks, whoever else does
            most = (left - 1) % an_epoch + 1 if watched or trainer.MAX_EPOCHS == 1 else left
            n_batches = min(budget, most, ahead)
            epoch, batch = divmod(an_epoch * schedule.epochs - left, an_epoch)
            if schedule.rate and batch:
                n_batches = min(n_batches, an_epoch - batch)  # who asks for the next epochs stands between two
            trainer.settings[:], *later = schedule.settings(optimizer, epoch, (batch + n_batches - 1) // an_epoch)
            if schedule.rate:
                trainer.plan(later)
                if not isinstance(trainer, Eager):
                    problem.check_schedule()
            started, is_ahead = time.perf_counter(), True
            finished, is_finite = trainer.advance(n_batches)
            budget = _paced(budget, time.perf_counter() - started)
            left -= n_batches
            if (watched and finished) or not is_finite:
                _write_back(trainer, optimizer)
                is_ahead = False
            if finished:
                first = False
                yield finished
                if schedule.watched:  # who looked may have changed something
                    trainer.load([p.data for p in parameters], optimizer.states)
            if not is_finite:
                eager_batch(problem, parameters)(trainer.batch())  # says which sample and op it was
                raise FloatingPointError(OVERFLOW)  # unless only their sum is too large
    finally:
        optimizer.lr_factor = 1.0
        if is_ahead:
            _write_back(trainer, optimizer)


def _paced(budget: int, seconds: float) -> int:
    """How many batches are done at a time from now on, where the last portion took so long."""
    if seconds < SHORT_SECONDS:
        return 2 * budget
    return max(1, budget // 2) if seconds > LONG_SECONDS else budget


def _write_back(trainer: Trainer, optimizer: Optimizer) -> None:
    for p, number in zip(optimizer.params, trainer.parameters, strict=True):
        p.data = number
    for state, numbers in zip(optimizer.states, trainer.states, strict=True):
        state[:] = numbers


@uncollected()
def prepare(asked: str, chosen: str, problem: Problem, optimizer: Optimizer, schedule: Schedule) -> tuple[str, Trainer]:
    """A trainer of three tapes, or of the model itself on eager, and the name of the backend that it runs on.

    That is the chosen one, unless whatever is fastest was asked for and the chosen one lacks an op.
    """
    batches = schedule.batches(problem.samples)
    if chosen == "eager":
        return "eager", Eager(problem, optimizer, batches, schedule.clip_value, schedule.clip_norm)
    clip = None if schedule.clip_norm is None else faithful(norm_factor(schedule.clip_norm), 1.0)
    tapes = problem.record(optimizer.params), _penalty_of_one(problem), rule_of(optimizer, schedule.clip_value)
    name = choose(asked, "fit", needs=(*tapes, *([clip] if clip else [])))
    return name, find(name).trainer(*tapes, batches, clip)


def rule_of(optimizer: Optimizer, limit: float | None = None) -> Tape:
    """What the optimizer does to one parameter, as a tape; its gradient may be cut off at a limit."""
    numbers = [[0.0] * len(optimizer.settings), 0.0, 0.0, [0.0] * len(optimizer.states)]
    return faithful(optimizer.rule if limit is None else _clipped(optimizer.rule, limit), *numbers)


def _clipped(rule: Callable[..., Moved], limit: float) -> Callable[..., Moved]:
    """The rule, given a gradient between −limit and limit."""
    cut = value_cut(limit)
    return lambda settings, p, gradient, state: rule(settings, p, cut(gradient), state)


def _penalty_of_one(problem: Problem) -> Tape:
    """The regulariser of a single parameter."""
    p = Value(0.0, "p")
    return trace([problem.penalty([p])], [p])

"""`Guard`: now and then holds the program that trains against the eager engine, and keeps that cheap.

Cost and gradient of a few samples, the first of each class, are taken by the trainer's own code and by the graph of
the model as it is now. Two programs that are the same may still differ at a point: at a kink, or where all but
rounding cancels. So a difference counts if it is still there when every parameter is moved a little. Of a net so
large that the gradient of one sample would take too long, the cost alone is compared.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from autograd_lite import no_grad
from autograd_lite.backends import Trainer
from autograd_lite.collector import uncollected
from autograd_lite.recording import difference, undrawn
from nn.optim import Optimizer
from nn.rounding import alike
from nn.train.eager import forget_gradients
from nn.train.epochs import rule_of
from nn.train.problem import FixedError, Problem, clock, compare

# All looks together take less than this, or than this share of the run so far; but the first is taken anyhow.
SECONDS, SHARE = 0.05, 0.01
WITH_GRADIENT = 3.0  # how many forward passes a sample takes with its gradient
MOST = 0.07  # what such a sample may take, or twice the share of all looks; on a clock that slows down by half, 0.1
BEFORE = 0.03  # what a look before the first epoch may take
CLASSES = 10  # how many are looked at


class Guard:
    """Looks whether a trainer still does what model and loss do, while there is time for it.

    A sample takes the eager engine a forward and a backward pass. A net so large that these take longer than `BEFORE`
    is looked at after the first epoch only, and there by one sample; by its cost alone where they take longer than
    `MOST`.
    """

    def __init__(self, problem: Problem, trainer: Trainer, optimizer: Optimizer) -> None:
        self.problem, self.trainer, self.optimizer = problem, trainer, optimizer
        self.indices = problem.samples.firsts[:CLASSES]
        self.started, self.spent = clock(), 0.0
        self.rule = rule_of(optimizer)

    @property
    def seconds(self) -> float:
        """What one sample takes."""
        return WITH_GRADIENT * self.problem.seconds

    def look_before(self) -> None:
        """Look before the first epoch, if it is cheap."""
        if self.seconds < BEFORE:
            self._load()
            self._hold(BEFORE, True)

    def look(self, anyhow: bool = False, is_loaded: bool = True) -> None:
        """Raise FixedError if the trainer gives a sample another cost or gradient than the eager engine.

        It looks while there is time for it, or `anyhow`. After an epoch the trainer is loaded with the model's numbers.
        """
        started = clock()
        share = SHARE * (started - self.started)
        left = max(SECONDS, share) - self.spent
        if left > 0.0 or anyhow:
            if not is_loaded:
                self._load()
            self._hold(max(left, BEFORE) / 2, self.seconds < max(MOST, 2 * share))
            self.spent += clock() - started

    def look_around(self) -> None:
        """Look after a callback: anyhow if it has changed anything that model and loss see."""
        around = self.problem.around
        self._look_at_rule()
        is_new = not around.are_as_they_were()
        self.look(anyhow=is_new, is_loaded=False)
        if is_new:
            around.changes()

    def _look_at_rule(self) -> None:
        """Raise FixedError if the optimizer's rule has become another, by what it sees beside its settings."""
        if difference(self.rule, rule_of(self.optimizer), self.optimizer.rule):
            raise FixedError(
                f"the rule of {type(self.optimizer).__name__} has become another; make what has changed one of its "
                "settings, which may change between two steps"
            )

    def _load(self) -> None:
        """Give the trainer the model's numbers."""
        self.trainer.load([p.data for p in self.optimizer.params], self.optimizer.states)

    def _hold(self, seconds: float, with_gradient: bool) -> None:
        """Look at the samples until the time is over, but at one anyhow."""
        started = clock()
        with undrawn(), uncollected():
            for count, index in enumerate(self.indices, start=1):
                try:
                    self._compare(index, with_gradient)
                except FixedError:
                    self._compare_aside(index, with_gradient)
                if (clock() - started) * (count + 1) / count > seconds:
                    break

    def _compare_aside(self, index: int, with_gradient: bool) -> None:
        """Compare a sample with every parameter moved a little, each by something else."""
        parameters = self.optimizer.params
        numbers = [p.data for p in parameters]
        try:
            for k, p in enumerate(parameters, start=1):
                p.data += 2.0**-10 * (abs(p.data) + 0.125) * math.sin(k)
            self._load()
            self._compare(index, with_gradient)
        finally:
            for p, number in zip(parameters, numbers, strict=True):
                p.data = number
            self._load()

    def _compare(self, index: int, with_gradient: bool) -> None:
        """Raise FixedError unless cost and gradient of a sample are the same by the eager engine and the trainer."""
        problem, parameters = self.problem, self.optimizer.params
        recorded, recorded_gradient = self.trainer.gradient(index)
        if not with_gradient and alike(self._cost_alone(index), recorded):
            return
        cost, _ = problem.sample(problem.xs[index], problem.ys[index])
        compare(index, cost.data, recorded)
        if not with_gradient or not math.isfinite(cost.data):
            return
        forget_gradients(parameters)
        cost.backward()
        gradient = [p.grad for p in parameters]
        forget_gradients(parameters)
        k = _unlike(gradient, recorded_gradient)
        if k is not None:
            raise FixedError(
                f"the gradient of the cost of sample {index} by {parameters[k].label or f'parameter {k}'} is "
                f"{gradient[k]:.6g} and, as recorded, {recorded_gradient[k]:.6g}; something that hands on a gradient "
                "is a Value in one and a number in the other, as is grad(f)(target): take derivatives by Values, or "
                "of functions of numbers alone"
            )

    def _cost_alone(self, index: int) -> float:
        """The cost of a sample without its graph, which takes less time.

        A loss that looks at the graph, as binary_cross_entropy does, may give another; it is then taken again with it.
        """
        with no_grad():
            cost, _ = self.problem.sample(self.problem.xs[index], self.problem.ys[index])
        return cost.data


def _unlike(written: Sequence[float], recorded: Sequence[float]) -> int | None:
    """The first place at which two gradients differ by more than rounding, or None."""
    rounding = 1e-6 * sum(map(abs, written)) + 1e-12
    if not math.isfinite(rounding):
        return None
    pairs = zip(written, recorded, strict=True)
    return next((k for k, (a, b) in enumerate(pairs) if not abs(a - b) <= rounding), None)

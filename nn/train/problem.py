"""What `fit` minimises: a model on samples, checked, and as a tape that is held to be the program that was written.

A recording that fixes a number depending on a parameter or on the sample is refused. What nobody reads, such as a
random number, a counter or an attribute that changes, makes the tape's cost of a sample another than the eager
engine's: that of the first is compared here, and guard.py holds the program that trains against the engine.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from autograd_lite import Tape, Value, no_grad
from autograd_lite.collector import uncollected
from autograd_lite.errors import as_float, shown
from autograd_lite.recording import PASS, Fixed, examined, undrawn, warn, watching
from autograd_lite.tape import traced
from nn.answers import Right
from nn.losses import Cost, Loss, find
from nn.module import Parameter
from nn.rounding import alike
from nn.train.samples import Samples
from nn.train.surroundings import Surroundings


class FixedError(ValueError):
    """The tape is not the program that was written; the message says what it has fixed, where, and the remedy."""


# Counts seconds of the processor, so that what else keeps it busy does not count; in a browser those that pass.
clock: Callable[[], float] = getattr(time, "thread_time", time.perf_counter)


@dataclass
class Problem:
    """What is minimised: a model on samples, by a loss and a weight l2 of Σp²; `right` says which answers are right.

    Once it is recorded, `program` is the tape of a sample's cost, `seconds` what the eager engine took for one, and
    `around` what model and loss see beside their inputs.
    """

    model: Any
    samples: Samples
    loss: Loss
    l2: float
    right: Right | None
    classes: Sequence[str] | None = None
    program: Tape | None = field(default=None, init=False)
    seconds: float = field(default=math.inf, init=False)
    around: Surroundings = field(init=False)
    has_looked: bool = field(default=False, init=False)

    def sample(self, x: Any, y: Any) -> tuple[Value, Value]:
        """The cost of one sample, and 1 or 0 for a right or wrong answer."""
        return self._judged(self.model(x), y)

    def _judged(self, prediction: Any, y: Any) -> tuple[Value, Value]:
        cost = self.loss(prediction, y)
        if not isinstance(cost, Value):
            raise TypeError(f"fit: expected loss to return a Value, got {shown(cost)}")
        right = self.right(prediction, y) if self.right else 0.0
        return cost, right if isinstance(right, Value) else Value(right)

    def _check_targets(self, prediction: Any) -> None:
        """Let the loss refuse a target that it does not know: a recorded one is any number."""
        with no_grad():
            for i in self.samples.firsts:
                self.loss(prediction, self.ys[i])

    def _check_counters(self) -> None:
        """Raise FixedError if model and loss have changed what they see."""
        for name, old, new in self.around.changes():
            if old is not None and new is not None:  # what a first sample makes is no news
                how = f" from {old} to {new}" if isinstance(old, str) else ""
                raise FixedError(f"{name} changes{how} when a sample is computed; {PASS}")

    def check_schedule(self) -> None:
        """Raise FixedError if a schedule that was just asked has changed what a recording has fixed."""
        for name, *_ in self.around.changes():
            raise FixedError(f"{name} changes when the schedule is asked; {PASS}")

    def penalty(self, parameters: Sequence[Value]) -> Value:
        """The regulariser, l2·Σp²; no formula at all where l2 is 0."""
        if not self.l2:
            return Value(0.0)
        squares: Value = sum(p * p for p in parameters)  # type: ignore[assignment]
        return self.l2 * squares

    @property
    def xs(self) -> Sequence[list[float]]:
        """The inputs of each sample."""
        return self.samples.xs

    @property
    def ys(self) -> Sequence[Any]:
        """The target of each sample, a number or a row."""
        return self.samples.ys

    def rows(self) -> Sequence[list[float]]:
        """The numbers of each sample: its x, then its y."""
        return [[*x, *(y if isinstance(y, list) else [y])] for x, y in zip(self.xs, self.ys, strict=True)]

    def record(self, parameters: Sequence[Value]) -> Tape:
        """The program of a sample's cost, and whether its answer is right, from the parameters and a row's numbers.

        Raises FixedError where it would not be the program that was written.
        """
        x, y = self.xs[0], self.ys[0]
        with undrawn(), uncollected():
            started = clock()
            prediction = self.model(x)
            written, _ = self._judged(prediction, y)
            self.seconds = clock() - started
            self.around = Surroundings({"model": self.model, "loss": self.loss}, parameters)
            self._check_targets(prediction)
            x_in = [Value(number, f"x[{k}]") for k, number in enumerate(x)]
            y_in = [Value(number, "y") for number in (y if isinstance(y, list) else [y])]
            cost, right = self._watched(parameters, x_in, y_in if isinstance(y, list) else y_in[0])
            compare(0, written.data, cost.data)
            self._check_counters()
            self.program, constants = traced([cost, right], [*parameters, *x_in, *y_in])
            self.look_at(constants)
        return self.program

    def look_at(self, leaves: Iterable[Value], trained: Sequence[Value] = ()) -> None:
        """Warn of parameters among the leaves of a cost that are neither trained nor the model's; look but once."""
        self.has_looked = True
        left = {leaf for leaf in leaves if isinstance(leaf, Parameter)}.difference(trained)
        if left:  # it takes long to find those of a large model
            left.difference_update(self.model.parameters())
        if left:
            warn(
                f"fit: does not train {len(left)} of the Parameters that the cost depends on, for model.parameters() "
                "does not give them; a Module finds those in its attributes and in Modules, lists, tuples and dicts "
                "there; others may be given to the optimizer"
            )

    def _watched(self, parameters: Sequence[Value], x: list[Value], y: Any) -> tuple[Value, Value]:
        """A sample of Values in the place of numbers; raises FixedError if anything that depends on them is read."""
        try:
            with watching() as watch:
                sample = self.sample(x, y)
        except Exception as error:  # numbers it took, so it is about the Values in their place
            raise FixedError(f"model and loss run on numbers, and with Values in their place fail: {error}") from error
        targets = y if isinstance(y, list) else [y]
        own = self.loss.cost if type(self.model).__module__.startswith("nn.") else self.model
        found = watch.fixed([*parameters, *x, *targets], own)
        if found:
            raise FixedError(_told(found))
        return sample


def faithful(f: Callable[..., Any], *args: Any) -> Tape:
    """The tape of f; raises FixedError where it would not be what f does."""
    tape, found = examined(f, *args)
    if found:
        raise FixedError(_told(found))
    return tape


def _told(found: Sequence[Fixed]) -> str:
    """What was fixed, where, and the remedy; of several things the first."""
    more = f" ({len(found) - 1} more like it)" if len(found) > 1 else ""
    return f"{found[0].file}:{found[0].line}: {found[0].sentence}{more}"


def compare(index: int, written: float, recorded: float) -> None:
    """Raise FixedError unless the cost of a sample is the same by the eager engine and as recorded."""
    if not alike(written, recorded):
        raise FixedError(
            f"the cost of sample {index} is {written:.6g} and, as recorded, {recorded:.6g}; model or loss use "
            f"something that changes and is no Value, like a random number or a counter: {PASS}"
        )


def pose(model: Any, xs: Any, ys: Any, loss: str | Loss | Cost, l2: Any, where: str = "fit") -> Problem:
    """The problem, its data checked and copied."""
    samples = Samples(where, xs, ys)
    l2 = as_float(l2, "fit: l2")
    if not 0.0 <= l2 < math.inf:
        raise ValueError(f"fit: expected l2 to be 0 or more, got {l2}")
    found = find(loss)
    targets = [samples.ys[i] for i in samples.firsts]
    return Problem(model, samples, found, l2, found.judge(targets), getattr(ys, "classes", None))

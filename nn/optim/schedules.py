"""Schedules: what an epoch's learning rate is multiplied by, as a function of the number of epochs done before it.

    fit(model, xs, ys, lr=0.1, schedule=optim.cosine(100))

Any function from epoch to factor serves: `schedule=lambda epoch: 1 / (1 + epoch)`.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from autograd_lite.errors import as_float, as_int, shown

Schedule = Callable[[int], float]


def step(every: int, factor: float = 0.1) -> Schedule:
    """Multiply the learning rate by `factor` once every so many epochs: factor^⌊epoch / every⌋."""
    every, factor = as_int(every, "step", "every", 1), _number("step", "factor", factor)
    return lambda epoch: factor ** (epoch // every)


def exponential(factor: float) -> Schedule:
    """Multiply the learning rate by `factor` in every epoch: factor^epoch."""
    factor = _number("exponential", "factor", factor)
    return lambda epoch: factor**epoch


def cosine(epochs: int, least: float = 0.0) -> Schedule:
    """Half a cosine from 1 to `least` over so many epochs, and `least` from there on."""
    epochs, least = as_int(epochs, "cosine", "epochs", 1), _number("cosine", "least", least)
    return lambda epoch: least + (1.0 - least) * 0.5 * (1.0 + math.cos(math.pi * min(epoch, epochs) / epochs))


def warmup(epochs: int, then: Schedule | None = None) -> Schedule:
    """Rise evenly, 1/epochs in the first epoch, 1 in the last of them; then go by another schedule, from its start."""
    epochs = as_int(epochs, "warmup", "epochs", 1)
    if then is not None and not callable(then):
        raise TypeError(f"warmup: expected then to be a function of the epoch, got {shown(then)}")
    later: Schedule = then or (lambda epoch: 1.0)
    return lambda epoch: (epoch + 1) / epochs if epoch < epochs else later(epoch - epochs)


def _number(function: str, argument: str, x: object) -> float:
    number = as_float(x, f"{function}: {argument}")
    if not 0.0 <= number < math.inf:
        raise ValueError(f"{function}: expected {argument} to be 0 or more, got {number}")
    return number

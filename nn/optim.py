"""Optimizers: how a gradient changes the parameters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from autograd_lite import Value
from autograd_lite.graph import reached
from autograd_lite.scalars import as_float, shown


class SGD:
    """Gradient descent: p ← p − lr·(grad + weight_decay·p), with momentum v ← momentum·v + grad, p ← p − lr·v.

    `nesterov` looks one step ahead (grad + momentum·v). A parameter that no gradient reached stays as it is; one that
    is given twice is one. A subclass has another `rule`, and as many `states` as that keeps.
    Raises TypeError for parameters that are no Values, ValueError for none of them or a negative number.
    """

    def __init__(
        self,
        params: Iterable[Value],
        lr: float,
        momentum: float = 0.0,
        nesterov: bool = False,
        weight_decay: float = 0.0,
    ) -> None:
        try:
            self.params = list(dict.fromkeys(params))
        except TypeError:
            raise TypeError(f"SGD: expected Values as params, got {shown(params)}") from None
        for p in self.params:
            if not isinstance(p, Value):
                raise TypeError(f"SGD: expected Values as params, got {shown(p)}")
        if not self.params:
            raise ValueError("SGD: expected one parameter or more in params, got none")
        self.lr = _non_negative("lr", lr)
        self.momentum = _non_negative("momentum", momentum)
        self.weight_decay = _non_negative("weight_decay", weight_decay)
        self.nesterov = nesterov
        if nesterov and not momentum:
            raise ValueError("SGD: expected momentum > 0 with nesterov, got 0")
        self.velocities = [0.0] * len(self.params)

    @property
    def settings(self) -> list[float]:
        """The numbers of the rule that one may change between two steps."""
        return [self.lr, self.momentum, self.weight_decay]

    @property
    def states(self) -> list[list[float]]:
        """The numbers that are kept for each parameter: here its velocity."""
        return [self.velocities]

    def rule(self, settings: Sequence[Any], p: Any, gradient: Any, state: Sequence[Any]) -> tuple[Any, list[Any]]:
        """The parameter after a step, and its state. Floats or Values: native code is made of this rule as well."""
        (lr, momentum, weight_decay), (velocity,) = settings, state
        step = gradient + weight_decay * p
        velocity = momentum * velocity + step
        return p - lr * (step + momentum * velocity if self.nesterov else velocity), [velocity]

    def step(self) -> None:
        """Move every parameter against its gradient."""
        settings, states = self.settings, self.states
        for i, p in enumerate(self.params):
            if reached(p):
                p.data, state = self.rule(settings, p.data, p.grad, [row[i] for row in states])
                for row, number in zip(states, state, strict=True):
                    row[i] = number

    def zero_grad(self) -> None:
        """Forget the gradients of all parameters."""
        for p in self.params:
            p.grad = None


def _non_negative(argument: str, number: float) -> float:
    number = as_float(number, f"SGD: {argument}")
    if not number >= 0.0:
        raise ValueError(f"SGD: expected {argument} to be 0 or more, got {number}")
    return number

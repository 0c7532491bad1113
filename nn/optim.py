"""Optimizers: how a gradient changes the parameters."""

from __future__ import annotations

from collections.abc import Iterable

from autograd_lite import Value
from autograd_lite.scalars import as_float, shown


class SGD:
    """Gradient descent: p ← p − lr·(grad + weight_decay·p), with momentum v ← momentum·v + grad, p ← p − lr·v.

    `nesterov` looks one step ahead (grad + momentum·v). A parameter that no gradient reached stays as it is.
    Raises TypeError for parameters that are no Values, ValueError for a negative number.
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
            self.params = list(params)
        except TypeError:
            raise TypeError(f"SGD: expected Values as params, got {shown(params)}") from None
        for p in self.params:
            if not isinstance(p, Value):
                raise TypeError(f"SGD: expected Values as params, got {shown(p)}")
        self.lr = _non_negative("lr", lr)
        self.momentum = _non_negative("momentum", momentum)
        self.weight_decay = _non_negative("weight_decay", weight_decay)
        self.nesterov = nesterov
        if nesterov and not momentum:
            raise ValueError("SGD: expected momentum > 0 with nesterov, got 0")
        self.velocities = [0.0] * len(self.params)

    def step(self) -> None:
        """Move every parameter against its gradient."""
        for i, p in enumerate(self.params):
            if p.grad is None:
                continue
            step = p.grad
            if self.weight_decay:
                step += self.weight_decay * p.data
            if self.momentum:
                self.velocities[i] = velocity = self.momentum * self.velocities[i] + step
                step = step + self.momentum * velocity if self.nesterov else velocity
            p.data -= self.lr * step

    def zero_grad(self) -> None:
        """Forget the gradients of all parameters."""
        for p in self.params:
            p.grad = None


def _non_negative(argument: str, number: float) -> float:
    number = as_float(number, f"SGD: {argument}")
    if not number >= 0.0:
        raise ValueError(f"SGD: expected {argument} to be 0 or more, got {number}")
    return number

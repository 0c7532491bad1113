"""The optimizers: SGD, Adam, AdamW and RMSprop, with PyTorch's arguments, defaults and rounding.

Adam's bias correction 1 − βᵗ is kept as the running product βᵗ, a number a parameter as in PyTorch, where a parameter
that no gradient reached does not count a step; so the rule is the same arithmetic for every step.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from autograd_lite import Value, relu, sqrt
from autograd_lite.errors import shown
from autograd_lite.op import Number
from nn.optim.optimizer import Moved, Optimizer


class SGD(Optimizer):
    """Gradient descent: p ← p − lr·(grad + weight_decay·p), with momentum v ← momentum·v + grad, p ← p − lr·v.

    `nesterov` looks one step ahead (grad + momentum·v). A parameter that no gradient reached stays as it is.
    Raises TypeError for parameters that are no Values, ValueError for none of them or a negative number.
    """

    momentum: float
    weight_decay: float
    nesterov: bool
    velocities: list[float]

    def __init__(
        self,
        params: Iterable[Value],
        lr: float,
        momentum: float = 0.0,
        nesterov: bool = False,
        weight_decay: float = 0.0,
    ) -> None:
        settings = {"lr": lr, "momentum": momentum, "weight_decay": weight_decay}
        super().__init__(params, settings, {"velocities": 0.0}, {"nesterov": nesterov})
        if nesterov and not momentum:
            raise ValueError("SGD: expected momentum > 0 with nesterov, got 0")

    def rule(self, settings: Sequence[Number], p: Number, gradient: Number, state: Sequence[Number]) -> Moved:
        """The parameter after a step, and its velocity."""
        (lr, momentum, weight_decay), (velocity,) = settings, state
        step = gradient + weight_decay * p
        velocity = momentum * velocity + step
        return p - lr * (step + momentum * velocity if self.nesterov else velocity), [velocity]


class Adam(Optimizer):
    """Steps of about lr in every parameter: m / (√v + eps), running means of gradient and squared gradient.

    Both are divided by 1 − βᵗ after t steps, as they start from 0. `weight_decay`·p is added to the gradient
    (D. Kingma and J. Ba, "Adam: a method for stochastic optimization", 2015).
    """

    beta1: float
    beta2: float
    eps: float
    weight_decay: float

    def __init__(
        self,
        params: Iterable[Value],
        lr: float = 0.001,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        if not isinstance(betas, (tuple, list)) or len(betas) != 2:
            raise TypeError(f"{type(self).__name__}: expected betas to be two numbers, got {shown(betas)}")
        beta1, beta2 = betas
        settings = {"lr": lr, "beta1": beta1, "beta2": beta2, "eps": eps, "weight_decay": weight_decay}
        super().__init__(params, settings, {"means": 0.0, "squares": 0.0, "powers1": 1.0, "powers2": 1.0})

    def rule(self, settings: Sequence[Number], p: Number, gradient: Number, state: Sequence[Number]) -> Moved:
        """The parameter after a step; its running means, and the powers β₁ᵗ and β₂ᵗ."""
        (lr, beta1, beta2, eps, _), (mean, square, power1, power2) = settings, state
        p, gradient = self.decayed(settings, p, gradient)
        mean, square = _mean(mean, gradient, beta1), _mean_square(square, gradient, beta2)
        power1, power2 = power1 * beta1, power2 * beta2
        size = sqrt(square) / sqrt(1.0 - power2) + eps
        return p - lr / (1.0 - power1) * (mean / size), [mean, square, power1, power2]

    def decayed(self, settings: Sequence[Number], p: Number, gradient: Number) -> tuple[Number, Number]:
        """The parameter and the gradient that a step is made of: the decay is a part of the gradient."""
        return p, gradient + settings[4] * p


class AdamW(Adam):
    """Adam that shrinks p by lr·weight_decay·p beside the step in place of adding the decay to the gradient.

    (I. Loshchilov and F. Hutter, "Decoupled weight decay regularization", 2019.)
    """

    def __init__(
        self,
        params: Iterable[Value],
        lr: float = 0.001,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.01,
    ) -> None:
        super().__init__(params, lr, betas, eps, weight_decay)

    def decayed(self, settings: Sequence[Number], p: Number, gradient: Number) -> tuple[Number, Number]:
        """The parameter and the gradient that a step is made of: the decay shrinks the parameter beside the step."""
        return p * (1.0 - settings[0] * settings[4]), gradient


class RMSprop(Optimizer):
    """Gradients divided by √ of a running mean of their squares, whose weight of the past is `alpha`.

    `centered` takes the square of a running mean of the gradients off it, which leaves their variance; `momentum` and
    `weight_decay` as for SGD (T. Hinton, "Neural networks for machine learning", lecture 6, 2012).
    """

    alpha: float
    eps: float
    weight_decay: float
    momentum: float
    centered: bool

    def __init__(
        self,
        params: Iterable[Value],
        lr: float = 0.01,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        momentum: float = 0.0,
        centered: bool = False,
    ) -> None:
        settings = {"lr": lr, "alpha": alpha, "eps": eps, "weight_decay": weight_decay, "momentum": momentum}
        states = {"squares": 0.0, "velocities": 0.0} | ({"means": 0.0} if centered else {})
        super().__init__(params, settings, states, {"centered": centered})

    def rule(self, settings: Sequence[Number], p: Number, gradient: Number, state: Sequence[Number]) -> Moved:
        """The parameter after a step; the mean square, the velocity and, where centered, the mean of its gradients."""
        (lr, alpha, eps, weight_decay, momentum), (square, velocity, *means) = settings, state
        gradient = gradient + weight_decay * p
        square = _mean_square(square, gradient, alpha)
        means = [_mean(mean, gradient, alpha) for mean in means]
        spread = relu(square - means[0] * means[0]) if self.centered else square  # rounding may leave less than 0
        velocity = momentum * velocity + gradient / (sqrt(spread) + eps)
        return p - lr * velocity, [square, velocity, *means]


def _mean(mean: Number, gradient: Number, past: Number) -> Number:
    """A running mean in which the past has the weight `past`, rounded as PyTorch rounds it."""
    return mean + (1.0 - past) * (gradient - mean)


def _mean_square(square: Number, gradient: Number, past: Number) -> Number:
    """A running mean of squares, rounded as PyTorch rounds it, which is otherwise."""
    return past * square + (1.0 - past) * (gradient * gradient)

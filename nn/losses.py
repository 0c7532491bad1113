"""Losses: `loss(prediction, target)` is the cost of one sample, a `Value`.

A prediction is what the model gave: a Value, or a list of them. A target is a number, a list of them, or, for
`cross_entropy` and `nll`, a class index. Targets may be Values too, so that a loss can be recorded once for all.

A loss is a row: a name, the cost, and what counts as a right answer. One of your own has accuracy like the others:

    fit(model, xs, ys, loss=Loss("squared_hinge", lambda a, y: relu(1 - y * a) ** 2, right=answers.same_sign))
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from autograd_lite import Value, equal, greater_equal, log, log1p, logsumexp, minimum, pick, relu, softplus, where
from autograd_lite.errors import ALLOWED, as_float, is_real, shown
from autograd_lite.op import Number
from nn import answers
from nn.answers import Outputs, Right

Cost = Callable[[Any, Any], Value]


@dataclass(frozen=True, repr=False)
class Loss:
    """A loss: `cost(prediction, target)` of one sample, which calling the loss gives, under a name.

    `right(prediction, target)` is 1 for a right answer and 0 for a wrong one, made of comparisons like `greater`;
    without it there is no accuracy. `has_answers(targets)` says whether targets have right answers at all, given
    each different one.
    """

    name: str
    cost: Cost
    right: Right | None = None
    has_answers: Callable[[Sequence[Any]], bool] = bool

    def __call__(self, prediction: Any, target: Any) -> Value:
        """The cost of one sample."""
        return self.cost(prediction, target)

    def judge(self, targets: Sequence[Any]) -> Right | None:
        """How to tell a right answer among these targets; None where there is no such thing."""
        return self.right if self.right is not None and self.has_answers(targets) else None

    def __repr__(self) -> str:
        return self.name

    def __reduce__(self) -> tuple[object, ...]:
        """A row of this file is copied and pickled as its name."""
        if LOSSES.get(self.name) is self:
            return find, (self.name,)
        return Loss, (self.name, self.cost, self.right, self.has_answers)


LOSSES: dict[str, Loss] = {}


def _loss(right: Right | None = None, has_answers: Callable[[Sequence[Any]], bool] = bool) -> Callable[[Cost], Loss]:
    """A row of the table from the function of its cost."""

    def row(cost: Cost) -> Loss:
        loss = LOSSES[cost.__name__] = Loss(cost.__name__, cost, right, has_answers)
        object.__setattr__(loss, "__doc__", cost.__doc__)
        return loss

    return row


@_loss(answers.same_largest, answers.are_one_hot)
def quadratic(prediction: Outputs, target: Outputs) -> Value:
    """½ Σ (a − y)²: the derivation's cost of one sample."""
    return 0.5 * _squares(_pairs("quadratic", prediction, target))


@_loss(answers.same_largest, answers.are_one_hot)
def mse(prediction: Outputs, target: Outputs) -> Value:
    """The mean of (a − y)² over the outputs."""
    pairs = _pairs("mse", prediction, target)
    return _squares(pairs) / len(pairs)


@_loss(answers.same_largest, answers.are_one_hot)
def mae(prediction: Outputs, target: Outputs) -> Value:
    """The mean of |a − y| over the outputs."""
    pairs = _pairs("mae", prediction, target)
    return _sum(abs(a - y) for a, y in pairs) / len(pairs)


@_loss(answers.same_largest, answers.are_one_hot)
def huber(prediction: Outputs, target: Outputs) -> Value:
    """The mean over the outputs of ½d² where d = a − y is within ±1, and of |d| − ½ beyond (P. Huber 1964)."""
    pairs = _pairs("huber", prediction, target)
    return _sum(_rounded_off(a - y) for a, y in pairs) / len(pairs)


def _rounded_off(d: Value) -> Value:
    near: Value = minimum(abs(d), 1.0)  # |d| − ½ is near·(|d| − ½·near) with near = 1, and ½d² is that with near = |d|
    return near * (abs(d) - 0.5 * near)


@_loss(answers.same_sign)
def hinge(prediction: Outputs, target: Outputs) -> Value:
    """max(0, 1 − y·a), for a single output and a target of −1 or 1."""
    a, y = _pair("hinge", prediction, target)
    if not isinstance(y, Value) and y not in (-1, 1):
        raise ValueError(f"hinge: expected target -1 or 1, got {shown(y)}")
    loss: Value = relu(1 - y * a)
    return loss


@_loss(answers.same_half)
def binary_cross_entropy(prediction: Outputs, target: Outputs) -> Value:
    """−Σ (y ln a + (1 − y) ln(1 − a)), for probabilities a and targets y in [0, 1].

    Where a = σ(z) was made by the op `sigmoid` (a layer with `output="sigmoid"`) the same cost is written with z,
    y softplus(−z) + (1 − y) softplus(z), which neither overflows nor loses digits when a reaches 0 or 1.
    Raises ValueError for a prediction or a target outside [0, 1].
    """
    return _sum(_bernoulli(a, y) for a, y in _shares("binary_cross_entropy", prediction, target))


def _bernoulli(a: Value, y: Number) -> Value:
    if a.op is not None and a.op.name == "sigmoid":
        (z,) = a.parents
        return y * softplus(-z) + (1 - y) * softplus(z)  # type: ignore[no-any-return]
    if not 0.0 <= a.data <= 1.0:
        raise ValueError(
            f"binary_cross_entropy: expected a probability, got {a.data:.6g}; give the model output='sigmoid'"
        )
    logarithms = log(_counting(a, y, 0.0)), log1p(_counting(-a, 1 - y, -1.0))
    return -(y * logarithms[0] + (1 - y) * logarithms[1])  # type: ignore[no-any-return]


def _counting(x: Value, share: Number, pole: float) -> Number:
    """What a logarithm is taken of; 1 more than its pole if it has no share in the cost, as 0 · ln 0 is 0 here.

    What lies beyond the pole stays: what is no probability is nan in a program that checks nothing.
    """
    if not isinstance(share, Value) and share:
        return x
    return where(equal(share, 0.0) * greater_equal(x, pole), pole + 1.0, x)


@_loss(answers.same_side)
def binary_cross_entropy_with_logits(prediction: Outputs, target: Outputs) -> Value:
    """`binary_cross_entropy` of σ(z), for logits z, the outputs of a linear layer, and targets y in [0, 1]."""
    pairs = _shares("binary_cross_entropy_with_logits", prediction, target)
    return _sum(y * softplus(-z) + (1 - y) * softplus(z) for z, y in pairs)


@_loss(answers.same_class)
def nll(prediction: Outputs, target: Outputs) -> Value:
    """−aₖ for log-probabilities a, as `log_softmax` gives them, and k the target class, from 0.

    A list as target gives one probability a class instead. Raises ValueError for outputs whose exponentials don't add
    up to 1: for those of a linear layer there is `cross_entropy`.
    """
    outputs = _outputs("nll", prediction)
    total = math.fsum(math.exp(min(a.data, 1.0)) for a in outputs)
    if abs(total - 1.0) > 1e-6:
        raise ValueError(
            f"nll: expected log-probabilities, whose exponentials add up to 1, got a sum of {total:.6g}; give the "
            "model log_softmax, or use cross_entropy"
        )
    return -_chosen("nll", outputs, target)


@_loss(answers.same_class)
def cross_entropy(prediction: Outputs, target: Outputs) -> Value:
    """−ln softmax(z)ₖ for logits z, the linear outputs of the last layer, and k the target class, from 0.

    Computed as ln Σ eᶻ − zₖ, so logits of any size neither overflow nor lose the small probabilities, and δ is
    softmax(z) − 1ₖ node by node. A list as target gives one probability a class instead.
    """
    logits = _outputs("cross_entropy", prediction)
    if len(logits) < 2:
        raise ValueError(f"cross_entropy: expected two or more outputs, got {len(logits)}; use binary_cross_entropy")
    normaliser: Value = logsumexp(*logits)
    return normaliser - _chosen("cross_entropy", logits, target)


def _chosen(name: str, logits: Sequence[Value], target: Outputs) -> Value:
    """The logit of the target class, chosen anew for each target of a recording."""
    if not isinstance(target, Value):
        if not is_real(target):
            return _sum(y * z for z, y in _pairs(name, logits, target))
        target = as_float(target, f"{name}: target")
        if target not in range(len(logits)):
            raise ValueError(f"{name}: expected a class from 0 to {len(logits) - 1}, got {target:g}")
    chosen: Value = pick(target, *logits)
    return chosen


def find(loss: str | Loss | Cost) -> Loss:
    """The loss of a name, a loss itself, or a function as a loss without accuracy."""
    if isinstance(loss, Loss):
        return loss
    if callable(loss):
        return Loss(getattr(loss, "__name__", "loss"), loss)
    if not isinstance(loss, str) or loss not in LOSSES:
        raise ValueError(f"loss: expected a function or one of {', '.join(LOSSES)}, got {shown(loss)}")
    return LOSSES[loss]


def _squares(pairs: list[tuple[Value, Number]]) -> Value:
    differences = [a - y for a, y in pairs]
    return _sum(d * d for d in differences)


def _sum(terms: Iterable[Value]) -> Value:
    """The terms added up from left to right; there is at least one."""
    total: Value = sum(terms)  # type: ignore[assignment]
    return total


def _row(where: str, x: Outputs) -> list[Value | float]:
    """One Value or number, or the list of them; numbers as floats."""
    try:
        items = [x] if isinstance(x, Value) or is_real(x) else list(x)
    except TypeError:
        raise TypeError(f"{where}: expected a Value, a number, or a list of them, got {shown(x)}") from None
    return [item if isinstance(item, Value) else as_float(item, where, f"a Value or {ALLOWED}") for item in items]


def _outputs(name: str, prediction: Outputs) -> list[Value]:
    return [a if isinstance(a, Value) else Value(a) for a in _row(f"{name}: prediction", prediction)]


def _pairs(name: str, prediction: Outputs, target: Outputs) -> list[tuple[Value, Number]]:
    """Each output with its target."""
    outputs, targets = _outputs(name, prediction), _row(f"{name}: target", target)
    if len(outputs) != len(targets):
        raise ValueError(f"{name}: expected {len(outputs)} target(s), one an output, got {len(targets)}")
    if not outputs:
        raise ValueError(f"{name}: expected a prediction of at least one output, got none")
    return list(zip(outputs, targets, strict=True))


def _shares(name: str, prediction: Outputs, target: Outputs) -> list[tuple[Value, Number]]:
    """Each output with its target, a probability: beyond [0, 1] the cost has no minimum."""
    pairs = _pairs(name, prediction, target)
    for _, y in pairs:
        if not isinstance(y, Value) and (y < 0.0 or y > 1.0):
            raise ValueError(f"{name}: expected targets from 0 to 1, got {y:.6g}; for classes use cross_entropy")
    return pairs


def _pair(name: str, prediction: Outputs, target: Outputs) -> tuple[Value, Number]:
    pairs = _pairs(name, prediction, target)
    if len(pairs) != 1:
        raise ValueError(f"{name}: expected a model with 1 output, got {len(pairs)}")
    return pairs[0]

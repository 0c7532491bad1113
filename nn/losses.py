"""Losses: `loss(prediction, target)` is the cost of one sample, a `Value`.

A prediction is what the model gave: a Value, or a list of them. A target is a number, a list of them, or, for
`cross_entropy`, a class index; targets may be Values too, so that a loss can be recorded once for all samples.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from autograd_lite import Value, equal, log, log1p, logaddexp, relu, softplus, where
from autograd_lite.scalars import ALLOWED, as_float, is_real, shown

Loss = Callable[[Any, Any], Value]


def quadratic(prediction: Any, target: Any) -> Value:
    """½ Σ (a − y)²: the derivation's cost of one sample."""
    return 0.5 * _squares(_pairs("quadratic", prediction, target))


def mse(prediction: Any, target: Any) -> Value:
    """The mean of (a − y)² over the outputs."""
    pairs = _pairs("mse", prediction, target)
    return _squares(pairs) / len(pairs)


def hinge(prediction: Any, target: Any) -> Value:
    """max(0, 1 − y·a), for a single output and a target of −1 or 1."""
    a, y = _pair("hinge", prediction, target)
    if not isinstance(y, Value) and y not in (-1, 1):
        raise ValueError(f"hinge: expected target -1 or 1, got {shown(y)}")
    loss: Value = relu(1 - y * a)
    return loss


def binary_cross_entropy(prediction: Any, target: Any) -> Value:
    """−Σ (y ln a + (1 − y) ln(1 − a)), for probabilities a and targets y in [0, 1].

    Where a = σ(z) was made by the op `sigmoid` (a layer with `output="sigmoid"`) the same cost is written with z,
    y softplus(−z) + (1 − y) softplus(z), which neither overflows nor loses digits when a reaches 0 or 1.
    Raises ValueError for a prediction outside [0, 1].
    """
    return _sum(_bernoulli(a, y) for a, y in _pairs("binary_cross_entropy", prediction, target))


def _bernoulli(a: Value, y: Any) -> Value:
    if a.op is not None and a.op.name == "sigmoid":
        (z,) = a.parents
        return y * softplus(-z) + (1 - y) * softplus(z)  # type: ignore[no-any-return]
    if not 0.0 <= a.data <= 1.0:
        raise ValueError(
            f"binary_cross_entropy: expected a probability, got {a.data:.6g}; give the model output='sigmoid'"
        )
    return -(y * log(a) + (1 - y) * log1p(-a))  # type: ignore[no-any-return]


def cross_entropy(prediction: Any, target: Any) -> Value:
    """−ln softmax(z)ₖ for logits z, the linear outputs of the last layer, and k the target class, from 0.

    Computed as ln Σ eᶻ − zₖ, so logits of any size neither overflow nor lose the small probabilities. A list as
    target gives one probability a class instead.
    """
    logits = _outputs("cross_entropy", prediction)
    if len(logits) < 2:
        raise ValueError("cross_entropy: expected two or more outputs, got 1; use binary_cross_entropy")
    normaliser: Value = logits[0]
    for logit in logits[1:]:
        normaliser = logaddexp(normaliser, logit)
    return normaliser - _chosen(logits, target)


def _chosen(logits: Sequence[Value], target: Any) -> Value:
    """The logit of the target class; of a recorded target it is found by `where`, so that no branch is fixed."""
    if isinstance(target, Value):
        return _sum(where(equal(target, k), logit, 0.0) for k, logit in enumerate(logits))
    if not is_real(target):
        return _sum(y * z for z, y in _pairs("cross_entropy", logits, target))
    index = as_float(target, "cross_entropy: target")
    if index not in range(len(logits)):
        raise ValueError(f"cross_entropy: expected a class from 0 to {len(logits) - 1}, got {shown(target)}")
    return logits[int(index)]


LOSSES: dict[str, Loss] = {
    "quadratic": quadratic,
    "mse": mse,
    "hinge": hinge,
    "binary_cross_entropy": binary_cross_entropy,
    "cross_entropy": cross_entropy,
}


def find(loss: str | Loss) -> Loss:
    """The loss of a name, or the function itself."""
    if callable(loss):
        return loss
    if not isinstance(loss, str) or loss not in LOSSES:
        raise ValueError(f"loss: expected a function or one of {', '.join(LOSSES)}, got {shown(loss)}")
    return LOSSES[loss]


def _squares(pairs: list[tuple[Value, Any]]) -> Value:
    differences = [a - y for a, y in pairs]
    return _sum(d * d for d in differences)


def _sum(terms: Iterable[Value]) -> Value:
    """The terms added up from left to right; there is at least one."""
    total: Value = sum(terms)  # type: ignore[assignment]
    return total


def _row(where: str, x: Any) -> list[Any]:
    """One Value or number, or the list of them; numbers as floats."""
    try:
        items = [x] if isinstance(x, Value) or is_real(x) else list(x)
    except TypeError:
        raise TypeError(f"{where}: expected a Value, a number, or a list of them, got {shown(x)}") from None
    return [item if isinstance(item, Value) else as_float(item, where, f"a Value or {ALLOWED}") for item in items]


def _outputs(name: str, prediction: Any) -> list[Value]:
    return [a if isinstance(a, Value) else Value(a) for a in _row(f"{name}: prediction", prediction)]


def _pairs(name: str, prediction: Any, target: Any) -> list[tuple[Value, Any]]:
    """Each output with its target."""
    outputs, targets = _outputs(name, prediction), _row(f"{name}: target", target)
    if len(outputs) != len(targets):
        raise ValueError(f"{name}: expected {len(outputs)} target(s), one an output, got {len(targets)}")
    return list(zip(outputs, targets, strict=True))


def _pair(name: str, prediction: Any, target: Any) -> tuple[Value, Any]:
    pairs = _pairs(name, prediction, target)
    if len(pairs) != 1:
        raise ValueError(f"{name}: expected a model with 1 output, got {len(pairs)}")
    return pairs[0]

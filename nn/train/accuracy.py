"""When an answer counts as right, as a `Value` made of comparisons: 1 or 0, and recordable like any other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from autograd_lite import Value, equal, greater, greater_equal, maximum, where
from nn.losses import Loss, binary_cross_entropy, cross_entropy, hinge, mse, quadratic

Right = Callable[[Any, Any], Value]


def judge(loss: Loss, targets: Sequence[Any]) -> Right | None:
    """How to tell a right answer, for a loss and the targets it is used with; None where there is no such thing."""
    if loss in (quadratic, mse):
        return _largest if all(_is_one_hot(target) for target in targets) else None
    judges = ((hinge, _same_sign), (binary_cross_entropy, _same_half), (cross_entropy, _class))
    return next((right for known, right in judges if known is loss), None)


def _is_one_hot(target: Any) -> bool:
    return isinstance(target, list) and len(target) > 1 and sorted(target) == [0.0] * (len(target) - 1) + [1.0]


def _same_sign(prediction: Any, target: Any) -> Value:
    return greater(_only(prediction) * _only(target), 0.0)  # type: ignore[no-any-return]


def _same_half(prediction: Any, target: Any) -> Value:
    if not isinstance(prediction, list):
        prediction, target = [prediction], [_only(target)]
    right: Value = Value(1.0)
    for a, y in zip(prediction, target, strict=True):
        right = right * equal(greater(a, 0.5), greater(y, 0.5))
    return right


def _class(prediction: Any, target: Any) -> Value:
    """Whether the target's logit is the largest."""
    if isinstance(target, list):
        return _largest(prediction, target)
    chosen = sum(where(equal(target, k), logit, 0.0) for k, logit in enumerate(prediction))
    return greater_equal(chosen, _max(prediction))  # type: ignore[no-any-return]


def _largest(prediction: Any, target: Any) -> Value:
    """Whether the largest output stands where the largest target does."""
    chosen = sum(a * greater_equal(y, _max(target)) for a, y in zip(prediction, target, strict=True))
    return greater_equal(chosen, _max(prediction))  # type: ignore[no-any-return]


def _max(row: Sequence[Any]) -> Any:
    largest = row[0]
    for x in row[1:]:
        largest = maximum(largest, x)
    return largest


def _only(x: Any) -> Any:
    return x[0] if isinstance(x, list) else x

"""When an answer counts as right, as a `Value` made of comparisons: 1 or 0, and recordable like any other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

from autograd_lite import Value, equal, greater, greater_equal, maximum, pick

Right = Callable[[Any, Any], Any]  # (prediction, target) -> 1 or 0


def are_one_hot(targets: Sequence[Any]) -> bool:
    """Whether each target is a row with a single 1 among zeros: then the largest output is the answer."""
    return all(_is_one_hot(target) for target in targets)


def _is_one_hot(target: Any) -> bool:
    return isinstance(target, list) and len(target) > 1 and sorted(target) == [0.0] * (len(target) - 1) + [1.0]


def same_sign(prediction: Any, target: Any) -> Value:
    """Whether the output has the sign of the target, −1 or 1."""
    return greater(_only(prediction) * _only(target), 0.0)  # type: ignore[no-any-return]


def same_half(prediction: Any, target: Any) -> Value:
    """Whether every probability lies on its target's side of ½."""
    return _on_the_same_side(0.5, prediction, target)


def same_side(prediction: Any, target: Any) -> Value:
    """Whether every logit lies on the side of 0 on which its target lies of ½."""
    return _on_the_same_side(0.0, prediction, target)


def _on_the_same_side(middle: float, prediction: Any, target: Any) -> Value:
    if not isinstance(prediction, list):
        prediction, target = [prediction], [_only(target)]
    right: Value = Value(1.0)
    for a, y in zip(prediction, target, strict=True):
        right = right * equal(greater(a, middle), greater(y, 0.5))
    return right


def same_class(prediction: Any, target: Any) -> Value:
    """Whether the target's logit is the largest."""
    if isinstance(target, list):
        return same_largest(prediction, target)
    chosen = pick(target, *prediction)
    return greater_equal(chosen, _max(prediction))  # type: ignore[no-any-return]


def same_largest(prediction: Any, target: Any) -> Value:
    """Whether the largest output stands where the largest target does."""
    chosen = sum(a * greater_equal(y, _max(target)) for a, y in zip(prediction, target, strict=True))
    return greater_equal(chosen, _max(prediction))  # type: ignore[no-any-return]


def _max(row: Sequence[Any]) -> Any:
    return reduce(maximum, row)


def _only(x: Any) -> Any:
    return x[0] if isinstance(x, list) else x

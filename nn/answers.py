"""When an answer counts as right, as a `Value` made of comparisons: 1 or 0, and recordable like any other; and what
the outputs of a model mean that was trained to give right answers."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any, TypeAlias

from autograd_lite import Value, equal, greater, greater_equal, maximum, pick, sigmoid
from autograd_lite.op import Number

# What a model gives, one output or several, and the target of these.
Outputs: TypeAlias = Number | Sequence[Number]

Right = Callable[[Any, Any], Number]  # (prediction, target) -> 1 or 0


def are_one_hot(targets: Sequence[Outputs]) -> bool:
    """Whether each target is a row with a single 1 among zeros: then the largest output is the answer."""
    return all(_is_one_hot(target) for target in targets)


def _is_one_hot(target: Outputs) -> bool:
    return isinstance(target, list) and len(target) > 1 and sorted(target) == [0.0] * (len(target) - 1) + [1.0]


def same_sign(prediction: Outputs, target: Outputs) -> Value:
    """Whether the output has the sign of the target, −1 or 1."""
    return greater(_only(prediction) * _only(target), 0.0)  # type: ignore[no-any-return]


def same_half(prediction: Outputs, target: Outputs) -> Value:
    """Whether every probability lies on its target's side of ½."""
    return _on_the_same_side(0.5, prediction, target)


def same_side(prediction: Outputs, target: Outputs) -> Value:
    """Whether every logit lies on the side of 0 on which its target lies of ½."""
    return _on_the_same_side(0.0, prediction, target)


def _on_the_same_side(middle: float, prediction: Outputs, target: Outputs) -> Value:
    if not isinstance(prediction, list):
        prediction, target = [prediction], [_only(target)]
    right: Value = Value(1.0)
    for a, y in zip(prediction, target, strict=True):
        right = right * equal(greater(a, middle), greater(y, 0.5))
    return right


def same_class(prediction: Outputs, target: Outputs) -> Value:
    """Whether the target's logit is the largest."""
    if isinstance(target, list):
        return same_largest(prediction, target)
    chosen = pick(target, *prediction)
    return greater_equal(chosen, _max(prediction))  # type: ignore[no-any-return]


def same_largest(prediction: Outputs, target: Outputs) -> Value:
    """Whether the largest output stands where the largest target does."""
    chosen = sum(a * greater_equal(y, _max(target)) for a, y in zip(prediction, target, strict=True))
    return greater_equal(chosen, _max(prediction))  # type: ignore[no-any-return]


def _max(row: Sequence[Number]) -> Number:
    return reduce(maximum, row)


def _only(x: Outputs) -> Number:
    return x[0] if isinstance(x, list) else x


@dataclass(frozen=True)
class Reading:
    """How the numbers of an output are read: as an answer, and as the probability of each class, if that can be."""

    answer: Callable[[list[float]], Any]
    probabilities: Callable[[list[float]], list[float]] | None = None


def _largest(outputs: list[float]) -> int:
    return outputs.index(max(outputs))


def _shares(logits: list[float]) -> list[float]:
    """softmax; of logarithms of probabilities it is those probabilities."""
    powers = [math.exp(z - max(logits)) for z in logits]
    return [power / math.fsum(powers) for power in powers]


def _sides(outputs: list[float], middle: float) -> int | list[int]:
    sides = [int(a > middle) for a in outputs]
    return sides[0] if len(sides) == 1 else sides


def _both(probabilities: list[float]) -> list[float]:
    """Of one output the probabilities of class 0 and 1, of several what they are."""
    return [1.0 - probabilities[0], probabilities[0]] if len(probabilities) == 1 else probabilities


# What an output means to a model trained with a loss that tells right answers by the function of this name.
READINGS = {
    "same_sign": Reading(lambda outputs: 1 if outputs[0] > 0.0 else -1),
    "same_half": Reading(lambda outputs: _sides(outputs, 0.5), _both),
    "same_side": Reading(lambda outputs: _sides(outputs, 0.0), lambda zs: _both([float(sigmoid(z)) for z in zs])),
    "same_class": Reading(_largest, _shares),
    "same_largest": Reading(_largest),
}

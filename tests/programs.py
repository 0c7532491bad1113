"""Random programs over the whole table of ops, as hypothesis draws, shrinks and prints them.

A program is straight-line: each step applies an op to earlier numbers. An argument outside the interval in which the
op is smooth is first pressed into it by a sigmoid, and a step too near to a kink is left out, so that every program
has the derivatives that the oracles take.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from autograd_lite.ops import TABLE

MARGIN = 0.05  # how far a program stays away from kinks
KINKS: dict[str, Callable[..., float]] = {
    **dict.fromkeys(("abs", "relu", "leaky_relu", "elu"), lambda x: x),
    **dict.fromkeys(("maximum", "minimum"), lambda a, b: a - b),
    **dict.fromkeys(("greater", "greater_equal", "less", "less_equal", "equal"), lambda a, b: a - b),
    "where": lambda condition, a, b: condition,
    "pick": lambda index, *xs: index - round(index),
}
NAMES = "xyabcdefghijklmnopqrstuvwz"

Step = tuple[str, tuple[Any, ...]]  # the name of an op, and its arguments: places (int) or constants (float)


@dataclass(frozen=True)
class Program:
    """Steps, and the point at which it is taken."""

    point: tuple[float, float]
    steps: tuple[Step, ...]

    def run(self, ops: Mapping[str, Callable[..., Any]], xs: Sequence[Any]) -> list[Any]:
        """All its numbers, of whatever type the ops make."""
        numbers = list(xs)
        for name, arguments in self.steps:
            numbers.append(ops[name](*[numbers[a] if isinstance(a, int) else a for a in arguments]))
        return numbers

    def __call__(self, *xs: Any) -> Any:
        """Its last number, with this project's ops."""
        return self.run(TABLE, xs)[-1]

    def __repr__(self) -> str:
        """The formula, one assignment a step."""
        lines = [f"{name} = {x!r}" for name, x in zip("xy", self.point, strict=True)]
        for i, (name, arguments) in enumerate(self.steps, start=2):
            written = [_name(a) if isinstance(a, int) else f"({a!r})" for a in arguments]
            lines.append(f"{_name(i)} = {TABLE[name].text_of(len(written)).format(*written)}")
        return "; ".join(lines)


def _name(place: int) -> str:
    return NAMES[place] if place < len(NAMES) else f"v{place}"


def build(point: tuple[float, float], wishes: Sequence[tuple[str, tuple[int, ...]]]) -> Program:
    """The program of these ops on these places, kept inside the ops' intervals and away from their kinks."""
    steps: list[Step] = []
    numbers = list(point)

    def add(name: str, *arguments: Any) -> int:
        values = [numbers[a] if isinstance(a, int) else a for a in arguments]
        steps.append((name, arguments))
        numbers.append(TABLE[name].forward(*values))
        return len(numbers) - 1

    def pressed(place: int, low: float, high: float) -> int:
        width = high - low
        if low + MARGIN * width < numbers[place] < high - MARGIN * width:
            return place
        return add("add", add("multiply", add("sigmoid", place), round(0.8 * width, 3)), round(low + 0.1 * width, 3))

    for name, choices in wishes:
        op = TABLE[name]
        places = [pressed(i % len(numbers), *interval) for i, interval in zip(choices, op.domain, strict=False)]
        if name not in KINKS or abs(KINKS[name](*[numbers[i] for i in places])) > MARGIN:
            add(name, *places)
    add("add", len(numbers) - 1, add("multiply", 0, 1))
    return Program(point, tuple(steps))


coordinates = st.floats(-2.0, 2.0).map(lambda x: round(x, 6))
choices = st.integers(0, 30)
wishes = st.tuples(st.sampled_from(list(TABLE)), st.tuples(*[choices] * max(op.arity for op in TABLE.values())))
programs = st.builds(build, st.tuples(coordinates, coordinates), st.lists(wishes, min_size=1, max_size=8))

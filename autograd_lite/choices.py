"""The rows of the table that compare and choose: with them a rule tells cases apart, for numbers of any kind."""

import math
import operator
from collections.abc import Callable

from autograd_lite.composite import enter as _row
from autograd_lite.op import Op

# ---- comparisons: 1 where they hold, 0 where they don't, flat everywhere ----


def _comparison(name: str, holds: Callable[[float, float], bool], symbol: str, latex: str) -> Op:
    return _row(
        name,
        lambda a, b: 1.0 if holds(a, b) else 0.0,
        lambda a, b, out: (0.0, 0.0),
        (-3, 3),
        (-3, 3),
        symbol=symbol,
        latex=rf"\left[{{}} {latex} {{}}\right]",
        meaning=f"1 where x {symbol.replace('≥', '>=').replace('≤', '<=')} y, else 0",
    )


greater = _comparison("greater", operator.gt, ">", ">")
greater_equal = _comparison("greater_equal", operator.ge, "≥", r"\ge")
less = _comparison("less", operator.lt, "<", "<")
less_equal = _comparison("less_equal", operator.le, "≤", r"\le")
equal = _comparison("equal", operator.eq, "=", "=")

# ---- choices: at a kink the conventions are PyTorch's ----

where = _row(
    "where", lambda condition, a, b: a if condition != 0.0 else b,
    lambda condition, a, b, out: (0.0, 1.0 - equal(condition, 0.0), equal(condition, 0.0)), (-1, 1), (-3, 3), (-3, 3),
    selects=True,
    meaning="the second number where the first is not 0, else the third",
)  # fmt: skip
maximum = _row(
    "maximum", lambda a, b: a if a > b or a != a else b,
    lambda a, b, out: (1.0 - less(a, b) - 0.5 * equal(a, b), 1.0 - less(b, a) - 0.5 * equal(a, b)), (-3, 3), (-3, 3),
    latex=r"\max\left({}, {}\right)", definition=lambda a, b: where(greater(a, b), a, where(equal(a, a), b, a)),
    selects=True,
    meaning="the larger of two numbers; of equal ones each gets half the gradient",
)  # fmt: skip
minimum = _row(
    "minimum", lambda a, b: a if a < b or a != a else b,
    lambda a, b, out: (1.0 - less(b, a) - 0.5 * equal(a, b), 1.0 - less(a, b) - 0.5 * equal(a, b)), (-3, 3), (-3, 3),
    latex=r"\min\left({}, {}\right)", definition=lambda a, b: where(less(a, b), a, where(equal(a, a), b, a)),
    selects=True,
    meaning="the smaller of two numbers; of equal ones each gets half the gradient",
)  # fmt: skip
absolute: Op = _row(
    "abs", math.fabs, lambda x, out: (greater(x, 0.0) - less(x, 0.0),), (-3, 3),
    latex=r"\left|{}\right|", meaning="the distance from 0; its slope at 0 is 0",
)  # fmt: skip

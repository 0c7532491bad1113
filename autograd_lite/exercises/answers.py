"""What kinds of answers have in common, and the plainest of them, a number.

A kind knows the right answer and the `slips`, answers that are wrong in a way that has a name. It reads what a person
gives, says whether two answers are the same, and says what it can of one that is neither right nor a slip.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from autograd_lite.errors import as_float, is_real, shown
from autograd_lite.exercises.text import Text
from autograd_lite.exercises.writing import as_python
from autograd_lite.telling.expression import parse

Slips = Sequence[tuple[Any, str, str]]  # an answer, and what to say of it in English and in Chinese

ROUNDED = 2e-3  # relative: a fraction may be given in three digits
ASKED = "exercise: expected a number, like 0.5 or 2*3"
FACTORS = (2.0, 3.0, 4.0, 10.0, 100.0)


class Kind(Protocol):
    """What the kinds of answers have in common."""

    @property
    def slips(self) -> Slips:
        """The wrong answers that have a name."""

    @property
    def asks(self) -> Text:
        """What an answer looks like."""

    def typed(self, line: str) -> Any:
        """The answer that a person typed in a terminal."""

    def read(self, answer: Any) -> Any:
        """The answer, if it is one of this kind; else TypeError or ValueError, which say what is."""

    def is_right(self, answer: Any) -> bool:
        """Whether the answer is right."""

    def is_slip(self, answer: Any, slip: Any) -> bool:
        """Whether the answer is what this slip gives."""

    def otherwise(self, answer: Any) -> Text:
        """What can be said of another answer."""


@dataclass(frozen=True)
class NumberAnswer:
    """A number: exact where the right one is whole, else to three digits."""

    right: float
    slips: Slips

    asks = Text("Answer with a number.", "答案是一个数。")

    def typed(self, line: str) -> Any:
        """The line itself: `read` takes text."""
        return line

    def read(self, answer: Any) -> float:
        """A number, or one as text, such as "2*3". True and False are no numbers here."""
        if isinstance(answer, str):
            return counted(answer)
        if isinstance(answer, bool) or not is_real(answer):
            raise TypeError(f"{ASKED}, got {shown(answer)}")
        return as_float(answer, "exercise: answer")

    def is_right(self, answer: float) -> bool:
        """Whether it is the right number."""
        return same_number(answer, self.right)

    def is_slip(self, answer: float, slip: float) -> bool:
        """Whether it is the number that the slip gives."""
        return same_number(answer, slip)

    def otherwise(self, answer: float) -> Text:
        """How it is off: in sign, by a factor, or in size."""
        return off(answer, self.right)


def counted(text: str) -> float:
    """The number that a text comes to. Raises ValueError where it comes to none, and says why."""
    line = as_python(text)
    if not line:
        raise ValueError(f"{ASKED}, got nothing")
    if re.fullmatch(r"[-+]?\d+(,\d+)+(\.\d+)?", line):
        raise ValueError(f"{ASKED}, got {shown(text)}; decimals begin with a point, and no comma stands between digits")
    try:
        return float(parse(line)({}))
    except ValueError as error:
        why = f"{error}".split(": ", 2)[-1].split("; add ")[0]  # without the column, and what would help elsewhere
        raise ValueError(f"{ASKED}, got {shown(text)}: {why}") from None


def same_number(x: float, y: float) -> bool:
    """Whether two numbers are the same, up to rounding by a person where y is no whole number."""
    return math.isclose(x, y, rel_tol=1e-9 if y == round(y) else ROUNDED, abs_tol=1e-9)


def off(x: float, right: float) -> Text:
    """How a wrong number is off."""
    if not math.isfinite(x):
        return Text(f"{x:g} is no number to go on with.", f"{x:g} 不能当作答案。")
    if same_number(-x, right):
        return Text("The size is right, the sign is not.", "大小对了，符号反了。")
    for factor in FACTORS:
        if same_number(x / factor, right):
            return Text(f"That is {factor:g} times the answer.", f"这是正确答案的 {factor:g} 倍。")
        if right and same_number(x * factor, right):
            return Text(f"That is one {factor:g}th of the answer." if factor > 3 else
                        f"That is {'half' if factor == 2 else 'a third'} of the answer.",
                        f"这只是正确答案的 {factor:g} 分之一。")  # fmt: skip
    if x * right < 0:
        return Text("Not the sign, and not the size.", "符号不对，大小也不对。")
    en, zh = ("large", "大") if abs(x) > abs(right) else ("small", "小")
    if right < 0:  # −3 is less than −2, and larger in size
        return Text(f"{x:.10g} is too {en} in size.", f"{x:.10g} 的绝对值太{zh}了。")
    return Text(f"{x:.10g} is too {en}.", f"{x:.10g} 太{zh}了。")

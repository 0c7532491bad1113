"""Answers that are formulas, as text: held to the right one at points, never evaluated by Python itself."""

from __future__ import annotations

import contextlib
import inspect
import math
import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from autograd_lite.errors import shown
from autograd_lite.exercises.answers import Slips
from autograd_lite.exercises.text import Text
from autograd_lite.exercises.writing import as_python
from autograd_lite.op import Number
from autograd_lite.telling.defining import define
from autograd_lite.telling.expression import Expression, parse

N_POINTS = 7


@dataclass(frozen=True)
class Formula:
    """An expression. `free` names vary on their own; `given` ones are expressions in those before them."""

    right: str
    free: str
    slips: Slips
    given: Mapping[str, str] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        """What the expression may speak of."""
        return [*self.given, *self.free.split()]

    @property
    def asks(self) -> Text:
        """The names, and how it is written."""
        names = ", ".join(self.names)
        return Text(f'Answer with an expression in some of {names}, as text: "2*{self.names[0]}".',
                    f'答案是由 {names} 中的若干个组成的表达式，写成字符串，例如 "2*{self.names[0]}"。')  # fmt: skip

    @cached_property
    def _points(self) -> list[dict[str, float]]:
        generator = random.Random(self.right)
        points = []
        for _ in range(N_POINTS):
            point = {name: generator.uniform(0.2, 0.9) for name in self.free.split()}
            for name, text in self.given.items():
                point[name] = parse(text)(point)
            points.append(point)
        return points

    def typed(self, line: str) -> Any:
        """The line without the quotes that a person may have typed."""
        return line.strip().strip("\"'")

    def read(self, answer: Any) -> Expression:
        """Text, or a number."""
        is_number = isinstance(answer, (int, float)) and not isinstance(answer, bool)
        text = answer if isinstance(answer, str) else f"{answer!r}" if is_number else ""
        if not text.strip():
            raise (ValueError if isinstance(answer, str) else TypeError)(
                f'exercise: expected an expression as text, like "2*{self.names[0]}", got {shown(answer)}'
            )
        if slope := re.search("\\w+[′']", text):
            raise ValueError(f"exercise: expected an expression in {', '.join(self.names)}, got {slope[0]} in it; "
                             "write out what this derivative is")  # fmt: skip
        expression = parse(as_python(text, self.names))
        other = [name for name in expression.names if name not in self.names]
        if other:
            raise ValueError(f"exercise: expected an expression in {', '.join(self.names)}, got {other[0]} in it")
        return expression

    def _numbers(self, expression: Expression) -> list[float]:
        return [float(expression(point)) for point in self._points]

    def is_right(self, answer: Expression) -> bool:
        """Whether it is the right one at all points."""
        return self.is_slip(answer, self.right)

    def is_slip(self, answer: Expression, slip: str) -> bool:
        """Whether it is that formula at all points."""
        return all(map(_close, self._numbers(answer), self._numbers(parse(slip))))

    def otherwise(self, answer: Expression) -> Text:
        """A sign, a factor, a constant, a name too much or too few; else the numbers at a point."""
        got, wanted = self._numbers(answer), self._numbers(parse(self.right))
        ratio = got[0] / wanted[0] if wanted[0] else math.nan
        if all(_close(g, ratio * w) for g, w in zip(got, wanted, strict=True)) and math.isfinite(ratio):
            if _close(ratio, -1.0):
                return Text("The sign is wrong, the rest is right.", "符号错了，其余都对。")
            if ratio:
                return Text(f"It is {ratio:.4g} times what it should be.", f"它是正确答案的 {ratio:.4g} 倍。")
        for name in self.names:
            column = [point[name] for point in self._points]
            if all(_close(g * x, w) for g, x, w in zip(got, column, wanted, strict=True)):
                return Text(f"The factor {name} is missing.", f"少了因子 {name}。")
            if all(_close(g, w * x) for g, x, w in zip(got, column, wanted, strict=True)):
                return Text(f"There is a factor {name} too much.", f"多了一个因子 {name}。")
        point = ", ".join(f"{name} = {x:.3g}" for name, x in self._points[0].items())
        return Text(f"At {point} yours is {got[0]:.4g}, and the right one is {wanted[0]:.4g}.",
                    f"当 {point} 时，你的表达式等于 {got[0]:.4g}，正确的应为 {wanted[0]:.4g}。")  # fmt: skip


def _close(x: float, y: float) -> bool:
    return math.isclose(x, y, rel_tol=1e-9, abs_tol=1e-12)


def _of_two(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, if it can be called with x and out; else TypeError."""
    try:
        inspect.signature(function).bind(1.0, 1.0)
    except TypeError as error:
        raise TypeError(f"exercise: expected a function partials(x, out) of two arguments; yours: {error}") from None
    except ValueError:  # a function of C without a signature
        pass
    return function


@dataclass(frozen=True)
class Definition:
    """The partial of an op of one input: what `define` accepts, as a function of (x, out) or an expression in them."""

    name: str
    definition: Callable[..., Number]
    slips: Slips = ()

    asks = Text('Answer with a function partials(x, out), or with an expression in x and out, as text: "2*x".',
                '答案是函数 partials(x, out)，或用 x、out 写成的字符串表达式，例如 "2*x"。')  # fmt: skip

    def typed(self, line: str) -> Any:
        """The line without quotes."""
        return line.strip().strip("\"'")

    def read(self, answer: Any) -> Callable[..., Any]:
        """A function as it is, and an expression as a function."""
        if callable(answer):
            return _of_two(answer)
        expression = Formula("x", "x out", ()).read(answer)
        return lambda x, out: expression({"x": x, "out": out})

    def is_right(self, answer: Callable[..., Any]) -> bool:
        """Whether `define` takes it; the op is one of the table then."""
        return not self._refused(answer)

    def is_slip(self, answer: Any, slip: Any) -> bool:
        """None has a name here: `define` names the term."""
        return False

    def otherwise(self, answer: Callable[..., Any]) -> Text:
        """What `define` says, or what the function returns in place of a number."""
        result = self._tried(answer)
        if result is None:
            return Text("It returns None: is its return missing?", "函数返回了 None：是不是漏了 return？")
        if isinstance(result, (str, bool, dict)):
            return Text(f"It returns {shown(result)}, which is no number.", f"函数返回了 {shown(result)}，这不是数。")
        said = self._refused(answer)
        return Text(f"{said}.", f"{said}。")

    def _tried(self, answer: Callable[..., Any]) -> Any:
        """What it returns for a number; 0 where it raises, which `define` tells."""
        try:
            with contextlib.redirect_stdout(None):
                return answer(0.5, self.definition(0.5))
        except Exception:
            return 0.0

    def _refused(self, answer: Callable[..., Any]) -> str:
        try:
            define(self.name, self.definition, answer)
        except (ArithmeticError, TypeError, ValueError) as error:
            return f"{error}"
        return ""

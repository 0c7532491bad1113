"""`Formula`: a number that is not computed but written down, which the rules of the table accept like any other.

`op.partials` on formulas *is* the derivative in symbols, so the rule that differentiates is also the one that is shown.
Brackets follow from how tightly each op binds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from autograd_lite import ops
from autograd_lite.op import Number
from autograd_lite.operators import Operators
from autograd_lite.ops import FUNCTION, POWER, PREFIX, PRODUCT, SUM, Op
from autograd_lite.telling.notation import Math, number


@dataclass(frozen=True)
class Formula(Operators):
    """A piece of mathematics, how tightly its outermost op binds, and its value where it is a mere number.

    What an op made of it remembers that op and the `arguments`; `now` is the number that it stands for at this moment.
    """

    math: Math
    precedence: int = FUNCTION
    value: float | None = None
    op: Op | None = None
    arguments: tuple[Formula, ...] = ()
    now: float | None = None

    @staticmethod
    def of(x: Number) -> Formula:
        """x itself, or a number as a formula; a sign and a power of ten bind like ops."""
        if isinstance(x, Formula):
            return x
        written = number(x)
        loose = SUM if written.text[0] == "-" else PRODUCT if "e" in written.text else FUNCTION
        return Formula(written, loose, float(x), now=float(x))

    @staticmethod
    def _apply(op: Op, *inputs: Number) -> Formula:
        """An op, written; what is known already is computed, factors and exponents of 1 and products of 0 left out."""
        arguments = [Formula.of(x) for x in inputs]
        if op.told is not None:
            return Formula.of(op.told(*arguments))
        values = [x.value for x in arguments if x.value is not None]
        if len(values) == len(arguments):
            return Formula.of(op.forward(*values))
        if op is ops.multiply and 1.0 in values:
            return arguments[0] if arguments[1].value == 1.0 else arguments[1]
        if op is ops.multiply and 0.0 in values:
            return Formula.of(0.0)
        if op is ops.where and arguments[0].value is not None:
            return arguments[1 if arguments[0].value else 2]
        if op is ops.power and arguments[1].value == 1.0:
            return arguments[0]
        numbers = [x.now for x in arguments if x.now is not None]
        now = op.forward(*numbers) if len(numbers) == len(arguments) else None
        return Formula(written(op, arguments), op.precedence, None, op, tuple(arguments), now)


def written(op: Op, arguments: Sequence[Formula]) -> Math:
    """The op's templates filled in, with brackets around what binds more loosely than the op; a part as it is told."""
    if op.told is not None:
        return Formula.of(op.told(*arguments)).math
    text, latex = [], []
    template = op.latex_of(len(arguments))
    pieces = template.split("{}")
    for i, argument in enumerate(arguments):
        bracketed = needs_brackets(op, i, argument.precedence)
        text.append(f"({argument.math.text})" if bracketed else argument.math.text)
        in_group = (
            pieces[i].endswith("{{") and pieces[i + 1].startswith("}}") and not (op.precedence == POWER and i == 0)
        )
        brackets = bracketed and not in_group  # a fraction bar, or an exponent's height, says it already
        latex.append(rf"\left({argument.math.latex}\right)" if brackets else argument.math.latex)
    return Math(op.text_of(len(text)).format(*text), template.format(*latex).replace("|", r"\vert "))


def needs_brackets(op: Op, i: int, precedence: int) -> bool:
    """Whether the i-th input of an op, whose own outermost op binds with this precedence, stands in brackets.

    Operators are read from the left, a power from the right; a sign stands alone only at the beginning.
    """
    if op.precedence == FUNCTION:
        return False
    if precedence == op.precedence:
        return (i == 0) if op.precedence in (POWER, PREFIX) else (i > 0)
    return precedence < op.precedence or (precedence == PREFIX and i > 0)

"""Parts: scalars, vectors and matrices of an equation, and how their products are written.

A part knows, for each axis of its own, along which loop of the statement it runs: a loop's number, `RUN` for the sum,
or `UNIT` where the axis has one place only. From that follows which product it is: W a where the sum runs along W's
second axis, Wᵀ δ where it runs along the first, δ aᵀ where nothing is summed and each runs along a loop of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

from autograd_lite import ops
from autograd_lite.ops import FUNCTION, PRODUCT, SUM, Op
from autograd_lite.telling.formula import Formula
from autograd_lite.telling.notation import Math

RUN, UNIT = -1, -2


class NotWritten(Exception):  # noqa: N818  (no error: it is caught)
    """What has no form with whole matrices and vectors; it is shown with indices."""


@dataclass(frozen=True)
class Part:
    """A piece of an equation; `is_slope` for a derivative, which stands to the left in an outer product."""

    formula: Formula
    axes: tuple[int, ...] = ()
    is_slope: bool = False

    @property
    def moving(self) -> tuple[int, ...]:
        """The loops along which it runs."""
        return tuple(axis for axis in self.axes if axis != UNIT)


def constant(x: float) -> Part:
    """A constant."""
    return Part(Formula.of(x))


def name(math: Math, axes: tuple[int, ...] = (), is_slope: bool = False) -> Part:
    """What has a name."""
    return Part(Formula(math), axes, is_slope)


def apply(op: Op, parts: Sequence[Part]) -> Part:
    """An op place by place: all parts that move must run along the same loops."""
    axes = _common(parts)
    slope = any(part.is_slope for part in parts)
    if op is ops.multiply and sum(bool(part.axes) for part in parts) == 2:
        return _hadamard(parts)
    if op.precedence == FUNCTION and len(parts) == 1 and op.symbol != "abs":
        name, inside = symbol(op), parts[0].formula.math
        math = Math(f"{name.text}({inside.text})", rf"{name.latex}\left({inside.latex}\right)")
        return Part(Formula(math), axes, slope)
    return Part(op(*[part.formula for part in parts]), axes, slope)


def symbol(op: Op) -> Math:
    """The name of a function: σ for the sigmoid, and upright letters."""
    name = op.symbol
    return Math(name, r"\sigma" if name == "σ" else rf"\operatorname{{{name}}}".replace("_", r"\_"))


def _common(parts: Sequence[Part]) -> tuple[int, ...]:
    moving = {part.moving for part in parts if part.moving}
    if len(moving) > 1:
        raise NotWritten
    return max((part.axes for part in parts if part.moving or not moving), key=len, default=())


def add(terms: Sequence[tuple[float, Part]]) -> Formula:
    """A sum of parts with numbers before them; what is taken away stands last."""
    ordered = sorted(terms, key=lambda term: term[0] < 0.0)
    total = scaled(*ordered[0]).formula
    for coefficient, part in ordered[1:]:
        sign = " - " if coefficient < 0.0 else " + "
        total = _joined(total, scaled(abs(coefficient), part).formula, sign, sign, SUM)
    return total


def scaled(coefficient: float, part: Part) -> Part:
    """A number times a part; 1 is not written, and −1 is a sign."""
    if coefficient == 1.0:
        return part
    if part.formula.value is not None:
        return constant(coefficient * part.formula.value)
    if coefficient == -1.0:
        return Part(ops.negate(part.formula), part.axes, part.is_slope)
    written = _joined(Formula.of(coefficient), part.formula, " · ", r" \cdot ", PRODUCT)
    return Part(written, part.axes, part.is_slope)


def with_zeros(factors: list[Part], target: tuple[int, ...], is_summed: bool) -> tuple[float, list[Part]]:
    """0 times factors: with a vector of zeros where their product needs a vector, W 0 or δ 0ᵀ, else the number 0."""
    moving = {axis for factor in factors for axis in factor.axes}
    missing = [RUN] if is_summed else [axis for axis in target if axis != UNIT and axis not in moving]
    if not factors or len(missing) != 1:
        return 0.0, factors
    return 1.0, [*factors, name(Math("0", r"\mathbf{0}"), (missing[0],))]


def product(factors: Sequence[Part], target: tuple[int, ...], is_summed: bool) -> Part:
    """The product of factors, summed along `RUN` if so, as what runs along the axes of `target`."""
    scalars = [f for f in factors if not f.axes]
    arrays = [f for f in factors if f.axes]
    if not arrays:
        core = scalars.pop() if scalars else constant(1.0)
        if is_summed:
            raise NotWritten
    elif is_summed:
        core = _contracted(arrays, target)
    elif len(target) == 2:
        core = _outer(arrays, target)
    else:
        core = _across_units(arrays, target)
    for scalar in reversed(scalars):
        core = Part(_joined(scalar.formula, core.formula, " · ", r" \cdot ", PRODUCT), core.axes, core.is_slope)
    return core


def _contracted(factors: list[Part], target: tuple[int, ...]) -> Part:
    if any(len(f.moving) > 2 for f in factors):
        raise NotWritten
    inside = [f for f in factors if RUN in f.axes]
    outside = [f for f in factors if RUN not in f.axes]
    matrices = [f for f in inside if len(f.moving) == 2 or len(f.axes) == 2]
    vectors = [f for f in inside if f not in matrices]
    if len(matrices) == 1 and vectors:
        core = _applied(matrices[0], _hadamard(vectors), RUN)
    elif len(matrices) == 2 and not vectors:
        if set(matrices[0].moving) == set(matrices[1].moving):
            raise NotWritten  # row by row: of a product only the diagonal
        first, second = sorted(matrices, key=lambda m: m.moving != (target[0], RUN) and m.moving != (RUN, target[0]))
        left, right = _turned(first, first.axes[-1] != RUN), _turned(second, second.axes[0] != RUN)
        core = Part(_joined(left, right, " ", " ", PRODUCT), target, first.is_slope or second.is_slope)
    elif not matrices and len(vectors) == 2:
        left = _turned(vectors[0], True)
        core = Part(_joined(left, vectors[1].formula, " ", " ", PRODUCT), (), any(v.is_slope for v in vectors))
    elif not matrices:
        summed = _bracketed(_hadamard(vectors).formula)
        core = Part(Formula(Math(f"Σ {summed.text}", rf"\sum {summed.latex}"), PRODUCT))
    else:
        raise NotWritten
    if outside and not core.axes:
        whole = _hadamard(outside)
        return Part(_joined(core.formula, whole.formula, " · ", r" \cdot ", PRODUCT), whole.axes, whole.is_slope)
    return _hadamard([*outside, core]) if outside else core


def _applied(matrix: Part, vector: Part, axis: int) -> Part:
    """A matrix, or its transpose, times a vector along this axis."""
    if len(matrix.axes) != 2 or len(vector.axes) != 1:
        raise NotWritten
    is_first = matrix.axes[0] == axis and (matrix.axes[1] != axis or vector.is_slope)
    left = _turned(matrix, is_first)
    rest = matrix.axes[1] if is_first else matrix.axes[0]
    return Part(_joined(left, vector.formula, " ", r"\, ", PRODUCT), (rest,), vector.is_slope or matrix.is_slope)


def _outer(factors: list[Part], target: tuple[int, ...]) -> Part:
    """Vectors along two axes, or matrices of one column: u vᵀ; matrices place by place."""
    matrices = [f for f in factors if len(f.axes) == 2]
    if UNIT not in target and any(UNIT in matrix.axes for matrix in matrices):
        return _of_columns(factors, target)
    if matrices:
        if len(matrices) != len(factors):
            raise NotWritten
        turned = [Part(_turned(m, m.axes != target), target, m.is_slope) for m in matrices]
        return _hadamard(turned)
    rows = [f for f in factors if f.axes[0] == target[0] and (target[0] != target[1] or f.is_slope)]
    columns = [f for f in factors if f not in rows]
    if not rows or not columns or any(f.axes[0] != target[1] for f in columns):
        raise NotWritten
    left, right = _hadamard(rows), _hadamard(columns)
    return Part(_joined(left.formula, _turned(right, True), " ", r"\, ", PRODUCT), target, True)


def _of_columns(factors: list[Part], target: tuple[int, ...]) -> Part:
    """A column times a row, of matrices that are but one column or row."""
    if len(factors) != 2 or any(len(f.axes) != 2 for f in factors):
        raise NotWritten
    first, second = sorted(factors, key=lambda f: target[0] not in f.axes)
    if {*first.axes} != {target[0], UNIT} or {*second.axes} != {target[1], UNIT}:
        raise NotWritten
    left, right = _turned(first, first.axes[0] == UNIT), _turned(second, second.axes[1] == UNIT)
    return Part(_joined(left, right, " ", r"\, ", PRODUCT), target, first.is_slope or second.is_slope)


def _across_units(factors: list[Part], target: tuple[int, ...]) -> Part:
    """Place by place; a matrix of one row or column is applied to a vector of one place."""
    matrices = [f for f in factors if len(f.axes) == 2]
    if len(matrices) == 1 and UNIT in matrices[0].axes:
        units = [f for f in factors if f.axes == (UNIT,)]
        rest = [f for f in factors if f not in units and f not in matrices]
        if not units and not rest:
            return matrices[0]
        if not units:
            raise NotWritten
        return _hadamard([_applied(matrices[0], _hadamard(units), UNIT), *rest])
    return _hadamard(factors)


def _hadamard(parts: Sequence[Part]) -> Part:
    """The product place by place."""
    axes = _common(parts)
    slope = any(part.is_slope for part in parts)
    formula = reduce(lambda a, b: _joined(a, b, " ⊙ ", r" \odot ", PRODUCT), [part.formula for part in parts])
    return Part(formula, axes, slope)


def by_rows(part: Part, loops: tuple[int, ...]) -> Part:
    """A matrix so that the sum runs along its rows, one for each turn of the loops, or a number for each of these."""
    if len(loops) == 1 and part.axes == (RUN, *loops):
        return Part(_turned(part, True), (*loops, RUN), part.is_slope)
    if part.axes not in (loops, (*loops, RUN)):
        raise NotWritten
    return part


def _turned(part: Part, is_turned: bool) -> Formula:
    """The transpose of a part, or the part itself."""
    if not is_turned:
        return part.formula
    inner = part.formula.math if part.formula.precedence == FUNCTION else _bracketed(part.formula)
    return Formula(Math(inner.text + "ᵀ", rf"{{{inner.latex}}}^{{\mathsf{{T}}}}"), PRODUCT + 0)


def _joined(a: Formula, b: Formula, text: str, latex: str, precedence: int) -> Formula:
    """Two formulas with a sign between them; what binds no tighter than a product stands in brackets in one."""
    left, right = (_within(x, precedence) for x in (a, b))
    return Formula(Math(left.text + text + right.text, left.latex + latex + right.latex), precedence)


def _within(x: Formula, precedence: int) -> Math:
    is_transpose = x.math.text.endswith("ᵀ") and " " not in x.math.text
    is_tight = is_transpose or x.precedence > PRODUCT or (precedence == SUM and x.precedence >= SUM)
    return x.math if is_tight and not (precedence == SUM and x.math.text.startswith("-")) else _bracketed(x)


def _bracketed(x: Formula) -> Math:
    """A formula in brackets, unless it needs none anywhere."""
    if x.precedence == FUNCTION:
        return x.math
    return Math(f"({x.math.text})", rf"\left({x.math.latex}\right)")

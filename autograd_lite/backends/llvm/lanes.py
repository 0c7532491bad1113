"""Arithmetic on N doubles at once, written with operators and emitted as LLVM IR.

    x = Lanes(builder, value)            # value: <N x double>
    y = where(x > 1.0, x * x, fma(x, 2.0, -1.0))

Nothing here carries a fast-math flag, so what is written is what runs, rounding by rounding. A `Pair` is an unevaluated
sum high + low that holds about 106 bits; the error-free sums and products behind it are those of Dekker (1971) and
Knuth (TAOCP 2, 4.2.2), the product by one fused multiply-add.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from autograd_lite.backends.llvm.assembly import BIT, WORD, FunctionType, vector


class Vector:
    """An IR vector together with the builder that extends the program it belongs to."""

    def __init__(self, builder: Any, value: Any) -> None:
        self.builder, self.value = builder, value

    @property
    def count(self) -> int:
        """The number of lanes."""
        return int(self.value.type.count)

    def constant(self, x: Any) -> Any:
        """The IR value of x: a vector as it is, a number in every lane."""
        return x.value if isinstance(x, Vector) else self.value.type.everywhere(x)


class Bits(Vector):
    """Integers, one a lane: the words that encode doubles, or the single bits (masks) that comparisons give."""

    def __add__(self, other: Bits | int) -> Bits:
        return Bits(self.builder, self.builder.add(self.value, self.constant(other)))

    def __sub__(self, other: Bits | int) -> Bits:
        return Bits(self.builder, self.builder.sub(self.value, self.constant(other)))

    def __rsub__(self, other: int) -> Bits:
        return Bits(self.builder, self.builder.sub(self.constant(other), self.value))

    def __and__(self, other: Bits | int) -> Bits:
        return Bits(self.builder, self.builder.and_(self.value, self.constant(other)))

    def __or__(self, other: Bits | int) -> Bits:
        return Bits(self.builder, self.builder.or_(self.value, self.constant(other)))

    def __xor__(self, other: Bits | int) -> Bits:
        return Bits(self.builder, self.builder.xor(self.value, self.constant(other)))

    def __lshift__(self, places: int) -> Bits:
        return Bits(self.builder, self.builder.shl(self.value, self.constant(places)))

    def __rshift__(self, places: int) -> Bits:
        """Shift right, filling with zeros (AVX2 has no other shift of 64-bit words)."""
        return Bits(self.builder, self.builder.lshr(self.value, self.constant(places)))

    def __invert__(self) -> Bits:
        return Bits(self.builder, self.builder.not_(self.value))

    def nonzero(self) -> Bits:
        """The mask of the words that are not 0."""
        return Bits(self.builder, self.builder.icmp_signed("!=", self.value, self.constant(0)))

    @property
    def doubles(self) -> Lanes:
        """The doubles these words encode."""
        return Lanes(self.builder, self.builder.bitcast(self.value, vector(self.count)))


class Lanes(Vector):
    """Doubles, one a lane, under IEEE arithmetic."""

    def __add__(self, other: Lanes | float) -> Lanes:
        return Lanes(self.builder, self.builder.fadd(self.value, self.constant(other)))

    def __radd__(self, other: float) -> Lanes:
        return self + other

    def __sub__(self, other: Lanes | float) -> Lanes:
        return Lanes(self.builder, self.builder.fsub(self.value, self.constant(other)))

    def __rsub__(self, other: float) -> Lanes:
        return Lanes(self.builder, self.builder.fsub(self.constant(other), self.value))

    def __mul__(self, other: Lanes | float) -> Lanes:
        return Lanes(self.builder, self.builder.fmul(self.value, self.constant(other)))

    def __rmul__(self, other: float) -> Lanes:
        return self * other

    def __truediv__(self, other: Lanes | float) -> Lanes:
        return Lanes(self.builder, self.builder.fdiv(self.value, self.constant(other)))

    def __rtruediv__(self, other: float) -> Lanes:
        return Lanes(self.builder, self.builder.fdiv(self.constant(other), self.value))

    def __neg__(self) -> Lanes:
        return Lanes(self.builder, self.builder.fneg(self.value))

    def __abs__(self) -> Lanes:
        return intrinsic("fabs", self)

    def _compared(self, how: str, other: Lanes | float) -> Bits:
        return Bits(self.builder, self.builder.fcmp_ordered(how, self.value, self.constant(other)))

    def __lt__(self, other: Lanes | float) -> Bits:
        return self._compared("<", other)

    def __le__(self, other: Lanes | float) -> Bits:
        return self._compared("<=", other)

    def __gt__(self, other: Lanes | float) -> Bits:
        return self._compared(">", other)

    def __ge__(self, other: Lanes | float) -> Bits:
        return self._compared(">=", other)

    def filled(self, x: float) -> Lanes:
        """The number x in as many lanes as these."""
        return Lanes(self.builder, self.constant(x))

    def equals(self, other: Lanes | float) -> Bits:
        """The mask of equal lanes; == itself compares the IR, not the numbers."""
        return self._compared("==", other)

    @property
    def bits(self) -> Bits:
        """The words that encode these doubles."""
        return Bits(self.builder, self.builder.bitcast(self.value, vector(self.count, WORD)))


class Pair(NamedTuple):
    """An unevaluated sum of two doubles a lane, |low| about 2⁻⁵³ |high|."""

    high: Lanes
    low: Lanes

    def rounded(self) -> Lanes:
        """The double nearest to the sum, or the next but for one case in some hundreds."""
        return self.high + self.low


def intrinsic(name: str, first: Lanes, *others: Lanes | float) -> Lanes:
    """Apply an LLVM intrinsic whose arguments and result have one type, such as fma, fabs, sqrt, copysign."""
    kind, module = first.value.type, first.builder.module
    full_name = f"llvm.{name}.v{first.count}f64"
    function = module.declared(full_name, FunctionType(kind, [kind] * (1 + len(others))))
    return Lanes(first.builder, first.builder.call(function, [first.value, *(first.constant(x) for x in others)]))


def fma(a: Lanes, b: Lanes | float, c: Lanes | float) -> Lanes:
    """Give a·b + c, rounded once."""
    return intrinsic("fma", a, b, c)


def copysign(magnitude: Lanes, sign: Lanes) -> Lanes:
    """Give |magnitude| with the sign of the other number."""
    return intrinsic("copysign", magnitude, sign)


def where(mask: Bits, a: Lanes | float, b: Lanes | float) -> Lanes:
    """Give a where the mask is set and b elsewhere."""
    kind = vector(mask.count)
    first, second = (x.value if isinstance(x, Lanes) else kind.everywhere(x) for x in (a, b))
    return Lanes(mask.builder, mask.builder.select(mask.value, first, second))


def any_lane(mask: Bits) -> Any:
    """The single IR bit that says whether the mask is set in any lane."""
    module, kind = mask.builder.module, mask.value.type
    name = f"llvm.vector.reduce.or.v{mask.count}i1"
    return mask.builder.call(module.declared(name, FunctionType(BIT, [kind])), [mask.value])


def polynomial(x: Lanes, coefficients: Sequence[float]) -> Lanes:
    """Give c₀ + c₁x + c₂x² + …, even and odd terms in two chains so that each waits half as long for the other."""
    square = x * x
    even, odd = _horner(square, coefficients[::2]), _horner(square, coefficients[1::2])
    return fma(odd, x, even)


def _horner(x: Lanes, coefficients: Sequence[float]) -> Lanes:
    total: Lanes | float = coefficients[-1]
    for c in coefficients[-2::-1]:
        total = fma(x, total, c)
    assert isinstance(total, Lanes)  # for the type checker: every chain has two terms or more
    return total


def fast_two_sum(a: Lanes | float, b: Lanes) -> Pair:
    """The exact sum of a and b where |a| ≥ |b| or a = 0."""
    high = a + b
    return Pair(high, (a - high) + b)


def two_sum(a: Lanes, b: Lanes) -> Pair:
    """The exact sum of a and b in any order of size."""
    high = a + b
    part = high - a
    return Pair(high, (a - (high - part)) + (b - part))


def two_product(a: Lanes, b: Lanes) -> Pair:
    """The exact product of a and b."""
    high = a * b
    return Pair(high, fma(a, b, -high))


def product(a: Pair, b: Pair) -> Pair:
    """a · b to about 100 bits."""
    high, error = two_product(a.high, b.high)
    return Pair(high, fma(a.high, b.low, fma(a.low, b.high, error)))


def ratio(a: Pair, b: Pair) -> Lanes:
    """a ÷ b, rounded once but for a tenth of an ulp, even where the low part of a is not small."""
    inverse = 1.0 / b.high
    high = a.high * inverse
    return fma(fma(-high, b.high, a.high) + fma(-high, b.low, a.low), inverse, high)


def quotient(a: Pair, b: Pair) -> Pair:
    """a ÷ b to about 100 bits, with one division."""
    inverse = 1.0 / b.high
    high = a.high * inverse
    remainder = fma(-high, b.high, a.high) + fma(-high, b.low, a.low)
    return Pair(high, remainder * inverse)

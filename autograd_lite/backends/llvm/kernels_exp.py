"""Kernels for exp and its family: one core gives e^x as 2^k (1 + p), p to some 55 bits, and the rest is algebra.

    x = k ln 2 + r,  |r| ≤ ln 2 / 2,  p = e^r − 1 = r + r²/2 + r³ c(r)

Sums are written so that nothing cancels and only the last one rounds at full size.
"""

from typing import NamedTuple

from autograd_lite.backends.llvm.lanes import (
    Bits,
    Lanes,
    Pair,
    copysign,
    fast_two_sum,
    fma,
    polynomial,
    quotient,
    ratio,
    two_sum,
    where,
)
from autograd_lite.slopes import TANH_HALF

LOG2_E = 1.4426950408889634
LN2 = 0.6931471805599453  # rounded to nearest …
LN2_REST = 2.3190468138462996e-17  # … and what that leaves out

# The last twelve bits of x + ROUNDER hold the integer nearest to x, plus BIAS, which keeps it positive.
BIAS = 2046
ROUNDER = 2.0**52 + 2.0**51 + BIAS

SUBNORMAL = 54  # by how many doublings the smallest double is below the normal ones, and two more

TWICE_ONE = 2 * 1023 << 52  # less the word of 2ʲ, the word of 2⁻ʲ

# c(r) = (e^r − 1 − r − r²/2) / r³: mpmath.chebyfit on ±0.34661, 10 terms; off by 2⁻⁵⁵·⁵ at most once rounded.
CUBIC_REST = (
    0.16666666666666669,
    0.041666666666666664,
    0.008333333333330062,
    0.0013888888888886552,
    0.00019841269863053618,
    2.4801587317144498e-05,
    2.7557268459997064e-06,
    2.755728296954995e-07,
    2.510038549551032e-08,
    2.0911236630261545e-09,
)


class Exponential(NamedTuple):
    """e^x = 2^k (1 + p): k + BIAS in the last twelve bits of `shifted`, and p as r and the rest, not normalised."""

    shifted: Bits
    p: Pair

    def mantissa(self) -> Pair:
        """1 + p."""
        high, error = fast_two_sum(1.0, self.p.high)
        return fast_two_sum(high, error + self.p.low)

    def power(self) -> Lanes:
        """2^k, for −1022 ≤ k ≤ 1023."""
        return ((self.shifted - (BIAS - 1023)) << 52).doubles

    def halves(self) -> tuple[Lanes, Lanes]:
        """Two factors that make 2^k, which alone may over- or underflow."""
        exponent = self.shifted & 0xFFF
        half = exponent >> 1
        return (half << 52).doubles, ((exponent - half) << 52).doubles

    def scaled(self, y: Lanes) -> Lanes:
        """2^k y, infinite or subnormal where it has to be."""
        first, second = self.halves()
        return y * first * second


def inverse(power: Lanes) -> Lanes:
    """2⁻ʲ for a power 2ʲ."""
    return (TWICE_ONE - power.bits).doubles


def nearest(x: Lanes) -> tuple[Bits, Lanes]:
    """The integer k nearest to x / ln 2: k + BIAS in the last twelve bits of a word, and k."""
    shifted = fma(x, LOG2_E, ROUNDER)
    return shifted.bits, shifted - ROUNDER


def exponential(x: Lanes, low: float | Lanes = 0.0) -> Exponential:
    """e^(x + low) for |x| < 1000."""
    shifted, k = nearest(x)
    # The first step is exact: both terms are multiples of 2⁻⁵⁴ and the difference is below 1.
    first, second = fma(k, -LN2, x), fma(k, -LN2_REST, low)
    r, rest = fast_two_sum(first, second)
    square = r * r
    cubic = fma(square * r, polynomial(r, CUBIC_REST), fma(rest, r, rest))
    return Exponential(shifted, Pair(r, fma(square, 0.5, cubic)))


def clamp(x: Lanes, least: float, greatest: float) -> Lanes:
    """Keep x between two bounds; a nan stays one."""
    x = where(x < least, least, x)
    return where(x > greatest, greatest, x)


def at_least(x: Lanes, least: float) -> Lanes:
    """Keep x from falling below a bound; a nan stays one."""
    return where(x < least, least, x)


def exp(x: Lanes) -> Lanes:
    """e^x."""
    e = exponential(clamp(x, -746.0, 710.0))
    return e.scaled(e.mantissa().high)


def expm1(x: Lanes) -> Lanes:
    """e^x − 1 = 2^k ((1 − 2⁻ᵏ) + p)."""
    e = exponential(clamp(x, -40.0, 710.0))
    first, second = e.halves()
    one, one_error = two_sum(x.filled(1.0), -(inverse(first) * inverse(second)))
    high, error = fast_two_sum(one, e.p.high)
    return copysign((high + (error + (one_error + e.p.low))) * first * second, x)


def sigmoid_tail(x: Lanes) -> Lanes:
    """1 / (1 + e^|x|) = 2⁻ᵏ / (1 + 2⁻ᵏ + p): nothing cancels, so r is rounded once, which costs a fifth of an ulp."""
    size = where(abs(x) > 746.0, 746.0, abs(x))
    shifted, k = nearest(size)
    r = fma(k, -LN2_REST, fma(k, -LN2, size))
    grown = (((BIAS + 1023 + SUBNORMAL) - shifted) << 52).doubles  # 2⁻ᵏ, too small to be a normal number, times 2⁵⁴
    one, one_error = fast_two_sum(1.0, grown * 2.0**-SUBNORMAL)
    high, error = fast_two_sum(one, r)
    total = fast_two_sum(high, fma(r * r, fma(r, polynomial(r, CUBIC_REST), 0.5), one_error + error))
    first = 1.0 / total.high
    left = fma(-first, total.low, fma(-first, total.high, 1.0))
    return fma(left, first, first) * grown * 2.0**-SUBNORMAL


def tanh_tail(x: Lanes) -> Lanes:
    """−t / (1 + e) with the sign of x for |x| < artanh ½, beyond it 2e / (1 + e); e = e^(−2|x|), t = e − 1."""
    e = exponential(at_least(abs(x) * -2.0, -746.0))
    first, second = e.halves()
    power, near = first * second, abs(x) < TANH_HALF
    high, error = fast_two_sum(1.0, e.p.high)
    mantissa = Pair(high, error + e.p.low)
    one, error = fast_two_sum(1.0, power * mantissa.high)
    total = fast_two_sum(one, fma(power, mantissa.low, error))
    t, error = fast_two_sum(power - 1.0, power * e.p.high)  # power is 1, ½ or ¼ there
    t_rest = fma(power, e.p.low, error)
    size = ratio(Pair(where(near, -t, mantissa.high), where(near, -t_rest, mantissa.low)), total)
    return where(near, copysign(size, x), size * 2.0 * first * second)


def _hyperbolic(x: Lanes, sign: float) -> Lanes:
    """(e^|x| + sign e^(−|x|)) / 2 = 2^(k−1) ((1 + c) + p − c p / (1 + p)) with c = sign 2^(−2k)."""
    e = exponential(where(abs(x) > 711.0, 711.0, abs(x)))
    first, second = e.halves()
    root = inverse(first) * inverse(second)
    c = root * root * sign
    p = fast_two_sum(*e.p)
    correction = quotient(p, e.mantissa())
    one, one_error = fast_two_sum(1.0, c)
    high, error = fast_two_sum(one, p.high)
    tail = (one_error + error) + p.low
    high, error = fast_two_sum(high, -c * correction.high)
    return (high + (error + fma(-c, correction.low, tail))) * 0.5 * first * second


def sinh(x: Lanes) -> Lanes:
    """(e^x − e⁻ˣ) / 2."""
    return copysign(_hyperbolic(x, -1.0), x)


def cosh(x: Lanes) -> Lanes:
    """(e^x + e⁻ˣ) / 2."""
    return _hyperbolic(x, 1.0)

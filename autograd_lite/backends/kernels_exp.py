"""Kernels for exp and its family: one core gives e^x as 2^k (1 + p), p to some 60 bits, and the rest is algebra.

    x = k ln 2 + r,  |r| ≤ ln 2 / 2,  p = e^r − 1 = r + r²/2 + r³ c(r)

Sums are written so that nothing cancels and only the last one rounds; e.g. expm1 = 2^k ((1 − 2⁻ᵏ) + p).
"""

from typing import NamedTuple

from autograd_lite.backends.lanes import (
    Bits,
    Lanes,
    Pair,
    copysign,
    fast_two_sum,
    fma,
    polynomial,
    quotient,
    two_product,
    where,
)

LOG2_E = 1.4426950408889634
LN2 = 0.6931471805599453  # rounded to nearest …
LN2_REST = 2.3190468138462996e-17  # … and what that leaves out

# The last bits of x + ROUNDER hold the integer nearest to x, plus BIAS, which keeps it positive.
BIAS = 2046
ROUNDER = 2.0**52 + 2.0**51 + BIAS

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
    """e^x = 2^k (1 + p), where `exponent` is k + BIAS."""

    exponent: Bits
    p: Pair

    def scaled(self, y: Lanes) -> Lanes:
        """2^k y, in two steps as 2^k alone may over- or underflow; a subnormal result is rounded once."""
        half = self.exponent >> 1
        return y * (half << 52).doubles * ((self.exponent - half) << 52).doubles

    def inverse_power(self) -> Lanes:
        """2⁻ᵏ."""
        half = self.exponent >> 1
        return ((BIAS - half) << 52).doubles * ((BIAS - (self.exponent - half)) << 52).doubles

    def mantissa(self) -> Pair:
        """1 + p."""
        high, rest = fast_two_sum(1.0, self.p.high)
        return fast_two_sum(high, rest + self.p.low)


def exponential(x: Lanes, low: float | Lanes = 0.0) -> Exponential:
    """e^(x + low) for −1000 < x < 1000."""
    shifted = fma(x, LOG2_E, ROUNDER)
    k = shifted - ROUNDER
    # The first step is exact: both terms are multiples of 2⁻⁵⁴ and the difference is below 1.
    r, rest = fast_two_sum(fma(k, -LN2, x), fma(k, -LN2_REST, low))
    square = two_product(r * 0.5, r)
    high, error = fast_two_sum(r, square.high)
    cubic = r * r * r * polynomial(r, CUBIC_REST)
    tail = error + (square.low + (fma(rest, r, rest) + cubic))
    return Exponential(shifted.bits & 0xFFF, Pair(high, tail))


def clamp(x: Lanes, least: float, greatest: float) -> Lanes:
    """Keep x between two bounds; a nan stays one."""
    x = where(x < least, least, x)
    return where(x > greatest, greatest, x)


def exp(x: Lanes) -> Lanes:
    """e^x."""
    power = exponential(clamp(x, -746.0, 710.0))
    return power.scaled(power.mantissa().high)


def _minus_one(power: Exponential) -> Pair:
    """(e^x − 1) / 2^k, for k ≥ −60."""
    inverse = power.inverse_power()
    shift = 1.0 - inverse
    shift_error = (1.0 - shift) - inverse
    high, error = fast_two_sum(shift, power.p.high)
    return fast_two_sum(high, error + (shift_error + power.p.low))


def expm1(x: Lanes) -> Lanes:
    """e^x − 1."""
    power = exponential(clamp(x, -40.0, 710.0))
    return copysign(power.scaled(_minus_one(power).high), x)


def tanh(x: Lanes) -> Lanes:
    """−t / (2 + t) with t = e^(−2|x|) − 1, which lies between −1 and 0."""
    power = exponential(clamp(abs(x) * -2.0, -40.0, 0.0))
    t = Pair(*map(power.scaled, _minus_one(power)))
    sum_, error = fast_two_sum(2.0, t.high)
    return copysign(quotient(t, Pair(sum_, error + t.low)).rounded(), x)


def sigmoid(x: Lanes) -> Lanes:
    """1 / (1 + e) with e = e^(−|x|), and e / (1 + e) for negative x; there 2^k is left to the last step."""
    power = exponential(clamp(-abs(x), -746.0, 0.0))
    mantissa = power.mantissa()
    e = Pair(*map(power.scaled, mantissa))
    sum_, error = fast_two_sum(1.0, e.high)
    positive = x >= 0.0
    numerator = Pair(where(positive, 1.0, mantissa.high), where(positive, 0.0, mantissa.low))
    ratio = quotient(numerator, Pair(sum_, error + e.low)).rounded()
    return where(positive, ratio, power.scaled(ratio))


def _hyperbolic(x: Lanes, sign: float) -> Lanes:
    """(e^|x| + sign e^(−|x|)) / 2 = 2^(k−1) ((1 + sign c) + p − sign c p / (1 + p)) with c = 2^(−2k)."""
    power = exponential(clamp(abs(x), 0.0, 711.0))
    inverse = power.inverse_power()
    c = inverse * inverse
    correction = quotient(power.p, power.mantissa())
    first, first_error = fast_two_sum(fma(c, sign, 1.0), power.p.high)
    scaled = c * -sign
    high, error = fast_two_sum(first, scaled * correction.high)
    tail = (first_error + error) + fma(scaled, correction.low, power.p.low)
    constant_error = fma(c, sign, 1.0 - fma(c, sign, 1.0))
    return power.scaled((high + (tail + constant_error)) * 0.5)


def sinh(x: Lanes) -> Lanes:
    """(e^x − e⁻ˣ) / 2."""
    return copysign(_hyperbolic(x, -1.0), x)


def cosh(x: Lanes) -> Lanes:
    """(e^x + e⁻ˣ) / 2."""
    return _hyperbolic(x, 1.0)

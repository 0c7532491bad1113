"""Kernels for log and its family: log(2^k m) = k ln 2 + 2 artanh(s), s = f / (2 + f), f = m − 1, ½√2 ≤ m < √2.

    2 artanh(s) = 2s + s³ P(s²)

s is kept as a pair, so that only the last sum rounds at full size.
"""

from collections.abc import Sequence

from autograd_lite.backends.llvm.kernels_exp import LN2, LN2_REST, at_least, exponential
from autograd_lite.backends.llvm.lanes import (
    Bits,
    Lanes,
    Pair,
    fast_two_sum,
    fma,
    polynomial,
    quotient,
    two_product,
    two_sum,
    where,
)

INFINITY = float("inf")
SMALLEST_NORMAL = 2.0**-1022

ONE = 0x3FF << 52  # the word that encodes 1
HALF_ROOT_TWO = 0x3FE6A09E667F3BCD  # … and √½
TWO_TO_52 = 0x433 << 52  # … and 2⁵²: or an integer below 2⁵² into it, subtract it, and the integer is a double

# P(z) = (2 artanh(s) − 2s) / s³ with z = s²: mpmath.chebyfit on [0, (√2 − 1)⁴], 8 terms; off by 2⁻⁵⁴·⁶ at most.
CUBIC_REST = (
    0.6666666666666666,
    0.4000000000000088,
    0.28571428570803614,
    0.22222222391713917,
    0.18181795640132906,
    0.15386239702814658,
    0.13268773138656886,
    0.13086626147840102,
)

# The same on [0, 1/9], which is as far as log(1 + e) needs for 0 ≤ e ≤ 1: 11 terms; off by 2⁻⁵⁴·⁴ at most.
CUBIC_REST_WIDE = (
    0.6666666666666666,
    0.39999999999999525,
    0.285714285716001,
    0.2222222219823677,
    0.18181819897962714,
    0.1538454396486055,
    0.13335178631449257,
    0.11734279061303197,
    0.10845178394880015,
    0.07492143795550767,
    0.1563057780092285,
)


def split(x: Lanes) -> tuple[Lanes, Lanes, Bits]:
    """k, m and the word of 2⁻ᵏ (less that of 1) with x = 2^k m and √½ ≤ m < √2, for positive normal x."""
    raised = x.bits + (ONE - HALF_ROOT_TWO)
    biased = raised >> 52
    k = (biased | TWO_TO_52).doubles - (2.0**52 + 1023)
    shift = (biased - 1023) << 52
    return k, (x.bits - shift).doubles, shift


def log_near_one(f: Pair, cubic_rest: Sequence[float]) -> Pair:
    """log(1 + f), before the last rounding."""
    denominator, error = fast_two_sum(2.0, f.high)
    s = quotient(f, Pair(denominator, error + f.low))
    square = s.high * s.high
    cubic = s.high * square * polynomial(square, cubic_rest)
    return Pair(s.high * 2.0, fma(s.low, 2.0, cubic))


def log_of(f: Pair, k: Lanes) -> Lanes:
    """log(2^k (1 + f)) for √½ ≤ 1 + f < √2."""
    near = log_near_one(f, CUBIC_REST)
    shift = two_product(k, k.filled(LN2))
    high, error = fast_two_sum(shift.high, near.high)
    return high + (error + (near.low + fma(k, LN2_REST, shift.low)))


def outside_log(x: Lanes) -> Bits:
    """The lanes that `log` does not cover: all but positive normal numbers."""
    return ~((x >= SMALLEST_NORMAL) & (x < INFINITY))


def log(x: Lanes) -> Lanes:
    """ln x for positive normal x."""
    k, m, _ = split(x)
    return log_of(Pair(m - 1.0, x.filled(0.0)), k)


def outside_log1p(x: Lanes) -> Bits:
    """The lanes that `log1p` does not cover."""
    return ~((x > -1.0) & (x < 2.0**60))


def log1p(x: Lanes) -> Lanes:
    """ln(1 + x) for −1 < x < 2⁶⁰."""
    total, rest = two_sum(x, x.filled(1.0))
    k, m, shift = split(total)
    f = fast_two_sum(m - 1.0, rest * (ONE - shift).doubles)
    return where(abs(x) < 2.0**-60, x, log_of(f, k))


def softplus(x: Lanes) -> Lanes:
    """max(x, 0) + log(1 + e) with e = e^(−|x|); past ±40 that is x or e itself."""
    exp = exponential(at_least(-abs(x), -746.0))
    first, second = exp.halves()
    mantissa = exp.mantissa()
    e = Pair(mantissa.high * first * second, mantissa.low * first * second)
    near = log_near_one(e, CUBIC_REST_WIDE)
    high, error = two_sum(where(x > 0.0, x, 0.0), near.high)
    return where(x < -40.0, e.high, where(x > 40.0, x, high + (error + near.low)))

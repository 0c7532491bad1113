"""Kernels for log and its family: log(2^k m) = k ln 2 + 2 artanh(s), s = f / (2 + f), f = m − 1, ½√2 ≤ m < √2.

    2 artanh(s) = 2s + s³ P(s²)

s is kept as a pair, so that only the last sum rounds at full size.
"""

from autograd_lite.backends.kernels_exp import LN2, LN2_REST, at_least, exponential
from autograd_lite.backends.lanes import (
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

INFINITY, NAN = float("inf"), float("nan")
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


def split(x: Lanes) -> tuple[Lanes, Lanes, Bits]:
    """k, m and the word of 2⁻ᵏ (less that of 1) with x = 2^k m and √½ ≤ m < √2, for positive normal x."""
    raised = x.bits + (ONE - HALF_ROOT_TWO)
    biased = raised >> 52
    k = (biased | TWO_TO_52).doubles - (2.0**52 + 1023)
    shift = (biased - 1023) << 52
    return k, (x.bits - shift).doubles, shift


def log_of(f: Pair, k: Lanes) -> Pair:
    """log(2^k (1 + f)) for √½ ≤ 1 + f < √2, before the last rounding."""
    denominator, error = fast_two_sum(2.0, f.high)
    s = quotient(f, Pair(denominator, error + f.low))
    square = s.high * s.high
    cubic = s.high * square * polynomial(square, CUBIC_REST)
    shift = two_product(k, k.filled(LN2))
    high, error = fast_two_sum(shift.high, s.high * 2.0)
    return Pair(high, error + (fma(s.low, 2.0, cubic) + fma(k, LN2_REST, shift.low)))


def log(x: Lanes) -> Lanes:
    """ln x."""
    tiny = x < SMALLEST_NORMAL
    k, m, _ = split(where(tiny, x * 2.0**54, x))
    result = log_of(Pair(m - 1.0, x.filled(0.0)), k - where(tiny, 54.0, 0.0)).rounded()
    result = where(x < INFINITY, result, x)  # inf and nan are their own logarithms
    return where(x > 0.0, result, where(x.equals(0.0), -INFINITY, NAN))


def log1p(x: Lanes) -> Lanes:
    """ln(1 + x)."""
    total, rest = two_sum(x, x.filled(1.0))
    k, m, shift = split(total)
    # Past 2⁶⁰ the rest is of no account, and 2⁻ᵏ may be no double.
    scaled = where(x < 2.0**60, rest * (ONE - shift).doubles, 0.0)
    result = log_of(fast_two_sum(m - 1.0, scaled), k).rounded()
    result = where(x < INFINITY, result, x)
    result = where(abs(x) < 2.0**-60, x, result)
    return where(x > -1.0, result, where(x.equals(-1.0), -INFINITY, NAN))


def softplus(x: Lanes) -> Lanes:
    """max(x, 0) + log(1 + e) with e = e^(−|x|); below −40 that is e itself."""
    exp = exponential(at_least(-abs(x), -746.0))
    first, second = exp.halves()
    mantissa = exp.mantissa()
    e = Pair(mantissa.high * first * second, mantissa.low * first * second)
    total, error = fast_two_sum(1.0, e.high)
    k, m, shift = split(total)
    scale = (ONE - shift).doubles
    f, rest = fast_two_sum(m - 1.0, error * scale)
    high, low = log_of(Pair(f, fma(e.low, scale, rest)), k)
    total, error = two_sum(where(x > 0.0, x, 0.0), high)
    result = where(x < -40.0, e.high, total + (error + low))
    return where(x < INFINITY, result, x)

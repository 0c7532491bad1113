"""Kernels for sin, cos and tan: x = k π/2 + r with |r| ≤ π/4, r as a pair, then a polynomial for each of sin r, cos r.

    sin r = r + r³ S(r²),  cos r = 1 − r²/2 + r⁴ C(r²)

The reduction holds up to |x| = LIMIT; for larger x these functions mean nothing, and the C library is asked.
"""

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

LIMIT = 2.0**30

TWO_OVER_PI = 0.6366197723675814
# π/2 in three parts of 53 bits each.
HALF_PI = 1.5707963267948966
HALF_PI_REST = 6.123233995736766e-17
HALF_PI_LAST = -1.4973849048591698e-33

ROUNDER = 2.0**52 + 2.0**51  # the last bits of x + ROUNDER hold the integer nearest to x

# S(z) = (sin r − r) / r³ and C(z) = (cos r − 1 + r²/2) / r⁴ with z = r²: mpmath.chebyfit on [0, 0.61691], 7 and 6
# terms; off by 2⁻⁵⁶·⁵ and 2⁻⁵⁸·⁵ at most.
SIN_REST = (
    -0.16666666666666666,
    0.008333333333333331,
    -0.00019841269841265063,
    2.7557319219337312e-06,
    -2.5052106231802837e-08,
    1.6058531516797758e-10,
    -7.586691094197958e-13,
)
COS_REST = (
    0.041666666666666664,
    -0.0013888888888887398,
    2.480158729876456e-05,
    -2.7557317271145144e-07,
    2.087614614655861e-09,
    -1.1382623647474604e-11,
)


def outside(x: Lanes) -> Bits:
    """The lanes that the reduction does not cover."""
    return abs(x) > LIMIT


def reduced(x: Lanes) -> tuple[Bits, Pair]:
    """k (its last bits) and r, good to 2⁻¹³⁰."""
    shifted = fma(x, TWO_OVER_PI, ROUNDER)
    k = shifted - ROUNDER
    # The first step is exact: both terms are multiples of 2⁻⁵³ and the difference is below 1.
    first = fma(k, -HALF_PI, x)
    second = two_product(k, k.filled(-HALF_PI_REST))
    r, error = two_sum(first, second.high)
    return shifted.bits, fast_two_sum(r, error + fma(k, -HALF_PI_LAST, second.low))


def sin_near_zero(r: Pair) -> Pair:
    """sin r for |r| ≤ π/4, before the last rounding."""
    square = r.high * r.high
    cubic = r.high * square * polynomial(square, SIN_REST)
    return Pair(r.high, fma(r.low, fma(square, -0.5, 1.0), cubic))


def cos_near_zero(r: Pair) -> Pair:
    """cos r for |r| ≤ π/4, before the last rounding."""
    square = two_product(r.high * 0.5, r.high)
    z = r.high * r.high
    high, error = fast_two_sum(1.0, -square.high)
    rest = fma(z * z, polynomial(z, COS_REST), -square.low)
    return Pair(high, error + fma(-r.high, r.low, rest))


def _quadrant(k: Bits, r: Pair) -> Lanes:
    """sin(k π/2 + r)."""
    odd = (k & 1).nonzero()
    value = where(odd, cos_near_zero(r).rounded(), sin_near_zero(r).rounded())
    return (value.bits ^ ((k & 2) << 62)).doubles


def sin(x: Lanes) -> Lanes:
    """The sine of x radians, |x| ≤ LIMIT."""
    k, r = reduced(x)
    return where(x.equals(0.0), x, _quadrant(k, r))


def cos(x: Lanes) -> Lanes:
    """The cosine of x radians, |x| ≤ LIMIT."""
    k, r = reduced(x)
    return _quadrant(k + 1, r)


def tan(x: Lanes) -> Lanes:
    """The tangent of x radians, |x| ≤ LIMIT: sin r / cos r, or −cos r / sin r where k is odd."""
    k, r = reduced(x)
    odd = (k & 1).nonzero()
    s, c = (fast_two_sum(*part) for part in (sin_near_zero(r), cos_near_zero(r)))
    above = Pair(where(odd, c.high, s.high), where(odd, c.low, s.low))
    below = Pair(where(odd, -s.high, c.high), where(odd, -s.low, c.low))
    return where(x.equals(0.0), x, quotient(above, below).rounded())

"""The kernels for a^b and a^(b − k), as e^(b ln |a|) with ln |a| as a pair good to 2⁻⁶⁸ of its size, and a sign.

b ln |a| reaches 745 in size and its error there is the relative error of the result, which is why the series for the
logarithm is summed in pairs up to its third term.
"""

from autograd_lite.backends.llvm.kernels_exp import LN2, LN2_REST, clamp, exponential
from autograd_lite.backends.llvm.kernels_log import INFINITY, SMALLEST_NORMAL, split
from autograd_lite.backends.llvm.lanes import (
    Bits,
    Lanes,
    Pair,
    fast_two_sum,
    fma,
    intrinsic,
    polynomial,
    product,
    quotient,
    two_product,
    two_sum,
    where,
)

NAN = float("nan")
SIGN = -(2**63)  # the word of −0

# 2 artanh(s) = 2s + s³ (2/3 + z (2/5 + z Q(z))), z = s², as in kernels_log; Q by mpmath.chebyfit on
# [0, (√2 − 1)⁴], 7 terms; off by 2⁻⁵¹·⁷ at most, which is 2⁻⁶⁸ of the logarithm.
TWO_THIRDS, TWO_THIRDS_REST = 0.6666666666666666, 3.700743415417188e-17
TWO_FIFTHS, TWO_FIFTHS_REST = 0.4, -2.2204460492503132e-17
SEVENTH_REST = (
    0.285714285714286,
    0.22222222222140714,
    0.18181818226058036,
    0.1538460639274099,
    0.133342017810555,
    0.11721820901503831,
    0.11566250279600705,
)


def outside(a: Lanes, b: Lanes) -> Bits:
    """The lanes that `power` does not cover: all but finite b with normal a, or with a = 0 where b > 0."""
    covered = (abs(a) >= SMALLEST_NORMAL) | (a.equals(0.0) & (b > 0.0))
    return ~(covered & (abs(a) < INFINITY) & (abs(b) < INFINITY))


def logarithm(a: Lanes) -> Pair:
    """ln a for positive normal a."""
    k, m, _ = split(a)
    f = m - 1.0
    s = quotient(Pair(f, a.filled(0.0)), fast_two_sum(2.0, f))
    z = product(s, s)
    fifths = fast_two_sum(TWO_FIFTHS, z.high * polynomial(z.high, SEVENTH_REST))
    rest = product(z, Pair(fifths.high, fifths.low + TWO_FIFTHS_REST))
    thirds = fast_two_sum(TWO_THIRDS, rest.high)
    cubic = product(product(s, z), Pair(thirds.high, thirds.low + (rest.low + TWO_THIRDS_REST)))
    near = fast_two_sum(s.high * 2.0, cubic.high)
    shift = two_product(k, k.filled(LN2))
    high, error = fast_two_sum(shift.high, near.high)
    tail = fma(s.low, 2.0, cubic.low) + fma(k, LN2_REST, shift.low)
    return fast_two_sum(high, error + (near.low + tail))


def magnitude(a: Lanes, b: Lanes, rest: Lanes | None = None) -> Lanes:
    """a^b for positive normal a and finite b, to which a rest may be added that is less than its last place."""
    log = logarithm(a)
    high = log.high * b
    clamped = clamp(high, -746.0, 710.0)
    low = fma(log.low, b, fma(log.high, b, -high))
    if rest is not None:
        low = fma(log.high, rest, low)
    low = where(clamped.equals(high), low, 0.0)
    e = exponential(clamped, low)
    return e.scaled(e.mantissa().high)


def outside_lower(a: Lanes, b: Lanes, k: Lanes) -> Bits:
    """The lanes that `lower_power` does not cover."""
    return outside(a, b - k)


def lower_power(a: Lanes, b: Lanes, k: Lanes) -> Lanes:
    """a^(b − k), with what the rounded b − k has lost."""
    exponent = two_sum(b, -k)
    return power(a, exponent.high, exponent.low)


def parity(b: Lanes) -> tuple[Bits, Bits]:
    """Whether b is whole, and whether it is odd."""
    whole = intrinsic("roundeven", b).equals(b)
    return whole, whole & ~intrinsic("roundeven", b * 0.5).equals(b * 0.5)


def power(a: Lanes, b: Lanes, rest: Lanes | None = None) -> Lanes:
    """a^b, as C's pow has it: for negative a a nan unless b is whole, and negative where b is odd."""
    whole, odd = parity(b)
    if rest is not None:
        rest_whole, rest_odd = parity(rest)
        whole, odd = whole & rest_whole, odd ^ rest_odd
    size = where(a.equals(0.0), 0.0, magnitude(abs(a), b, rest))
    signed = where(odd, (size.bits | (a.bits & SIGN)).doubles, size)
    return where(~whole & (a < 0.0), NAN, signed)

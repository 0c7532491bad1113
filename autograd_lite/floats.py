"""The table's functions of floats: IEEE 754's answer where Python's own raises, and no digit lost in a tail."""

import math
from collections.abc import Callable


def guarded(
    function: Callable[[float], float], overflow: Callable[[float], float] = lambda x: math.inf
) -> Callable[[float], float]:
    """A function of `math` that answers nan outside its domain and `overflow(x)` when its result is too large."""

    def guarded(x: float) -> float:
        try:
            return function(x)
        except OverflowError:
            return overflow(x)
        except ValueError:
            return math.nan

    return guarded


LN_2 = math.log(2.0)


def divide(a: float, b: float) -> float:
    """a / b, infinite or nan where b is 0."""
    try:
        return a / b
    except ZeroDivisionError:
        return math.nan if a == 0.0 or a != a else math.copysign(math.inf, a) * math.copysign(1.0, b)


def power(a: float, b: float) -> float:
    """aᵇ, infinite at a pole and nan where there is no real value."""
    try:
        return math.pow(a, b)
    except OverflowError:
        return -math.inf if a < 0.0 and b % 2.0 == 1.0 else math.inf
    except ValueError:  # 0 to a negative power is a pole; a negative base to a fraction has no real value
        return (math.copysign(math.inf, a) if b % 2.0 == 1.0 else math.inf) if a == 0.0 else math.nan


def lower_power(a: float, b: float, k: float) -> float:
    """aᵇ⁻ᵏ, also where b − k is no double: what its rounding leaves comes in by the logarithm, and by the sign."""
    exponent = b - k
    try:
        found = math.pow(a, exponent)
    except (OverflowError, ValueError):
        found = power(a, exponent)
    lost = b - exponent
    if lost == k and exponent + k == b:
        return found
    rest = (b - (exponent + lost)) + (lost - k)
    if math.copysign(1.0, a) < 0.0:  # beyond 2⁵³ every double is even, and b − k may be odd
        found *= power(-1.0, rest)
    more = rest * log(abs(a))
    return found * (1.0 + more) if abs(more) < 1.0 else found


def log(x: float) -> float:
    """ln x, −inf at 0 and nan below."""
    return math.log(x) if x > 0.0 else -math.inf if x == 0.0 else math.nan


def log1p(x: float) -> float:
    """ln(1 + x), −inf at −1 and nan below."""
    return math.log1p(x) if x > -1.0 else -math.inf if x == -1.0 else math.nan


def sigmoid(x: float) -> float:
    """1 / (1 + e⁻ˣ) without an overflow on either side."""
    if x >= 0.0:
        return 1.0 / (1.0 + math.exp(-x))
    e = math.exp(x)
    return e / (1.0 + e)


def sigmoid_slope(x: float, a: float) -> float:
    """σ′(x): a(1 − a) while that keeps its digits, and e / (1 + e)² with e = exp(−x) where a is near 1."""
    if a <= 0.75:
        return a * (1.0 - a)
    e = math.exp(-x)
    total = 1.0 + e
    return e / (total * total)


def tanh_slope(x: float, a: float) -> float:
    """tanh′ x: 1 − a² while that keeps its digits, and 1 / cosh² x where a is near ±1."""
    if -0.5 <= a <= 0.5:
        return 1.0 - a * a
    try:
        root = 1.0 / math.cosh(x)
    except OverflowError:
        return 0.0
    return root * root


def softplus(x: float) -> float:
    """ln(1 + eˣ), whose tail on the left keeps its digits."""
    return (x if x > 0.0 else 0.0) + math.log1p(math.exp(-abs(x))) if x == x else x


def logaddexp(a: float, b: float) -> float:
    """ln(eᵃ + eᵇ) for numbers of any size."""
    if a == b:
        return a + LN_2
    return max(a, b) + math.log1p(math.exp(-abs(a - b))) if a == a and b == b else math.nan


def logsumexp(*xs: float) -> float:
    """ln Σ eˣ for numbers of any size: the largest comes out of the sum, what is left goes through log1p."""
    top = max(xs)
    rest, ties = 0.0, 0.0
    for x in xs:
        if x == top:
            ties += 1.0
        elif x == x:
            rest += math.exp(x - top)
        else:
            return math.nan
    return top + math.log1p(rest + (ties - 1.0))


def pick(index: float, *xs: float) -> float:
    """xs[int(index)], nan where there is no such entry."""
    return xs[int(index)] if 0.0 <= index < len(xs) else math.nan

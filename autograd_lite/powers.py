"""The slopes of powers with all their digits: parts of the rule of aᵇ, and of theirs.

    ∂/∂a aᵇ = b·aᵇ⁻¹  is computed as  b·aʳ(1 + e·ln |a|),  r the double next to b − 1 and e what its rounding has lost

For a beyond 1e±50 the rounding of b − 1 alone costs hundreds of places. Slopes of slopes go on to aᵇ⁻², aᵇ⁻³, …, so the
number that is taken off the exponent is an input, k.
"""

from autograd_lite import floats
from autograd_lite.choices import absolute, equal, greater, greater_equal, less, where
from autograd_lite.composite import part
from autograd_lite.op import POWER, PRODUCT, TABLE, Number, Op


def slopes_of_power(a: Number, b: Number, out: Number) -> tuple[Number, Number]:
    """b·aᵇ⁻¹ and aᵇ·ln a."""
    return _by_base(a, b, 1.0, b), _by_exponent(a, b, 1.0, b, out)


def _by_base(a: Number, b: Number, k: Number, exponent: Number) -> Number:
    """exponent·aᵇ⁻ᵏ, the slope in a of the power above; a⁰ is constant in a, even at 0 and nan, as in PyTorch."""
    base = where(equal(exponent, 0.0) * (1.0 - greater(absolute(a), 1e-300)), 1.0, a)
    return exponent * lower_power(base, b, k)


def _by_exponent(a: Number, b: Number, k: Number, exponent: Number, out: Number) -> Number:
    """out·ln a, the slope in b of the power above aᵇ⁻ᵏ; 0ᵇ is constant in b for b ≥ 0, as in PyTorch."""
    positive = where(equal(a, 0.0) * greater_equal(exponent, 0.0), 1.0, a)
    return power_by_exponent(positive, b, k, exponent, out)


def _lower_power(a: Number, b: Number, k: Number) -> Number:
    """aʳ(1 + e·ln |a|), r the double next to b − k and e the rest, where there is one and it says something.

    For a < 0 and whole b the sign is that of (−1)ᵉ, as beyond 2⁵³ every double, and so r, is even.
    """
    exponent = b - k
    lost = b - exponent
    rest = (b - (exponent + lost)) + (lost - k)
    found = TABLE["power"](a, exponent) * where(less(a, 0.0), TABLE["power"](-1.0, rest), 1.0)
    more = where(equal(rest, 0.0), 0.0, rest * TABLE["log"](absolute(a)))
    return where(less(absolute(more), 1.0), found * (1.0 + more), found)


def _lower_power_partials(a: Number, b: Number, k: Number, out: Number) -> tuple[Number, ...]:
    exponent, lower = b - k, k + 1.0
    return _by_base(a, b, lower, exponent), _by_exponent(a, b, lower, exponent, out), 0.0


# aᵇ⁻ᵏ with the digits that a rounded b − k would cost it; k is a small whole number, and no input.
lower_power: Op = part(
    "lower_power", floats.lower_power, _lower_power_partials, (0.3, 3), (-2.5, 2.5), (1, 3),
    text="{0} ** ({1} - {2})", latex="{{{0}}}^{{{1} - {2}}}", precedence=POWER, symbol="**−k",
    definition=_lower_power, told=lambda a, b, k: TABLE["power"](a, b - k),
)  # fmt: skip


def _times_logarithm(a: Number, b: Number, k: Number, exponent: Number, power: Number) -> Number:
    return power * TABLE["log"](a)


# A known power times ln a; its slope in a is written by way of aᵇ⁻ᵏ, the power below, a double where the other is none.
power_by_exponent: Op = part(
    "power_by_exponent", lambda a, b, k, exponent, power: power * floats.log(a),
    lambda a, b, k, exponent, power, out: (
        lower_power(a, b, k) * (1.0 + exponent * TABLE["log"](a)), out * TABLE["log"](a), 0.0, 0.0, 0.0,
    ),
    (0.3, 3), (-2.5, 2.5), (1, 2), (-2.5, 2.5), (0.3, 3),
    text="{4} * log({0})", latex=r"{4} \cdot \ln\left({0}\right)", precedence=PRODUCT, symbol="∂**",
    definition=_times_logarithm, told=_times_logarithm,
)  # fmt: skip

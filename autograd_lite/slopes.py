"""The slopes of σ and tanh with all their digits: parts of rules, made of what is left to 1.

    σ′ = a(1 − a)  is computed as  c(1 − c),  c = σ(−|x|) = e / (1 + e),         e = exp(−|x|)
    tanh′ = 1 − a²  is computed as  c(2 − c),  c = 1 − |tanh x| = 2e / (1 + e),  e = exp(−2|x|)

Where a is near 1 it knows few digits of 1 − a, and c knows them all. These are the definitions; those of σ and tanh are
made of the same tails, so that what has no code for the whole computes one exponential for both. What has code of its
own, as floats and C have, computes e / (1 + e)² and 1 / cosh² x, which are the same numbers.
"""

import math

from autograd_lite import floats
from autograd_lite.choices import absolute, greater_equal, less, where
from autograd_lite.composite import part, partials_of
from autograd_lite.op import FUNCTION, PRODUCT, SUM, TABLE, Number, Op

TANH_HALF = math.atanh(0.5)


def _sigmoid_tail(x: Number) -> Number:
    e = TABLE["exp"](-absolute(x))
    return e / (1.0 + e)


sigmoid_tail = part(
    "sigmoid_tail", None, partials_of(_sigmoid_tail), (-4, 4), symbol="σ(−|x|)",
    text="sigmoid(-abs({}))", latex=r"\sigma\left(-\left|{}\right|\right)", precedence=FUNCTION,
    definition=_sigmoid_tail, told=_sigmoid_tail,
)  # fmt: skip


def sigmoid_by_tail(x: Number) -> Number:
    """σ(x), of which the tail is the smaller side."""
    c = sigmoid_tail(x)
    return where(greater_equal(x, 0.0), 1.0 - c, c)


def _sigmoid_slope(x: Number, a: Number) -> Number:
    c = sigmoid_tail(x)
    return c * (1.0 - c)


sigmoid_slope: Op = part(
    "sigmoid_slope", floats.sigmoid_slope, lambda x, a, out: (-(out * TABLE["tanh"](0.5 * x)), 0.0), (-4, 4), (0, 1),
    symbol="σ′", text="{1} * (1 - {1})", latex=r"{1} \cdot \left(1 - {1}\right)", precedence=PRODUCT,
    definition=_sigmoid_slope, told=lambda x, a: a * (1.0 - a),
)  # fmt: skip


def _tanh_tail(x: Number) -> Number:
    """tanh x while it is below ½ in size, and then 1 − |tanh x|."""
    grown, e = TABLE["expm1"](2.0 * x), TABLE["exp"](-2.0 * absolute(x))
    return where(less(absolute(x), TANH_HALF), grown / (2.0 + grown), 2.0 * e / (1.0 + e))


tanh_tail = part(
    "tanh_tail", None, partials_of(_tanh_tail), (-4, 4), symbol="1 − |tanh|",
    precedence=FUNCTION, definition=_tanh_tail, told=_tanh_tail,
)  # fmt: skip


def tanh_by_tail(x: Number) -> Number:
    """tanh x, of which the tail is the smaller side."""
    tail = tanh_tail(x)
    far = where(greater_equal(x, 0.0), 1.0 - tail, tail - 1.0)
    return where(less(absolute(x), TANH_HALF), tail, far)


def _tanh_slope(x: Number, a: Number) -> Number:
    tail = tanh_tail(x)
    c = where(less(absolute(x), TANH_HALF), 1.0 - absolute(tail), tail)
    return c * (2.0 - c)


tanh_slope: Op = part(
    "tanh_slope", floats.tanh_slope, lambda x, a, out: (-2.0 * a * out, 0.0), (-4, 4), (-1, 1),
    symbol="tanh′", text="1 - {1} * {1}", latex=r"1 - {1} \cdot {1}", precedence=SUM,
    definition=_tanh_slope, told=lambda x, a: 1.0 - a * a,
)  # fmt: skip

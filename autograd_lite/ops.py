"""The table of operations: one row per op, and everything else in the project follows from the row.

A row says what an op is called, how it is written, what it computes and what its local derivatives are:

    sin = _row(
        "sin", floats.guarded(math.sin), lambda x, out: (cos(x),), (-4, 4), latex=r"\\sin\\left({}\\right)",
        meaning="the sine of an angle in radians",
    )

`forward` takes and returns floats and never raises where IEEE 754 has an answer. `partials(*inputs, out)` is generic
in type: it uses only + - *, negation and rows of this table, so the same rule differentiates floats, `Value`s (which
gives derivatives of derivatives) and the entries of a tape (which gives the backward program). Inside a rule a
quotient is written `divide(a, b)` and a power `power(a, b)`, because Python's own `/` and `**` raise on floats.

A row that is made of other rows has a `definition`, as generic. A backend takes it where it has no kernel of its own;
a forward or a partial that it does not say as well or as fast is stated beside it, and the tests hold one to the other.
The rows that compare and choose, with which the rules tell cases apart, are in choices.py.
"""

import math
import operator
from functools import reduce

from autograd_lite import floats
from autograd_lite.choices import absolute as absolute
from autograd_lite.choices import equal as equal
from autograd_lite.choices import greater as greater
from autograd_lite.choices import greater_equal as greater_equal
from autograd_lite.choices import less as less
from autograd_lite.choices import less_equal as less_equal
from autograd_lite.choices import maximum as maximum
from autograd_lite.choices import minimum as minimum
from autograd_lite.choices import where as where
from autograd_lite.composite import enter as _row
from autograd_lite.composite import part as _part
from autograd_lite.op import FUNCTION as FUNCTION
from autograd_lite.op import POWER as POWER
from autograd_lite.op import PREFIX as PREFIX
from autograd_lite.op import PRODUCT as PRODUCT
from autograd_lite.op import SUM as SUM
from autograd_lite.op import TABLE as TABLE
from autograd_lite.op import Number
from autograd_lite.op import Op as Op
from autograd_lite.powers import slopes_of_power
from autograd_lite.slopes import sigmoid_by_tail, sigmoid_slope, tanh_by_tail, tanh_slope
from autograd_lite.wellformed import check_table

# ---- arithmetic ----

add = _row(
    "add", operator.add, lambda a, b, out: (1.0, 1.0), (-3, 3), (-3, 3),
    symbol="+", text="{} + {}", latex="{} + {}", precedence=SUM, meaning="the sum of two numbers",
)  # fmt: skip
subtract = _row(
    "subtract", operator.sub, lambda a, b, out: (1.0, -1.0), (-3, 3), (-3, 3),
    symbol="−", text="{} - {}", latex="{} - {}", precedence=SUM, meaning="the first number less the second",
)  # fmt: skip
multiply = _row(
    "multiply", operator.mul, lambda a, b, out: (b, a), (-3, 3), (-3, 3),
    symbol="×", text="{} * {}", latex=r"{} \cdot {}", precedence=PRODUCT, meaning="the product of two numbers",
)  # fmt: skip
divide: Op = _row(
    "divide", floats.divide, lambda a, b, out: (divide(1.0, b), -divide(out, b)), (-3, 3), (0.4, 3),
    symbol="÷", text="{} / {}", latex=r"\frac{{{}}}{{{}}}", precedence=PRODUCT,
    meaning="the quotient of two numbers; by 0 it is inf, -inf or nan",
)  # fmt: skip
negate = _row(
    "negate", operator.neg, lambda a, out: (-1.0,), (-3, 3),
    symbol="−", text="-{}", latex="-{}", precedence=PREFIX, meaning="the number with its sign turned",
)  # fmt: skip


power: Op = _row(
    "power", floats.power, slopes_of_power, (0.3, 3), (-2.5, 2.5),
    symbol="**", text="{} ** {}", latex="{{{}}}^{{{}}}", precedence=POWER,
    meaning="the first number to the power of the second",
)  # fmt: skip

# ---- elementary functions ----

exp = _row(
    "exp", floats.guarded(math.exp), lambda x, out: (out,), (-4, 4), latex="e^{{{}}}",
    meaning="e to the power x; its own derivative",
)  # fmt: skip
expm1 = _row(
    "expm1", floats.guarded(math.expm1), lambda x, out: (out + 1.0,), (-4, 4),
    meaning="e to the power x, less 1, with all its digits near 0",
)  # fmt: skip
log: Op = _row(
    "log", floats.log, lambda x, out: (divide(1.0, x),), (0.1, 5), latex=r"\ln\left({}\right)",
    meaning="the natural logarithm, of x > 0",
)  # fmt: skip
log1p = _row(
    "log1p", floats.log1p, lambda x, out: (divide(1.0, 1.0 + x),), (-0.9, 4),
    meaning="the natural logarithm of 1 + x, with all its digits near 0",
)  # fmt: skip
sqrt = _row(
    "sqrt", floats.guarded(math.sqrt), lambda x, out: (divide(0.5, out),), (0.1, 5), latex=r"\sqrt{{{}}}",
    meaning="the square root, of x >= 0",
)  # fmt: skip
sin = _row(
    "sin", floats.guarded(math.sin), lambda x, out: (cos(x),), (-4, 4), latex=r"\sin\left({}\right)",
    meaning="the sine of an angle in radians",
)  # fmt: skip
cos: Op = _row(
    "cos", floats.guarded(math.cos), lambda x, out: (-sin(x),), (-4, 4), latex=r"\cos\left({}\right)",
    meaning="the cosine of an angle in radians",
)  # fmt: skip
tan = _row(
    "tan", floats.guarded(math.tan), lambda x, out: (1.0 + out * out,), (-1.3, 1.3), latex=r"\tan\left({}\right)",
    meaning="the tangent of an angle in radians",
)  # fmt: skip
asin = _row(
    "asin", floats.guarded(math.asin), lambda x, out: (divide(1.0, sqrt((1.0 - x) * (1.0 + x))),), (-0.9, 0.9),
    latex=r"\arcsin\left({}\right)", meaning="the angle from -pi/2 to pi/2 whose sine is x, for -1 <= x <= 1",
)  # fmt: skip
acos = _row(
    "acos", floats.guarded(math.acos), lambda x, out: (-divide(1.0, sqrt((1.0 - x) * (1.0 + x))),), (-0.9, 0.9),
    latex=r"\arccos\left({}\right)", meaning="the angle from 0 to pi whose cosine is x, for -1 <= x <= 1",
)  # fmt: skip
atan = _row(
    "atan", math.atan, lambda x, out: (divide(1.0, 1.0 + x * x),), (-4, 4), latex=r"\arctan\left({}\right)",
    meaning="the angle from -pi/2 to pi/2 whose tangent is x",
)  # fmt: skip


def _atan2_partials(y: Number, x: Number, out: Number) -> tuple[Number, Number]:
    """x/r² and −y/r² by way of r, for r² may under- or overflow; 0 at the origin, as in PyTorch."""
    r = hypot(x, y)
    at_origin = equal(r, 0.0)
    return where(at_origin, 0.0, divide(divide(x, r), r)), where(at_origin, 0.0, -divide(divide(y, r), r))


atan2 = _row(
    "atan2", math.atan2, _atan2_partials, (-3, 3), (0.3, 3),
    meaning="the angle of the point with height x and width y, from -pi to pi",
)  # fmt: skip


def _by_the_larger(a: Number, b: Number, r: Number) -> Number:
    """a/r, where a is the larger by b/a alone: so the slope b²/r³ is no difference of two numbers near 1/r."""
    above, below = greater(a, absolute(b)), less(a, -absolute(b))
    ratio = divide(where(above, b, where(below, b, 0.0)), where(above, a, where(below, a, 1.0)))
    share = divide(1.0, sqrt(1.0 + ratio * ratio))
    return where(above, share, where(below, -share, divide(a, r)))


hypot: Op = _row(
    "hypot", math.hypot, lambda a, b, out: (share_of_length(a, b, out), share_of_length(b, a, out)),
    (0.2, 3), (0.2, 3),
    meaning="the length sqrt(x*x + y*y), without overflow on the way",
)  # fmt: skip
share_of_length: Op = _part(
    "share_of_length", None, None, (0.2, 3), (0.2, 3), (0.2, 3),
    text="{0} / {2}", latex=r"\frac{{{0}}}{{{2}}}", precedence=PRODUCT, symbol="∂hypot",
    definition=_by_the_larger, told=lambda a, b, r: divide(a, r),
)  # fmt: skip
sinh = _row(
    "sinh", floats.guarded(math.sinh, lambda x: math.copysign(math.inf, x)), lambda x, out: (cosh(x),), (-4, 4),
    latex=r"\sinh\left({}\right)", meaning="the hyperbolic sine, half of exp(x) - exp(-x)",
)  # fmt: skip
cosh: Op = _row(
    "cosh", floats.guarded(math.cosh), lambda x, out: (sinh(x),), (-4, 4), latex=r"\cosh\left({}\right)",
    meaning="the hyperbolic cosine, half of exp(x) + exp(-x)",
)  # fmt: skip
tanh = _row(
    "tanh", math.tanh, lambda x, out: (tanh_slope(x, out),), (-4, 4), latex=r"\tanh\left({}\right)",
    definition=tanh_by_tail, meaning="the hyperbolic tangent, an S from -1 to 1",
)  # fmt: skip
erf = _row(
    "erf", math.erf, lambda x, out: (exp(-(x * x)) * (2.0 / math.sqrt(math.pi)),), (-3, 3),
    meaning="the error function, an S from -1 to 1: the area under a bell",
)  # fmt: skip
erfc = _row(
    "erfc", math.erfc, lambda x, out: (exp(-(x * x)) * (-2.0 / math.sqrt(math.pi)),), (-3, 3),
    meaning="1 - erf(x), with all the digits of its tail",
)  # fmt: skip


def _pick_partials(index: Number, *xs_and_out: Number) -> tuple[Number, ...]:
    """1 for the entry that was picked, 0 for the others; no gradient goes to the index.

    No two entries share a comparison, so that all have the same form: one loop, when a tape is rolled up.
    """
    return 0.0, *(greater_equal(index, float(k)) * less(index, k + 1.0) for k in range(len(xs_and_out) - 1))


def _picked(index: Number, *xs: Number) -> Number:
    chosen: Number = math.nan
    for k in reversed(range(len(xs))):
        chosen = where(less(index, k + 1.0), xs[k], chosen)
    return where(greater_equal(index, 0.0), chosen, math.nan)


# xs[int(index)], chosen anew at every replay, and nan where there is no such entry.
pick = _row(
    "pick", floats.pick, _pick_partials, (0, 3), (-3, 3), (-3, 3), (-3, 3),
    definition=_picked, n_slots=2, selects=True,
    meaning="the number whose place among the others, from 0, the first one is",
)  # fmt: skip

# ---- activation functions and their kin ----

sigmoid = _row(
    "sigmoid", floats.sigmoid, lambda x, out: (sigmoid_slope(x, out),), (-4, 4),
    symbol="σ", latex=r"\sigma\left({}\right)", definition=sigmoid_by_tail,
    meaning="1 / (1 + exp(-x)), an S from 0 to 1",
)  # fmt: skip
relu = _row(
    "relu", lambda x: 0.0 if x <= 0.0 else x, lambda x, out: (1.0 - less_equal(x, 0.0),), (-3, 3),
    definition=lambda x: where(less_equal(x, 0.0), 0.0, x), selects=True,
    meaning="x where it is positive, else 0; its slope at 0 is 0",
)  # fmt: skip
leaky_relu = _row(
    "leaky_relu", lambda x: x if x > 0.0 else 0.01 * x,
    lambda x, out: (where(greater(x, 0.0), 1.0, 0.01),), (-3, 3),
    definition=lambda x: where(greater(x, 0.0), x, 0.01 * x), meaning="x where it is positive, else a hundredth of it",
)  # fmt: skip
# elu′ = exp(min(x, 0)), written with relu for the sake of elu″(0) = 0; out + 1 would lose the digits of its tail.
elu = _row(
    "elu", lambda x: x if x > 0.0 else math.expm1(x),
    lambda x, out: (exp(-relu(-x)),), (-3, 3),
    definition=lambda x: where(greater(x, 0.0), x, expm1(x)), meaning="x where it is positive, else exp(x) - 1",
)  # fmt: skip

logaddexp = _row(
    "logaddexp", floats.logaddexp, lambda a, b, out: (sigmoid(a - b), sigmoid(b - a)), (-4, 4), (-4, 4),
    latex=r"\ln\left(e^{{{}}} + e^{{{}}}\right)",
    definition=lambda a, b: maximum(a, b) + where(equal(a, b), floats.LN_2, log1p(exp(-absolute(a - b)))),
    meaning="log(exp(x) + exp(y)), without overflow on the way",
)  # fmt: skip


def _log_of_sum(*xs: Number) -> Number:
    """The largest x comes out of the sum, so that nothing overflows; what is left keeps its digits in log1p."""
    top = reduce(maximum, xs)
    tops = [equal(x, top) for x in xs]
    rest = reduce(add, [where(is_top, 0.0, exp(x - top)) for is_top, x in zip(tops, xs, strict=True)])
    return top + log1p(rest + (reduce(add, tops) - 1.0))


logsumexp = _row(
    "logsumexp", floats.logsumexp, lambda *xs: tuple(exp(x - xs[-1]) for x in xs[:-1]), (-4, 4), (-4, 4), (-4, 4),
    definition=_log_of_sum, n_slots=1, meaning="log(exp(x) + exp(y) + ...), without overflow on the way",
)  # fmt: skip
softplus = _row(
    "softplus", floats.softplus, lambda x, out: (sigmoid(x),), (-4, 4),
    definition=lambda x: relu(x) + log1p(exp(-absolute(x))), meaning="log(1 + exp(x)), a relu without its kink",
)  # fmt: skip


def _silu_partials(x: Number, out: Number) -> tuple[Number]:
    """σ + x·σ·(1 − σ), stated for speed: run as a rule, what follows from the definition takes 9 times as long."""
    s = sigmoid(x)
    return (s + x * sigmoid_slope(x, s),)


silu = _row(
    "silu", lambda x: x * floats.sigmoid(x), _silu_partials, (-4, 4), definition=lambda x: x * sigmoid(x),
    meaning="x * sigmoid(x), a relu without its kink that dips below 0",
)  # fmt: skip
# Φ(x) = erfc(−x/√2)/2 rather than (1 + erf(x/√2))/2: the tail on the left keeps its digits.
gelu = _row(
    "gelu", lambda x: x * 0.5 * math.erfc(-x * math.sqrt(0.5)),
    lambda x, out: (0.5 * erfc(-x * math.sqrt(0.5)) + x * (exp(x * x * -0.5) * math.sqrt(0.5 / math.pi)),), (-4, 4),
    definition=lambda x: x * 0.5 * erfc(-x * math.sqrt(0.5)),
    meaning="x times the share of a normal distribution below x",
)  # fmt: skip

FUNCTIONS = {name: op for name, op in TABLE.items() if op.precedence == FUNCTION and name != "abs"}
check_table()


__all__ = list(FUNCTIONS)

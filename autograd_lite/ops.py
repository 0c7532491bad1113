"""The table of operations: one row per op, and everything else in the project follows from the row.

A row says what an op is called, how it is written, what it computes and what its local derivatives are:

    sin = _row("sin", _guarded(math.sin), lambda x, out: (cos(x),), (-4.0, 4.0), latex=r"\\sin")

`forward` takes and returns floats and never raises where IEEE 754 has an answer. `partials(*inputs, out)` is generic
in type: it uses only + - *, negation and rows of this table, so the same rule differentiates floats, `Value`s (which
gives derivatives of derivatives) and the entries of a tape (which gives the backward program). Inside a rule a
quotient is written `divide(a, b)` and a power `power(a, b)`, because Python's own `/` and `**` raise on floats.

Calling a row applies it: floats give a float, a `Value` among the inputs gives a `Value`.
"""

import math
import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from autograd_lite.scalars import as_float

Interval = tuple[float, float]

# How tightly an op binds when it is written down, loosest first.
SUM, PRODUCT, PREFIX, POWER, FUNCTION = range(5)


@dataclass(frozen=True, eq=False, repr=False)
class Op:
    """One operation: its name, its value, its local derivatives, and how it is written.

    `text` and `latex` are templates with one `{}` an input; `domain` has one interval an input, inside which the op
    is smooth almost everywhere and from which tests sample.
    """

    name: str
    symbol: str
    forward: Callable[..., float]
    partials: Callable[..., tuple[Any, ...]]
    text: str
    latex: str
    domain: tuple[Interval, ...]
    precedence: int

    @property
    def arity(self) -> int:
        """The number of inputs."""
        return len(self.domain)

    def __call__(self, *inputs: Any) -> Any:
        """Apply the op: numbers give a float, a `Value` (or a tape entry) among the inputs gives one of its kind."""
        if len(inputs) != len(self.domain):
            raise TypeError(f"{self.name}: expected {self.arity} argument(s), got {len(inputs)}")
        for x in inputs:
            if type(x) is not float:
                return self._dispatch(inputs)
        return self.forward(*inputs)

    def _dispatch(self, inputs: tuple[Any, ...]) -> Any:
        """Let a node among the inputs apply the op; otherwise they must be numbers of other kinds."""
        for x in inputs:
            apply = getattr(type(x), "_apply", None)
            if apply is not None:
                return apply(self, *inputs)
        return self.forward(*[as_float(x, self.name) for x in inputs])

    def __repr__(self) -> str:
        return self.name

    def __reduce__(self) -> Any:
        return _named, (self.name,)  # a row is copied and pickled as its name: there is one of it


def _named(name: str) -> "Op":
    return TABLE[name]


TABLE: dict[str, Op] = {}


def _row(
    name: str,
    forward: Callable[..., float],
    partials: Callable[..., tuple[Any, ...]],
    *domain: Interval,
    symbol: str = "",
    text: str = "",
    latex: str = "",
    precedence: int = FUNCTION,
) -> Op:
    """Add a row to the table; an op that is written as a function, name(a, b), needs no text of its own."""
    arguments = ", ".join("{}" for _ in domain)
    op = Op(
        name=name,
        symbol=symbol or name,
        forward=forward,
        partials=partials,
        text=text or f"{name}({arguments})",
        latex=latex or rf"\operatorname{{{{{name}}}}}".replace("_", r"\_") + rf"\left({arguments}\right)",
        domain=domain,
        precedence=precedence,
    )
    TABLE[name] = op
    return op


# ---- forward definitions: IEEE 754's answer where Python's own function raises, and no digit lost in a tail ----


def _guarded(
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


def _divide(a: float, b: float) -> float:
    try:
        return a / b
    except ZeroDivisionError:
        return math.nan if a == 0.0 or a != a else math.copysign(math.inf, a) * math.copysign(1.0, b)


def _power(a: float, b: float) -> float:
    try:
        return math.pow(a, b)
    except OverflowError:
        return -math.inf if a < 0.0 and b % 2.0 == 1.0 else math.inf
    except ValueError:  # 0 to a negative power is a pole; a negative base to a fraction has no real value
        return (math.copysign(math.inf, a) if b % 2.0 == 1.0 else math.inf) if a == 0.0 else math.nan


def _log(x: float) -> float:
    return math.log(x) if x > 0.0 else -math.inf if x == 0.0 else math.nan


def _log1p(x: float) -> float:
    return math.log1p(x) if x > -1.0 else -math.inf if x == -1.0 else math.nan


def _sigmoid(x: float) -> float:
    if x >= 0.0:
        return 1.0 / (1.0 + math.exp(-x))
    e = math.exp(x)
    return e / (1.0 + e)


def _softplus(x: float) -> float:
    return (x if x > 0.0 else 0.0) + math.log1p(math.exp(-abs(x))) if x == x else x


def _logaddexp(a: float, b: float) -> float:
    if a == b:
        return a + math.log(2.0)
    return max(a, b) + math.log1p(math.exp(-abs(a - b))) if a == a and b == b else math.nan


# ---- arithmetic ----

add = _row(
    "add", operator.add, lambda a, b, out: (1.0, 1.0), (-3, 3), (-3, 3),
    symbol="+", text="{} + {}", latex="{} + {}", precedence=SUM,
)  # fmt: skip
subtract = _row(
    "subtract", operator.sub, lambda a, b, out: (1.0, -1.0), (-3, 3), (-3, 3),
    symbol="−", text="{} - {}", latex="{} - {}", precedence=SUM,
)  # fmt: skip
multiply = _row(
    "multiply", operator.mul, lambda a, b, out: (b, a), (-3, 3), (-3, 3),
    symbol="×", text="{} * {}", latex=r"{} \cdot {}", precedence=PRODUCT,
)  # fmt: skip
divide: Op = _row(
    "divide", _divide, lambda a, b, out: (divide(1.0, b), -divide(out, b)), (-3, 3), (0.4, 3),
    symbol="÷", text="{} / {}", latex=r"\frac{{{}}}{{{}}}", precedence=PRODUCT,
)  # fmt: skip
negate = _row(
    "negate", operator.neg, lambda a, out: (-1.0,), (-3, 3),
    symbol="−", text="-{}", latex="-{}", precedence=PREFIX,
)  # fmt: skip


def _power_partials(a: Any, b: Any, out: Any) -> tuple[Any, Any]:
    """b·aᵇ⁻¹ and aᵇ·ln a, with a⁰ constant in a, even at 0 and nan, and 0ᵇ constant in b for b ≥ 0, as in PyTorch."""
    base = where(equal(b, 0.0), where(greater(absolute(a), 1e-300), a, 1.0), a)
    positive = where(equal(a, 0.0) * greater_equal(b, 0.0), 1.0, a)
    return b * power(base, b - 1.0), out * log(positive)


power: Op = _row(
    "power", _power, _power_partials, (0.3, 3), (-2.5, 2.5),
    symbol="**", text="{} ** {}", latex="{{{}}}^{{{}}}", precedence=POWER,
)  # fmt: skip

# ---- comparisons: 1 where they hold, 0 where they don't, flat everywhere ----


def _comparison(name: str, holds: Callable[[float, float], bool], symbol: str, latex: str) -> Op:
    return _row(
        name,
        lambda a, b: 1.0 if holds(a, b) else 0.0,
        lambda a, b, out: (0.0, 0.0),
        (-3, 3),
        (-3, 3),
        symbol=symbol,
        latex=rf"\left[{{}} {latex} {{}}\right]",
    )


greater = _comparison("greater", operator.gt, ">", ">")
greater_equal = _comparison("greater_equal", operator.ge, "≥", r"\ge")
less = _comparison("less", operator.lt, "<", "<")
less_equal = _comparison("less_equal", operator.le, "≤", r"\le")
equal = _comparison("equal", operator.eq, "=", "=")

# ---- choices: at a kink the conventions are PyTorch's ----

where = _row(
    "where", lambda condition, a, b: a if condition != 0.0 else b,
    lambda condition, a, b, out: (0.0, 1.0 - equal(condition, 0.0), equal(condition, 0.0)), (-1, 1), (-3, 3), (-3, 3),
)  # fmt: skip
maximum = _row(
    "maximum", lambda a, b: a if a > b or a != a else b,
    lambda a, b, out: (1.0 - less(a, b) - 0.5 * equal(a, b), 1.0 - less(b, a) - 0.5 * equal(a, b)), (-3, 3), (-3, 3),
    latex=r"\max\left({}, {}\right)",
)  # fmt: skip
minimum = _row(
    "minimum", lambda a, b: a if a < b or a != a else b,
    lambda a, b, out: (1.0 - less(b, a) - 0.5 * equal(a, b), 1.0 - less(a, b) - 0.5 * equal(a, b)), (-3, 3), (-3, 3),
    latex=r"\min\left({}, {}\right)",
)  # fmt: skip
absolute: Op = _row(
    "abs", math.fabs, lambda x, out: (greater(x, 0.0) - less(x, 0.0),), (-3, 3),
    latex=r"\left|{}\right|",
)  # fmt: skip

# ---- elementary functions ----

exp = _row("exp", _guarded(math.exp), lambda x, out: (out,), (-4, 4), latex="e^{{{}}}")
expm1 = _row("expm1", _guarded(math.expm1), lambda x, out: (out + 1.0,), (-4, 4))
log = _row("log", _log, lambda x, out: (divide(1.0, x),), (0.1, 5), latex=r"\ln\left({}\right)")
log1p = _row("log1p", _log1p, lambda x, out: (divide(1.0, 1.0 + x),), (-0.9, 4))
sqrt = _row("sqrt", _guarded(math.sqrt), lambda x, out: (divide(0.5, out),), (0.1, 5), latex=r"\sqrt{{{}}}")
sin = _row("sin", _guarded(math.sin), lambda x, out: (cos(x),), (-4, 4), latex=r"\sin\left({}\right)")
cos: Op = _row("cos", _guarded(math.cos), lambda x, out: (-sin(x),), (-4, 4), latex=r"\cos\left({}\right)")
tan = _row("tan", _guarded(math.tan), lambda x, out: (1.0 + out * out,), (-1.3, 1.3), latex=r"\tan\left({}\right)")
asin = _row(
    "asin", _guarded(math.asin), lambda x, out: (divide(1.0, sqrt((1.0 - x) * (1.0 + x))),), (-0.9, 0.9),
    latex=r"\arcsin\left({}\right)",
)  # fmt: skip
acos = _row(
    "acos", _guarded(math.acos), lambda x, out: (-divide(1.0, sqrt((1.0 - x) * (1.0 + x))),), (-0.9, 0.9),
    latex=r"\arccos\left({}\right)",
)  # fmt: skip
atan = _row("atan", math.atan, lambda x, out: (divide(1.0, 1.0 + x * x),), (-4, 4), latex=r"\arctan\left({}\right)")


def _atan2_partials(y: Any, x: Any, out: Any) -> tuple[Any, Any]:
    """x/r² and −y/r²; 0 at the origin, as in PyTorch."""
    square = x * x + y * y
    at_origin = equal(square, 0.0)
    return where(at_origin, 0.0, divide(x, square)), where(at_origin, 0.0, -divide(y, square))


atan2 = _row("atan2", math.atan2, _atan2_partials, (-3, 3), (0.3, 3))
hypot = _row("hypot", math.hypot, lambda a, b, out: (divide(a, out), divide(b, out)), (0.2, 3), (0.2, 3))
sinh = _row(
    "sinh", _guarded(math.sinh, lambda x: math.copysign(math.inf, x)), lambda x, out: (cosh(x),), (-4, 4),
    latex=r"\sinh\left({}\right)",
)  # fmt: skip
cosh: Op = _row("cosh", _guarded(math.cosh), lambda x, out: (sinh(x),), (-4, 4), latex=r"\cosh\left({}\right)")
tanh = _row("tanh", math.tanh, lambda x, out: (1.0 - out * out,), (-4, 4), latex=r"\tanh\left({}\right)")
erf = _row("erf", math.erf, lambda x, out: (exp(-(x * x)) * (2.0 / math.sqrt(math.pi)),), (-3, 3))
erfc = _row("erfc", math.erfc, lambda x, out: (exp(-(x * x)) * (-2.0 / math.sqrt(math.pi)),), (-3, 3))

# ---- activation functions ----

sigmoid = _row(
    "sigmoid", _sigmoid, lambda x, out: (out * (1.0 - out),), (-4, 4),
    symbol="σ", latex=r"\sigma\left({}\right)",
)  # fmt: skip
relu = _row("relu", lambda x: 0.0 if x <= 0.0 else x, lambda x, out: (1.0 - less_equal(x, 0.0),), (-3, 3))
leaky_relu = _row(
    "leaky_relu", lambda x: x if x > 0.0 else 0.01 * x,
    lambda x, out: (where(greater(x, 0.0), 1.0, 0.01),), (-3, 3),
)  # fmt: skip
# elu′ = exp(min(x, 0)), written with relu for the sake of elu″(0) = 0; out + 1 would lose the digits of its tail.
elu = _row(
    "elu", lambda x: x if x > 0.0 else math.expm1(x),
    lambda x, out: (exp(-relu(-x)),), (-3, 3),
)  # fmt: skip
logaddexp = _row(
    "logaddexp", _logaddexp, lambda a, b, out: (sigmoid(a - b), sigmoid(b - a)), (-4, 4), (-4, 4),
    latex=r"\ln\left(e^{{{}}} + e^{{{}}}\right)",
)  # fmt: skip
softplus = _row("softplus", _softplus, lambda x, out: (sigmoid(x),), (-4, 4))
silu = _row(
    "silu", lambda x: x * _sigmoid(x),
    lambda x, out: (sigmoid(x) + out * (1.0 - sigmoid(x)),), (-4, 4),
)  # fmt: skip
# Φ(x) = erfc(−x/√2)/2 rather than (1 + erf(x/√2))/2: the tail on the left keeps its digits.
gelu = _row(
    "gelu", lambda x: x * 0.5 * math.erfc(-x * math.sqrt(0.5)),
    lambda x, out: (
        0.5 * erfc(-x * math.sqrt(0.5)) + x * (exp(x * x * -0.5) * (1.0 / math.sqrt(2.0 * math.pi))),
    ), (-4, 4),
)  # fmt: skip

FUNCTIONS = {name: op for name, op in TABLE.items() if op.precedence == FUNCTION and name != "abs"}

__all__ = list(FUNCTIONS)

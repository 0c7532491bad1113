"""The ops in C: signs, functions of math.h, and definitions of what that lacks."""

from __future__ import annotations

import re

from autograd_lite.op import Op

CALL = 3

# The ops that C writes in a form of its own, by signs or by some of the inputs, and how tightly it binds; a call binds
# tightest.
FORMS = {
    "add": ("{} + {}", 0),
    "subtract": ("{} - {}", 0),
    "multiply": ("{} * {}", 1),
    "divide": ("{} / {}", 1),
    "negate": ("-{}", 2),
    "sigmoid_slope": ("sigmoid_slope({0})", CALL),
    "tanh_slope": ("tanh_slope({0})", CALL),
}

# The functions of math.h, by the name of the op.
LIBM = {name: name for name in re.findall(r"\w+", """
    exp expm1 log log1p sqrt sin cos tan asin acos atan atan2 hypot sinh cosh tanh erf erfc
""")} | {"abs": "fabs", "power": "pow"}  # fmt: skip

# What math.h lacks: the arguments, and the value.
SMALL = {
    "greater": ("double a, double b", "a > b ? 1.0 : 0.0"),
    "greater_equal": ("double a, double b", "a >= b ? 1.0 : 0.0"),
    "less": ("double a, double b", "a < b ? 1.0 : 0.0"),
    "less_equal": ("double a, double b", "a <= b ? 1.0 : 0.0"),
    "equal": ("double a, double b", "a == b ? 1.0 : 0.0"),
    "where": ("double condition, double a, double b", "condition != 0.0 ? a : b"),
    "maximum": ("double a, double b", "a > b || a != a ? a : b"),
    "minimum": ("double a, double b", "a < b || a != a ? a : b"),
    "relu": ("double x", "x <= 0.0 ? 0.0 : x"),
    "softplus": ("double x", "x == x ? (x > 0.0 ? x : 0.0) + log1p(exp(-fabs(x))) : x"),
}
LARGE = {
    "sigmoid": """
static double sigmoid(double x) {
    double e = exp(-fabs(x));
    return x >= 0.0 ? 1.0 / (1.0 + e) : e / (1.0 + e);
}""",
    "sigmoid_slope": """
static double sigmoid_slope(double x) {
    double e = exp(-fabs(x));
    return e / ((1.0 + e) * (1.0 + e));
}""",
    "tanh_slope": """
static double tanh_slope(double x) {
    double c = 1.0 / cosh(x);
    return c * c;
}""",
    "lower_power": """
static double lower_power(double a, double b, double k) {
    double exponent = b - k, lost = b - exponent;
    double rest = (b - (exponent + lost)) + (lost - k);
    double found = pow(a, exponent) * pow(copysign(1.0, a), rest);
    double more = rest == 0.0 ? 0.0 : rest * log(fabs(a));
    return fabs(more) < 1.0 ? found * (1.0 + more) : found;
}""",
    "logaddexp": """
static double logaddexp(double a, double b) {
    if (a != a || b != b) return NAN;
    return a == b ? a + log(2.0) : (a > b ? a : b) + log1p(exp(-fabs(a - b)));
}""",
    "logsumexp": """
static double logsumexp(int n, const double xs[]) {
    double top = xs[0], rest = 0.0, ties = 0.0;
    for (int k = 1; k < n; k++) top = xs[k] > top ? xs[k] : top;
    for (int k = 0; k < n; k++) {
        if (xs[k] != xs[k]) return NAN;
        if (xs[k] == top) ties += 1.0;
        else rest += exp(xs[k] - top);
    }
    return top + log1p(rest + (ties - 1.0));
}""",
    "pick": """
static double pick(int n, const double xs[]) {
    return xs[0] >= 0.0 && xs[0] < n - 1 ? xs[1 + (int)xs[0]] : NAN;
}""",
}


def has(op: Op) -> bool:
    """Whether C has this op; any other is written out by its definition."""
    return op.stands and any(op.name in table for table in (FORMS, LIBM, SMALL, LARGE))


def definitions(names: set[str]) -> list[str]:
    """The functions that a program needs which uses the ops of these names."""
    small = [
        f"static double {name}({arguments}) {{ return {value}; }}"
        for name, (arguments, value) in SMALL.items() if name in names
    ]  # fmt: skip
    return small + [text.strip() for name, text in LARGE.items() if name in names]

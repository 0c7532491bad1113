"""The edges: what each op and its derivatives are at kinks, poles, overflows, inf and nan; writes docs/edges.md.

    python -m tests.edges

`CASES` are formulas and points. The table in the docs comes from running them; the tests run them on every backend,
in both modes, and on PyTorch, from which they may differ only where `DIFFERENT` says so and why.
"""

import math
import re
from collections.abc import Callable, Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import Any

import autograd_lite
from autograd_lite import hessian, value_and_grad
from autograd_lite.ops import FUNCTIONS
from nn.losses import cross_entropy

DOCUMENT = Path(__file__).parent.parent / "docs" / "edges.md"
INF, NAN, LN_2 = math.inf, math.nan, math.log(2.0)

OURS: dict[str, Any] = {**FUNCTIONS, "abs": autograd_lite.ops.absolute, "cross_entropy": cross_entropy}

# For each heading its formulas, and for each formula its points: a number for x, or a pair for x and y.
CASES: dict[str, dict[str, list[Any]]] = {
    "Kinks": {
        "relu(x)": [0.0, -0.0, NAN, INF, -INF],
        "abs(x)": [0.0, -0.0, NAN, -INF],
        "leaky_relu(x)": [0.0, NAN, -INF],
        "elu(x)": [0.0, -40.0, 1000.0, NAN, -INF],
        "maximum(x, y)": [(2.0, 2.0), (NAN, 1.0), (1.0, NAN), (INF, INF)],
        "minimum(x, y)": [(2.0, 2.0), (NAN, 1.0), (1.0, NAN), (-INF, -INF)],
    },
    "Powers": {
        "x**0": [0.0, 3.0, INF, NAN],
        "x**1": [0.0, -2.0],
        "x**2": [0.0, -2.0],
        "x**0.5": [0.0, -1.0],
        "x**1.5": [0.0],
        "x**-1": [0.0, -0.0],
        "0**x": [0.0, 2.0, -1.0],
        "1**x": [INF, NAN],
        "x**y": [(2.0, 0.0), (0.0, 0.0), (0.0, 1.0), (0.0, 2.0), (0.0, -1.0), (-2.0, 3.0), (-2.0, 0.5), (2.0, INF),
                 (INF, 0.0)],
    },
    "Quotients, roots and logarithms": {
        "x / y": [(1.0, 0.0), (-1.0, 0.0), (0.0, 0.0), (1.0, INF), (INF, INF)],
        "sqrt(x)": [0.0, -1.0, INF],
        "log(x)": [0.0, -0.0, -1.0, INF],
        "log1p(x)": [-1.0, -2.0, INF],
        "asin(x)": [1.0, 2.0],
        "acos(x)": [1.0, 2.0],
        "hypot(x, y)": [(0.0, 0.0), (3.0, 0.0), (INF, 1.0), (1e200, 1e200)],
    },
    "Angles": {
        "atan2(y, x)": [*product((1.0, -1.0), (1e9, -1e9)), (1.0, 0.0), (-1.0, 0.0), (-1.0, -0.0), (0.0, 1.0),
                        (0.0, -1.0), (1e-200, 1e-200), (1e200, 1e200), (0.0, 0.0), (INF, INF)],
        "atan(x)": [INF],
        "sin(x)": [INF],
        "tan(x)": [INF],
    },
    "Overflow and saturation": {
        "exp(x)": [710.0, -746.0, INF, -INF],
        "expm1(x)": [710.0, -40.0, -INF],
        "sinh(x)": [711.0, -711.0, INF],
        "cosh(x)": [711.0, -711.0, -INF],
        "tanh(x)": [8.0, 20.0, -20.0, 350.0, INF],
        "sigmoid(x)": [20.0, 40.0, -746.0, INF, -INF],
        "softplus(x)": [40.0, -746.0, INF, -INF],
        "erf(x)": [6.0, INF],
        "erfc(x)": [26.0, -6.0],
        "silu(x)": [1000.0, -1000.0, INF, -INF],
        "gelu(x)": [40.0, -40.0, INF, -INF],
        "logaddexp(x, y)": [(0.0, 0.0), (1000.0, 0.0), (0.0, 1000.0), (-1000.0, -1000.0), (-INF, 0.0), (INF, INF)],
        "cross_entropy([x, y], 0)": [(1000.0, 0.0), (0.0, 1000.0), (500.0, 500.0)],
    },
    "The branch not taken": {
        "where(greater(x, 0), sqrt(x), 0*x)": [0.0, -1.0, 4.0],
        "where(greater(x, 0), log(x), x)": [0.0, -1.0],
        "where(greater(x, 0), sqrt(where(greater(x, 0), x, 1)), 0*x)": [0.0, -1.0, 4.0],
    },
}  # fmt: skip

PROSE = {
    "Kinks": "At a kink the slope is PyTorch's choice: 0 for relu and abs, ½ : ½ for a tie. A nan stays a nan.",
    "Powers": (
        "x⁰ is 1 with slope 0 wherever x is, 0 and nan included; 0ʸ does not change with y from y = 0 on. The slope is "
        "told as y·xʸ⁻¹. Where y − 1 is no double, as with y = 0.3, what its rounding leaves is made good by ln x; the "
        "slope would else be off by up to 5e-14 of itself at x = 1e200, as in PyTorch. ∂²/∂x∂y = xʸ⁻¹ (1 + y ln x) "
        "cancels near y ln x = −1: of y ln x 16 digits are known, and so fewer of the sum. Where a power on the way, "
        "xʸ, xʸ⁻¹ or xʸ⁻², is below 2e-308 it has fewer digits, and so has what is made of it."
    ),
    "Overflow and saturation": (
        "Differences of large logits neither overflow nor lose the small probability. The slopes of tanh and sigmoid "
        "are told as 1 − a² and a(1 − a). Where a is near ±1 it knows few digits of them, and none from |x| = 19.1 on "
        "(the sigmoid's from 37 on); there they are computed from x, as 1/cosh² x and e/(1 + e)², e = exp(−x). PyTorch "
        "has 0. So no gradient stops before it is smaller than the smallest double. The second derivative of logsumexp "
        "by its largest input is still p(1 − p), taken from p: at (20, 0) it is off by 3e-7 of itself."
    ),
    "The branch not taken": (
        "`where` chooses a value, but gradients flow to both branches, with weights 1 and 0. If the branch not taken "
        "has an infinite slope, that is 0 × inf = nan, as in PyTorch and JAX. `detect_anomaly()` names the op. The "
        "remedy is to choose the op's input as well, with a second `where`, as in the last rows."
    ),
}

# Where PyTorch has something else: which column, what it has there, and why we keep ours.
MIXED = "∂²/∂x∂y = xʸ⁻¹ (1 + y ln x) is 1/x there, whichever slope is taken first"
ZERO_BASE = "0ʸ is 0 for every y > 0, so flat; PyTorch multiplies by ln 0"
CORNER = "there is no such derivative; ours is that of the slopes as they are defined at 0"
SQUARE = "x² + y² under- or overflows in the rule of PyTorch"
LIMIT = "the limit for x → ∞; PyTorch divides inf by inf"
CANCELS = "1 − a², and a(1 − a), of a rounded a has lost these digits"
LARGE_LOGITS = "the true one; PyTorch's rule overflows on the way"
DIFFERENT: list[tuple[tuple[str, Any], str, list[float], str]] = [
    (("atan2(y, x)", (1e-200, 1e-200)), "first", [-INF, INF], SQUARE),
    (("atan2(y, x)", (1e-200, 1e-200)), "second", [NAN, NAN, NAN, NAN], SQUARE),
    (("atan2(y, x)", (1e200, 1e200)), "first", [0.0, 0.0], SQUARE),
    (("hypot(x, y)", (INF, 1.0)), "first", [NAN, 0.0], LIMIT),
    (("hypot(x, y)", (INF, 1.0)), "second", [NAN, NAN, NAN, 0.0], LIMIT),
    (("elu(x)", NAN), "first", [1.0], "a nan stays a nan"),
    (("elu(x)", NAN), "second", [0.0], "a nan stays a nan"),
    (("0**x", 0.0), "second", [NAN], ZERO_BASE),
    (("0**x", 2.0), "second", [NAN], ZERO_BASE),
    (("x**y", (2.0, 0.0)), "second", [0.0, 0.0, 0.5, LN_2 * LN_2], MIXED),
    (("x**y", (0.0, 0.0)), "second", [NAN, NAN, NAN, NAN], CORNER),
    (("x**y", (0.0, 1.0)), "second", [0.0, 1.0, NAN, NAN], ZERO_BASE),
    (("x**y", (0.0, 2.0)), "second", [2.0, 0.0, NAN, NAN], ZERO_BASE),
    (("x**y", (INF, 0.0)), "second", [0.0, NAN, 0.0, INF], "0 × inf, whichever slope is taken first"),
    (("tanh(x)", 8.0), "first", [4.5014059765485253e-07], CANCELS),
    (("tanh(x)", 8.0), "second", [-9.002809926831246e-07], CANCELS),
    (("tanh(x)", 20.0), "first", [0.0], CANCELS),
    (("tanh(x)", 20.0), "second", [0.0], CANCELS),
    (("tanh(x)", -20.0), "first", [0.0], CANCELS),
    (("tanh(x)", -20.0), "second", [0.0], CANCELS),
    (("tanh(x)", 350.0), "first", [0.0], CANCELS),
    (("tanh(x)", 350.0), "second", [0.0], CANCELS),
    (("sigmoid(x)", 20.0), "first", [2.0611536879193953e-09], CANCELS),
    (("sigmoid(x)", 20.0), "second", [-2.061153679422686e-09], CANCELS),
    (("sigmoid(x)", 40.0), "first", [0.0], CANCELS),
    (("sigmoid(x)", 40.0), "second", [0.0], CANCELS),
    (("softplus(x)", 40.0), "second", [0.0], CANCELS),
    (("logaddexp(x, y)", (1000.0, 0.0)), "second", [0.0, 0.0, NAN, NAN], LARGE_LOGITS),
    (("logaddexp(x, y)", (0.0, 1000.0)), "second", [NAN, NAN, 0.0, 0.0], LARGE_LOGITS),
    (("logaddexp(x, y)", (-INF, 0.0)), "second", [NAN, NAN, 0.0, 0.0], LARGE_LOGITS),
]


def at(formula: str, point: Any) -> dict[str, float]:
    """The variables of a formula, by name, at a point."""
    numbers = point if isinstance(point, tuple) else (point,)
    return dict(zip("xy" if len(numbers) == 2 else "x", numbers, strict=True))


def function(formula: str, names: Mapping[str, Any] = OURS) -> Callable[..., Any]:
    """The function of x, or of x and y, that a formula says in some vocabulary."""
    arguments = "x, y" if re.search(r"\by\b", formula) else "x"
    return eval(f"lambda {arguments}: {formula}", dict(names))  # type: ignore[no-any-return]


def derivatives(formula: str, point: Any) -> dict[str, list[float]]:
    """The value, the gradient, and the Hessian row by row."""
    f, numbers = function(formula), list(at(formula, point).values())
    value, first = value_and_grad(f, range(len(numbers)))(*numbers)
    second = [x for row in hessian(f, range(len(numbers)))(*numbers) for x in row]
    return {"value": [value], "first": list(first), "second": second}


def every_case() -> list[tuple[str, Any]]:
    """Each formula with each of its points."""
    return [(f, point) for group in CASES.values() for f, points in group.items() for point in points]


def shown(numbers: list[float]) -> str:
    return ", ".join(f"{x + 0.0:.5g}" for x in numbers)  # + 0.0 makes 0 of −0


def place(formula: str, point: Any) -> str:
    return ", ".join(f"{name} = {x:g}" for name, x in at(formula, point).items())


def document() -> str:
    """The whole of docs/edges.md."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# The edges"
    yield ""
    yield "What `python -m tests.edges` writes: value, first and second derivatives where they are not obvious. Of a"
    yield "function of x and y the second are ∂²/∂x², ∂²/∂x∂y, ∂²/∂y∂x, ∂²/∂y², by `hessian`; reverse over reverse mode"
    yield "may have nan, 0 × inf, where an entry is infinite. `Value`, the compiled backends and both modes agree on"
    yield "all of it, and so does PyTorch 2.13 but for the last table; the tests hold them against one another."
    for heading, group in CASES.items():
        yield from ("", f"## {heading}", "")
        if heading in PROSE:
            yield from (PROSE[heading], "")
        yield "| formula | at | value | first | second |"
        yield "| --- | --- | --- | --- | --- |"
        for formula, points in group.items():
            for point in points:
                columns = map(shown, derivatives(formula, point).values())
                yield f"| `{formula}` | {place(formula, point)} | " + " | ".join(columns) + " |"
    yield from ("", "## Where PyTorch 2.13 says something else", "")
    yield "| formula | at | derivative | ours | PyTorch's | why |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for (formula, point), column, theirs, why in DIFFERENT:
        ours = shown(derivatives(formula, point)[column])
        yield f"| `{formula}` | {place(formula, point)} | {column} | {ours} | {shown(theirs)} | {why} |"


if __name__ == "__main__":
    DOCUMENT.write_text(document(), encoding="utf-8")
    print(document(), end="")

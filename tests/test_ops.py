"""Every row of the table of operations against mpmath at 50 digits, central differences, and IEEE's special cases."""

import itertools
import math
import random

import mpmath
import pytest

import autograd_lite
from autograd_lite import Value, gradients
from autograd_lite.composite import forward_of, partials_of
from autograd_lite.operators import Operators
from autograd_lite.ops import FUNCTIONS, TABLE, Op

mpmath.mp.dps = 50
INF, NAN = math.inf, math.nan


def mp_where(condition, a, b):
    return a if condition != 0 else b


# What each op means, written a second time with mpmath; an op of the same name there needs no entry.
MEANING = {
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "multiply": lambda a, b: a * b,
    "divide": lambda a, b: a / b,
    "negate": lambda a: -a,
    "abs": lambda a: mpmath.fabs(a),
    "greater": lambda a, b: mpmath.mpf(a > b),
    "greater_equal": lambda a, b: mpmath.mpf(a >= b),
    "less": lambda a, b: mpmath.mpf(a < b),
    "less_equal": lambda a, b: mpmath.mpf(a <= b),
    "equal": lambda a, b: mpmath.mpf(a == b),
    "where": mp_where,
    "maximum": lambda a, b: max(a, b),
    "minimum": lambda a, b: min(a, b),
    "pick": lambda index, *xs: xs[int(index)],
    "logaddexp": lambda a, b: mpmath.log(mpmath.exp(a) + mpmath.exp(b)),
    "logsumexp": lambda *xs: mpmath.log(mpmath.fsum(map(mpmath.exp, xs))),
    "sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)),
    "relu": lambda x: max(x, mpmath.mpf(0)),
    "leaky_relu": lambda x: x if x > 0 else x * mpmath.mpf(0.01),
    "elu": lambda x: x if x > 0 else mpmath.expm1(x),
    "softplus": lambda x: mpmath.log1p(mpmath.exp(x)),
    "silu": lambda x: x / (1 + mpmath.exp(-x)),
    "gelu": lambda x: x * mpmath.erfc(-x / mpmath.sqrt(2)) / 2,
}


# Whose value crosses 0 where terms cancel: the last place that counts is that of the inputs. ln(eᵃ + eᵇ) does.
CROSS_ZERO = ("logaddexp", "logsumexp")


class Exact(Operators):
    """A number of 50 digits, which a definition takes like any other."""

    def __init__(self, number):
        self.number = number

    @staticmethod
    def _apply(op, *inputs):
        return Exact(meaning(op)(*[x.number if isinstance(x, Exact) else mpmath.mpf(x) for x in inputs]))


def defined(op: Op):
    """What a row's definition comes to in 50 digits."""

    def exact(*xs):
        result = op.definition(*map(Exact, xs))
        return result.number if isinstance(result, Exact) else mpmath.mpf(result)

    return exact


def meaning(op: Op):
    return MEANING.get(op.name) or getattr(mpmath, op.name, None) or defined(op)


def samples(op: Op, count: int = 25) -> list[tuple[float, ...]]:
    generator = random.Random(op.name)
    return [tuple(generator.uniform(low, high) for low, high in op.domain) for _ in range(count)]


def close(got: float, wanted: mpmath.mpf, ulps: float, scale: float = 0.0) -> bool:
    """Whether got is within some ulps of wanted, or of a number of the given size."""
    return abs(mpmath.mpf(got) - wanted) <= ulps * math.ulp(max(abs(float(wanted)), scale, 1e-300))


every_op = pytest.mark.parametrize("op", TABLE.values(), ids=TABLE.keys())


@every_op
def test_forward_against_mpmath(op):
    for inputs in samples(op):
        scale = max(map(abs, inputs)) if op.name in CROSS_ZERO else 0.0
        # gelu takes erfc of a rounded t = −x/√2, and erfc multiplies a relative error in t by up to 2t² = x² there
        ulps = 2 + inputs[0] ** 2 if op.name == "gelu" else 2
        assert close(op.forward(*inputs), meaning(op)(*map(mpmath.mpf, inputs)), ulps, scale), inputs


@every_op
def test_partials_against_mpmath(op):
    for inputs in samples(op):
        exact = list(map(mpmath.mpf, inputs))
        got = op.partials(*inputs, op.forward(*inputs))
        assert len(got) == op.arity
        for i, partial in enumerate(got):
            along = [1 if k == i else 0 for k in range(op.arity)]
            wanted = (
                mpmath.diff(meaning(op), tuple(exact), tuple(along))
                if op.arity > 1
                else mpmath.diff(meaning(op), exact[0])
            )
            assert close(partial, wanted, ulps=8, scale=1.0), (inputs, i)


@every_op
def test_partials_against_central_differences(op):
    step = 2.0**-18
    for inputs in samples(op):
        for i, partial in enumerate(op.partials(*inputs, op.forward(*inputs))):
            above, below = list(inputs), list(inputs)
            above[i] += step
            below[i] -= step
            difference = (op.forward(*above) - op.forward(*below)) / (2 * step)
            assert partial == pytest.approx(difference, rel=1e-7, abs=1e-7), (inputs, i)


@every_op
def test_second_derivatives_against_mpmath(op):
    """The same partials, run on Values, differentiate once more."""
    for inputs in samples(op, 8):
        exact = list(map(mpmath.mpf, inputs))
        for i in range(op.arity):
            values = [Value(x) for x in inputs]
            partial = op.partials(*values, op(*values))[i]
            if not isinstance(partial, Value):
                partial = Value(partial)
            partial.backward()
            for k, value in enumerate(values):
                orders = [(j == i) + (j == k) for j in range(op.arity)]
                wanted = (
                    mpmath.diff(meaning(op), tuple(exact), tuple(orders))
                    if op.arity > 1
                    else mpmath.diff(meaning(op), exact[0], 2)
                )
                got = value.grad
                assert close(got, wanted, ulps=64, scale=1.0), (inputs, i, k)


every_definition = pytest.mark.parametrize("name", [name for name, op in TABLE.items() if op.definition])


@every_definition
def test_what_is_stated_is_what_the_definition_says(name):
    """Value and partials: the definition on floats, and differentiated by the table itself."""
    op = TABLE[name]
    forward, partials = forward_of(op.definition), partials_of(op.definition)
    for inputs in samples(op):
        out, derived = op.forward(*inputs), partials(*inputs, None)
        assert forward(*inputs) == pytest.approx(out, rel=4e-16, abs=4e-16), inputs
        assert op.partials(*inputs, out) == pytest.approx(derived, rel=1e-14, abs=1e-14), inputs
        assert abs(defined(op)(*map(mpmath.mpf, inputs)) - meaning(op)(*map(mpmath.mpf, inputs))) < 1e-16, inputs


@every_definition
def test_the_value_at_the_edges_is_what_the_definition_says(name):
    op = TABLE[name]
    forward = forward_of(op.definition)
    edges = [0.0, -0.0, 1.0, -1.0, 2.5, INF, -INF, NAN, 5e-324, 1e308, -1e308, 800.0, -800.0]
    for inputs in itertools.islice(itertools.product(edges, repeat=op.arity), 3000):
        wanted = op.forward(*inputs)
        assert same(forward(*inputs), wanted) or forward(*inputs) == pytest.approx(wanted, rel=4e-16, abs=0), inputs


@every_op
def test_values_numbers_and_methods_agree(op):
    for inputs in samples(op, 5):
        expected = op.forward(*inputs)
        assert op(*inputs) == expected
        assert op(*map(Value, inputs)).data == expected
        assert op(*map(Value, inputs)).op is op
        if op.name in FUNCTIONS:
            first, *rest = inputs
            assert getattr(autograd_lite, op.name) is op
            assert getattr(Value(first), op.name)(*rest).data == expected


@every_op
def test_templates_take_one_name_an_input(op):
    names = ["p", "q", "r", "s"][: op.arity]
    for template in (op.text_of(op.arity), op.latex_of(op.arity)):
        written = template.format(*names)
        assert "{}" not in written
        assert all(name in written for name in names)


def same(a: float, b: float) -> bool:
    return a == b and math.copysign(1, a) == math.copysign(1, b) if a == a else b != b


FORWARD_EDGES = [
    ("divide", (1.0, 0.0), INF), ("divide", (-1.0, 0.0), -INF), ("divide", (1.0, -0.0), -INF),
    ("divide", (0.0, 0.0), NAN), ("divide", (NAN, 0.0), NAN), ("divide", (INF, INF), NAN),
    ("exp", (1000.0,), INF), ("exp", (-1000.0,), 0.0), ("exp", (-INF,), 0.0), ("expm1", (1000.0,), INF),
    ("log", (0.0,), -INF), ("log", (-0.0,), -INF), ("log", (-1.0,), NAN), ("log", (INF,), INF),
    ("log1p", (-1.0,), -INF), ("log1p", (-2.0,), NAN), ("log1p", (1e-300,), 1e-300), ("sqrt", (-1.0,), NAN),
    ("sqrt", (-0.0,), -0.0), ("sin", (INF,), NAN), ("cos", (-INF,), NAN), ("tan", (INF,), NAN),
    ("asin", (1.5,), NAN), ("acos", (-1.5,), NAN), ("sinh", (1000.0,), INF), ("sinh", (-1000.0,), -INF),
    ("cosh", (-1000.0,), INF), ("tanh", (1000.0,), 1.0), ("tanh", (-1000.0,), -1.0),
    ("sigmoid", (1000.0,), 1.0), ("sigmoid", (-1000.0,), 0.0), ("sigmoid", (-INF,), 0.0), ("sigmoid", (INF,), 1.0),
    ("softplus", (1000.0,), 1000.0), ("softplus", (-1000.0,), 0.0), ("softplus", (INF,), INF),
    ("softplus", (NAN,), NAN),
    ("logaddexp", (-1000.0, 0.0), 0.0), ("logaddexp", (1000.0, 1000.0), 1000.0 + math.log(2)),
    ("logaddexp", (-INF, -INF), -INF), ("logaddexp", (NAN, 0.0), NAN),
    ("power", (0.0, 0.0), 1.0), ("power", (NAN, 0.0), 1.0), ("power", (0.0, -1.0), INF), ("power", (-0.0, -1.0), -INF),
    ("power", (-0.0, -2.0), INF), ("power", (-8.0, 3.0), -512.0), ("power", (-8.0, 1 / 3), NAN),
    ("power", (-1e200, 3.0), -INF), ("power", (-1e200, 2.0), INF), ("power", (0.0, 2.0), 0.0),
    ("relu", (0.0,), 0.0), ("relu", (-0.0,), 0.0), ("relu", (NAN,), NAN), ("relu", (-INF,), 0.0),
    ("maximum", (NAN, 1.0), NAN), ("maximum", (1.0, NAN), NAN), ("minimum", (NAN, 1.0), NAN),
    ("minimum", (1.0, NAN), NAN),
    ("where", (NAN, 1.0, 2.0), 1.0), ("where", (0.0, NAN, 2.0), 2.0),
    ("equal", (NAN, NAN), 0.0), ("greater", (NAN, 0.0), 0.0),
    ("abs", (-0.0,), 0.0), ("hypot", (INF, NAN), INF), ("hypot", (1e200, 1e200), math.sqrt(2) * 1e200),
]  # fmt: skip


@pytest.mark.parametrize(("name", "inputs", "wanted"), FORWARD_EDGES, ids=lambda x: str(x))
def test_forward_at_the_edges(name, inputs, wanted):
    assert same(TABLE[name].forward(*inputs), wanted)


PARTIAL_EDGES = [
    ("relu", (0.0,), (0.0,)), ("relu", (-0.0,), (0.0,)), ("abs", (0.0,), (0.0,)), ("leaky_relu", (0.0,), (0.01,)),
    ("elu", (0.0,), (1.0,)), ("maximum", (2.0, 2.0), (0.5, 0.5)), ("minimum", (2.0, 2.0), (0.5, 0.5)),
    ("power", (0.0, 0.0), (0.0, 0.0)), ("power", (0.0, 1.0), (1.0, 0.0)), ("power", (0.0, 2.0), (0.0, 0.0)),
    ("power", (3.0, 0.0), (0.0, math.log(3.0))), ("power", (-2.0, 3.0), (12.0, NAN)), ("power", (0.0, 0.5), (INF, 0.0)),
    ("divide", (1.0, 0.0), (INF, -INF)), ("log", (0.0,), (INF,)), ("sqrt", (0.0,), (INF,)), ("asin", (1.0,), (INF,)),
    ("tanh", (1000.0,), (0.0,)), ("sigmoid", (1000.0,), (0.0,)), ("softplus", (-1000.0,), (0.0,)),
    ("softplus", (1000.0,), (1.0,)), ("exp", (1000.0,), (INF,)), ("where", (1.0, 5.0, 6.0), (0.0, 1.0, 0.0)),
    ("logaddexp", (1000.0, -1000.0), (1.0, 0.0)), ("elu", (-40.0,), (math.exp(-40.0),)), ("elu", (1000.0,), (1.0,)),
    ("atan2", (0.0, 0.0), (0.0, 0.0)), ("atan2", (0.0, -2.0), (-0.5, 0.0)), ("atan2", (3.0, 4.0), (0.16, -0.12)),
    ("atan2", (0.0, 1e200), (1e-200, 0.0)), ("atan2", (2.0**-600, 0.0), (0.0, -(2.0**600))),
]  # fmt: skip


@pytest.mark.parametrize(("name", "inputs", "wanted"), PARTIAL_EDGES, ids=lambda x: str(x))
def test_partials_at_the_edges(name, inputs, wanted):
    op = TABLE[name]
    got = op.partials(*inputs, op.forward(*inputs))
    assert all(a == b or (a != a and b != b) for a, b in zip(got, wanted, strict=True)), got


def second_derivatives(op, inputs):
    """The second derivatives of an op: its partials run on Values, row by row."""
    values = [Value(x) for x in inputs]
    rows = [op.partials(*values, op(*values))[i] for i in range(op.arity)]
    return [gradients(row, values) for row in rows]


@pytest.mark.parametrize("distance", [0.0, 0.125, 1.0, 5.0, 20.0, 36.0, 40.0, 300.0, 700.0])
def test_second_derivatives_of_logaddexp_keep_their_digits(distance):
    """σ(d)·σ(−d) however far apart the two numbers are."""
    wanted = 1 / (2 + 2 * mpmath.cosh(mpmath.mpf(distance)))
    for a, sign in itertools.product([0.0, 1000.0, -30.0], [1.0, -1.0]):
        (aa, ab), (ba, bb) = second_derivatives(TABLE["logaddexp"], (a, a + sign * distance))
        for got in (aa, -ab, -ba, bb):
            assert abs(mpmath.mpf(got) / wanted - 1) <= 2.0**-50, (a, sign)


@pytest.mark.parametrize("size", [1e-307, 1e-200, 1e-100, 1.0, 1e100, 1e200, 1e307])
@pytest.mark.parametrize(("a", "b"), [(1.0, 1.0), (1.0, -1e-30), (-1e-30, 1.0), (3.0, 7.0), (0.0, -2.0)])
def test_partials_of_atan2_at_any_distance(a, b, size):
    y, x = a * size, b * size
    square = mpmath.mpf(x) ** 2 + mpmath.mpf(y) ** 2
    wanted = x / square, -y / square
    for got, exact in zip(TABLE["atan2"].partials(y, x, None), wanted, strict=True):
        assert abs(got - exact) <= 4 * math.ulp(max(abs(float(exact)), 2.0**-1022))


@pytest.mark.parametrize("ratio", [1e-100, -1e-9, 0.001, 0.9, -1.0, 3.0, 1e10])
def test_second_derivatives_of_hypot_keep_their_digits(ratio):
    """b²/r³, −ab/r³ and a²/r³, however unequal a and b are."""
    for size, sign in itertools.product([1e-150, 1.0, 1e150], [1.0, -1.0]):
        hold_of_hypot(sign * size, ratio * size)


def hold_of_hypot(a, b):
    got = second_derivatives(TABLE["hypot"], (a, b))
    cube = mpmath.hypot(mpmath.mpf(a), b) ** 3
    wanted = [
        [mpmath.mpf(b) ** 2 / cube, -mpmath.mpf(a) * b / cube],
        [-mpmath.mpf(a) * b / cube, mpmath.mpf(a) ** 2 / cube],
    ]
    for i, j in itertools.product(range(2), repeat=2):
        assert abs(mpmath.mpf(got[i][j]) - wanted[i][j]) <= 16 * math.ulp(float(wanted[i][j])), (i, j)


@pytest.mark.parametrize("x", [-700.0, -40.0, -20.0, -1e-3, 1e-3, 20.0, 40.0])
@pytest.mark.parametrize("name", ["sigmoid", "softplus", "gelu", "silu"])
def test_tails_keep_their_digits(name, x):
    if name == "gelu" and x < -30:
        pytest.skip("gelu is subnormal here")
    wanted = meaning(TABLE[name])(mpmath.mpf(x))
    # gelu: erfc of a rounded argument t is off by t² roundings more
    assert abs(TABLE[name].forward(x) / wanted - 1) <= 2.0**-51 * (1 + x * x if name == "gelu" else 1)


@pytest.mark.parametrize("wrong", [(), (1.0, 2.0)])
def test_wrong_number_of_arguments(wrong):
    with pytest.raises(TypeError, match=r"exp: expected 1 argument\(s\), got"):
        autograd_lite.exp(*wrong)
    with pytest.raises(TypeError, match=r"Value\.exp\(\) takes 1 positional argument"):
        Value(1.0).exp(2.0)


def test_wrong_argument_is_named():
    with pytest.raises(TypeError, match=r"exp: expected a real number .*, got '3' \(str\)"):
        autograd_lite.exp("3")
    with pytest.raises(TypeError, match=r"atan2: expected a Value or a real number .*, got '3' \(str\)"):
        autograd_lite.atan2(Value(1.0), "3")

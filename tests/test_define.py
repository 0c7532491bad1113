"""Rows of one's own: they work everywhere, and a partial that is stated wrongly is told by its term."""

import copy
import math
import pickle
from importlib.util import find_spec

import mpmath
import pytest

import autograd_lite
from autograd_lite import (
    Value,
    check_grads,
    define,
    detect_anomaly,
    draw,
    erf,
    exp,
    explain,
    explore,
    grad,
    greater,
    jvp,
    log,
    logsumexp,
    record,
    tanh,
    where,
)  # fmt: skip
from autograd_lite.backends import BACKENDS
from autograd_lite.ops import FUNCTIONS, TABLE
from autograd_lite.telling.defining import OWN
from autograd_lite.telling.expression import parse
from nn import MLP, data, fit, load, losses, save
from nn.answers import same_sign

HERE = [name for name in BACKENDS if not BACKENDS[name] or find_spec(BACKENDS[name])]


@pytest.fixture(autouse=True)
def nothing_stays():
    yield
    for name in list(OWN):
        del OWN[name], TABLE[name], FUNCTIONS[name]
        delattr(Value, name)


def mish():
    return define("mish", lambda x: x * tanh(log(1.0 + exp(x))))


def exact(x):
    return x * mpmath.tanh(mpmath.log(1 + mpmath.exp(x)))


@pytest.mark.parametrize("x", [-2.0, 0.0, 0.7, 3.0])
def test_value_and_derivatives_of_every_order(x):
    f = mish()
    for order in range(4):
        assert f(x) == pytest.approx(float(mpmath.diff(exact, x, order)), rel=1e-12)
        f = grad(f)


def test_it_is_an_op_like_any_other():
    op = mish()
    x = Value(0.5, "x")
    y = x.mish()
    y.backward()
    assert (y.op, y.data, TABLE["mish"]) == (op, op(0.5), op)
    assert x.grad == pytest.approx(float(mpmath.diff(exact, 0.5)), rel=1e-14)
    check_grads(op, [0.5])
    assert jvp(op, [0.5], [2.0])[1] == pytest.approx(2 * x.grad, rel=1e-14)
    assert "mish(x)" in explain(y, x).text
    assert "mish" in draw(y).source
    assert parse("mish(2*x)")({"x": 0.25}) == y.data
    assert "mish(v0)" in str(record(op, 0.5))
    assert r"\operatorname{mish}" in explain(y, x).latex


@pytest.mark.parametrize("backend", HERE)
def test_on_every_backend(backend):
    op = define("both", lambda a, b: exp(-a * b) / (1.0 + b**2), domain=[(-1, 1), (0, 2)])
    program = record(lambda a, b: op(a, b) * 3.0, 0.5, 0.25).compile(backend)
    a, b = Value(0.5), Value(0.25)
    y = op(a, b) * 3.0
    y.backward()
    value, gradient = program.value_and_grad(0.5, 0.25)
    assert value == pytest.approx(y.data, rel=1e-15)
    assert gradient == pytest.approx((a.grad, b.grad), rel=1e-14)


def test_floats_meet_what_ieee_says():
    op = define("pole", lambda x: 1.0 / x, lambda x, out: -1.0 / x**2, domain=(0.5, 2))
    assert (op(0.0), op(-math.inf)) == (math.inf, 0.0)
    assert Value(0.0).pole().partials == (-math.inf,)


def test_any_number_of_inputs():
    op = define(
        "power_mean", lambda p, *xs: (sum((x**p for x in xs), 0.0) / float(len(xs))) ** (1.0 / p), domain=(1, 3)
    )
    assert op(2.0, 3.0, 4.0) == pytest.approx(math.sqrt(12.5))
    assert op(2.0, *map(Value, (1.0, 2.0, 3.0, 4.0))).data == pytest.approx(math.sqrt(7.5))
    check_grads(op, [2.0, 1.5, 2.5])
    with pytest.raises(TypeError, match=r"power_mean: expected 2 argument\(s\) or more, got 1"):
        op(2.0)


def test_another_ops_definition_may_use_it():
    mish()
    op = define("twice", lambda x: TABLE["mish"](TABLE["mish"](x)))
    assert op(0.5) == TABLE["mish"](TABLE["mish"](0.5))
    check_grads(op, [0.5])


@pytest.mark.parametrize(
    ("definition", "partials", "gradient"),
    [
        (lambda a, b, c: a + b + c, lambda a, b, c, out: (1.0, 1.0, 1.0), (2.0, 2.0, 2.0)),
        (lambda a, b, c: a - c, lambda a, b, c, out: (1.0, 0.0, -1.0), (2.0, 0.0, -2.0)),
        (lambda a, b, c: a * c, lambda a, b, c, out: (c, 0.0, a), (6.0, 0.0, 2.0)),
        (lambda a, b: b, None, (0.0, 2.0)),
        (lambda a, b: b - a, lambda a, b, out: (-1.0, 1.0), (-2.0, 2.0)),
    ],
)
def test_partials_that_nothing_has_to_compute(definition, partials, gradient):
    op = define("known", definition, partials)
    inputs = [1.0, 2.0, 3.0][: len(gradient)]
    assert record(lambda *xs: op(*xs) * 2.0, *inputs).compile("python").value_and_grad(*inputs)[1] == gradient


def test_stated_partials_are_what_runs():
    op = define("cube", lambda x: x**3, lambda x, out: 3.0 * x * x)
    assert op.partials(2.0, 8.0) == (12.0,)
    assert [step.op.name for step in record(op, 2.0).adjoint().instructions].count("power") == 0


def test_copies_and_pickles():
    op = mish()
    assert copy.copy(op) is copy.deepcopy(op) is pickle.loads(pickle.dumps(op)) is op
    text = pickle.dumps(op)
    newer = mish()
    assert TABLE["mish"] is newer is pickle.loads(text)
    with pytest.raises(ValueError, match="the op mish as the table has it now; it was defined anew since"):
        pickle.dumps(op)
    del OWN["mish"], TABLE["mish"], FUNCTIONS["mish"]
    delattr(Value, "mish")
    with pytest.raises(
        ValueError, match=r"expected a name in the table of operations, got 'mish'; define\(\) it first"
    ):
        pickle.loads(text)


@pytest.mark.parametrize("backend", HERE)
def test_two_ops_of_one_name_in_one_program(backend):
    first = define("scaled", lambda x: 2.0 * x)
    second = define("scaled", lambda x: 5.0 * x)
    program = record(lambda x: first(x) + second(second(x)), 1.0).compile(backend)
    assert program.map([[1.0], [3.0]]) == [27.0, 81.0]


@pytest.mark.parametrize("name", ["v0", "v3", "s0", "program", "inf", "rows"])
def test_names_that_generated_code_has_for_itself(name):
    op = define(name, lambda x: x * x + 1.0)
    program = record(lambda x: op(op(x)) * 2.0, 1.0).compile("python")
    assert program.value_and_grad(1.0) == (10.0, (16.0,))


c = math.sqrt(2 / math.pi)


def u(x):
    return c * (x + 0.044715 * x**3)


def slope(x):
    return c * (1.0 + 3 * 0.044715 * x * x)


def gelu(x):
    return 0.5 * x * (1.0 + tanh(u(x)))


def normal(x):
    return 0.5 * (1.0 + erf(x * math.sqrt(0.5)))


def density(x):
    return exp(-0.5 * x * x) * (1 / math.sqrt(2 * math.pi))


def t(x):
    return tanh(u(x))


WRONG = [
    (gelu, lambda x, out: 0.5 * (1.0 + t(x)), r"the term 0.5 \* x \* .* is missing"),
    (gelu, lambda x, out: 0.5 * x * (1.0 - t(x) * t(x)) * slope(x), r"the term \(1 \+ tanh\(.*\)\) \* 0.5 is missing"),
    (gelu, lambda x, out: 0.5 * t(x) + 0.5 * x * (1.0 - t(x) * t(x)) * slope(x), "a constant 0.5 is missing"),
    (gelu, lambda x, out: 1.0 + 0.5 * (1.0 + t(x)) + 0.5 * x * (1.0 - t(x) * t(x)) * slope(x), "a constant 1 too much"),
    (gelu, lambda x, out: 0.5 * (1.0 + t(x)) + 0.5 * x * (2.0 - t(x) * t(x)) * slope(x),
     "the constant 2 should be 1 in 2 - tanh"),
    (gelu, lambda x, out: 0.5 * (1.0 + t(x)) + 0.5 * x * (1.0 - t(x) * t(x)) * (c * 3 * 0.044715 * x * x),
     "a constant 1 is missing beside|the constant .* is missing beside|a constant 0.797885 is missing beside"),
    (gelu, lambda x, out: 0.5 * (1.0 + t(x)) - 0.5 * x * (1.0 - t(x) * t(x)) * slope(x),
     r"the term 0.5 \* x \* .* has the wrong sign"),
    (gelu, lambda x, out: 0.5 * (1.0 + t(x)) + x * (1.0 - t(x) * t(x)) * slope(x),
     r"the term 0.5 \* x \* .* is 2 times what it should be"),
    (gelu, lambda x, out: 0.5 * (1.0 + t(x)) + 0.5 * x * (1.0 - t(x)) * slope(x), "should be squared in 1 - tanh"),
    (gelu, lambda x, out: 0.5 * (1.0 + t(x)) + 0.5 * x * (1.0 - t(x) * t(x)),
     r"the factor 0.797885 \* .* is missing in"),
    (lambda x: x * normal(x), lambda x, out: normal(x), r"the term x \* \(0.5 \* \(exp\(.* is missing"),
    (lambda x: x * normal(x), lambda x, out: -(normal(x) + x * density(x)), "∂wrong/∂x: it has the wrong sign"),
    (lambda x: x**3, lambda x, out: x * x, "it is 0.333333 times what it should be"),
    (tanh, lambda x, out: 1.0 - out, r"the factor tanh\(x0\) is missing in the term"),
    (lambda a, b: a * b, lambda a, b, out: (b, b), "∂wrong/∂b: at a = .* the definition's is a"),
    (lambda x: x * x + x, lambda x, out: 2.0 * x, "a constant 1 is missing|the term 1 is missing"),
    (lambda x: x * x, lambda x, out: 0.0, "it is 0, the definition's"),
]  # fmt: skip


@pytest.mark.parametrize(("definition", "partials", "message"), WRONG)
def test_the_term_that_is_wrong_is_named(definition, partials, message):
    names = list(TABLE)
    with pytest.raises(ValueError, match=message):
        define("wrong", definition, partials)
    assert list(TABLE) == names
    assert not hasattr(Value, "wrong")


RIGHT = [
    (gelu, lambda x, out: 0.5 * (1.0 + t(x)) + 0.5 * x * (1.0 - t(x) * t(x)) * slope(x)),
    (lambda x: x * normal(x), lambda x, out: normal(x) + x * density(x)),
    (lambda x: (exp(x) - exp(-x)) / (exp(x) + exp(-x)), lambda x, out: 1.0 - out * out),
    (lambda a, b: a * b, lambda a, b, out: [b, a]),
    (lambda *xs: logsumexp(*xs), lambda *xs: [exp(x - xs[-1]) for x in xs[:-1]]),
    (lambda x: where(greater(x, 0.0), x, 0.1 * x), lambda x, out: where(greater(x, 0.0), 1, 0.1)),
]


@pytest.mark.parametrize(("definition", "partials"), RIGHT)
def test_what_is_right_is_taken(definition, partials):
    assert define("right", definition, partials) is TABLE["right"]


@pytest.mark.parametrize(
    ("arguments", "given", "error", "message"),
    [
        (("tanh", lambda x: x), {}, ValueError, "expected a name that is free, got 'tanh', an op of the table"),
        (("data", lambda x: x), {}, ValueError, "expected a name that is free, got 'data', an attribute of Value"),
        (("not a word", lambda x: x), {}, ValueError, "expected name to be a word like swish2"),
        (("lambda", lambda x: x), {}, ValueError, "expected name to be a word"),
        ((3, lambda x: x), {}, TypeError, r"expected name to be a str, got 3 \(int\)"),
        (("own", 3), {}, TypeError, r"expected definition to be a function, got 3 \(int\)"),
        (("own", lambda: 1.0), {}, ValueError, "a parameter for each input, got none"),
        (("own", lambda x: math.exp(x)), {}, TypeError, "like autograd_lite.exp in the place of math.exp"),
        (("own", lambda x: x if x > 0 else -x), {}, TypeError, r"where\(\) in that of if, got '>' not supported"),
        (("own", lambda x: "3"), {}, TypeError, "expected own of operators and ops of the table"),
        (("own", lambda x: log(x), None), {"domain": (-3, -1)}, ValueError, "to be finite in its domain; give domain="),
        (("own", lambda x: x), {"domain": (1, 0)}, ValueError, r"1 interval\(s\) \(low, high\) with low < high"),
        (("own", lambda x: x), {"domain": "ab"}, TypeError, r"expected domain as \(low, high\)"),
        (("own", lambda x, y: x), {"text": "f({})"}, ValueError, r"expected text with 2 {}, one an input"),
        (("own", lambda x, y: x * y, lambda x, y, out: y), {}, ValueError, r"own to give 2 number\(s\), got 1"),
        (("own", lambda x: x * x, lambda x: 2 * x), {}, TypeError,
         r"own to take 2 arguments, the inputs and out, got a function of \(x\)"),
        (("own", lambda x: x, 3), {}, TypeError, "expected partials to be a function"),
        (("own", lambda x: x * x, lambda x, out: 2 * math.fabs(x)), {}, TypeError, "of operators and ops of the table"),
    ],
)  # fmt: skip
def test_errors(arguments, given, error, message):
    names = list(TABLE)
    with pytest.raises(error, match=message) as raised:
        define(*arguments, **given)
    assert "\n" not in str(raised.value)
    assert list(TABLE) == names


def test_templates():
    op = define("norm", lambda a, b: (a * a + b * b) ** 0.5, text="|({}, {})|", latex=r"\left\|{}, {}\right\|",
                domain=(0.5, 2))  # fmt: skip
    y = op(Value(3.0, "a"), Value(4.0, "b"))
    assert "|(a, b)|" in explain(y, y.parents[0]).text


@pytest.mark.parametrize("activation", ["mish", "op", "function"])
def test_as_an_activation(activation, tmp_path):
    op = mish()
    chosen = {"mish": "mish", "op": op, "function": lambda z: z * tanh(log(1.0 + exp(z)))}[activation]
    xs, ys = data.moons(n=16)
    ys = [2.0 * y - 1.0 for y in ys]
    runs = []
    for backend in ("eager", *HERE):
        model = MLP(2, [4, 1], chosen, "tanh", seed=0)
        runs.append(fit(model, xs, ys, "hinge", epochs=3, batch_size=4, backend=backend).loss)
    for run in runs:
        assert run == pytest.approx(runs[0], rel=1e-9)
    if activation == "function":
        assert repr(model) == "MLP(2, [4, 1], activation='<lambda>', output='tanh')"
        with pytest.raises(ValueError, match="expected activations that have a name"):
            save(model, tmp_path / "model.json")
        return
    assert repr(model) == "MLP(2, [4, 1], activation='mish', output='tanh')"
    save(model, tmp_path / "model.json")
    assert load(tmp_path / "model.json")([0.5, 1.0]).data == model([0.5, 1.0]).data
    assert copy.deepcopy(model)([0.5, 1.0]).data == model([0.5, 1.0]).data


def test_an_activation_that_returns_no_value():
    with pytest.raises(TypeError, match=r"Neuron: expected activation to return a Value, got 1.0 \(float\)"):
        MLP(1, [1, 1], lambda z: 1.0)([0.5])
    with pytest.raises(ValueError, match="another op of one input, or a function of a Value, got 'hypot'"):
        MLP(1, [1, 1], "hypot")


def test_any_op_of_one_input_is_an_activation():
    assert MLP(1, [1, 1], "sin", seed=0)([0.5]).data == MLP(1, [1, 1], autograd_lite.sin, seed=0)([0.5]).data
    z = MLP(1, [1], output=lambda z: z, seed=0).layers[0].neurons[0]([0.5])
    assert z.label == "z1[0]"


@pytest.mark.parametrize("backend", ["eager", *HERE])
def test_a_loss_of_ones_own_has_accuracy(backend):
    squared = losses.Loss("squared_hinge", lambda a, y: (1.0 - a * y) ** 2, right=same_sign)
    xs, ys = data.moons(n=20)
    histories = [
        fit(MLP(2, [4, 1], "tanh", seed=1), xs, ys, loss, epochs=4, batch_size=5, backend=backend)
        for loss in (squared, lambda a, y: (1.0 - a * y) ** 2)
    ]
    assert histories[0].loss == histories[1].loss
    assert len(histories[0].accuracy) == 4
    assert histories[1].accuracy == []
    assert copy.deepcopy(losses.quadratic) is losses.quadratic
    assert pickle.loads(pickle.dumps(losses.cross_entropy)) is losses.cross_entropy
    assert repr(squared) == "squared_hinge"


def test_it_is_watched_and_explored():
    op = mish()
    with detect_anomaly(), pytest.raises(FloatingPointError, match=r"mish\(x\)"):
        op(Value(math.nan, "x"))
    assert explore(op(Value(0.5, "x"))) is not None  # ValueError if JavaScript lacked the op

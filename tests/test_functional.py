"""Derivatives of functions: any order, any mixture, any structure, against mpmath and closed forms."""

import math
import threading
from collections import namedtuple

import mpmath
import numpy as np
import pytest

from autograd_lite import (
    Value,
    exp,
    grad,
    gradients,
    hessian,
    hvp,
    jacobian,
    jvp,
    log,
    no_grad,
    record,
    sin,
    sqrt,
    tanh,
    value_and_grad,
    vjp,
    where,
)  # fmt: skip
from autograd_lite.backends import BACKENDS
from autograd_lite.derivatives.sharing import sharing
from autograd_lite.graph import reached, toposort
from autograd_lite.ops import TABLE
from tests.halves import even, some
from tests.test_ops import close, samples


def forward(f):
    """The derivative of a function of one number by forward mode."""
    return lambda x: jvp(f, (x,), (1.0,))[1]


def pulled(f):
    """The same by a pullback."""
    return lambda x: vjp(f, x)[1](1.0)[0]


MODES = [grad, forward, pulled, jacobian]


# ---- orders and mixtures ----


@pytest.mark.parametrize("outer", MODES, ids=lambda m: m.__name__)
@pytest.mark.parametrize("inner", MODES, ids=lambda m: m.__name__)
def test_variables_are_never_confused(outer, inner):
    assert outer(lambda x: x * inner(lambda y: x + y)(2.0))(3.0) == 1.0
    assert outer(lambda x: x * inner(lambda y: x * y)(2.0))(3.0) == 6.0
    assert outer(lambda x: x * inner(lambda y: x * y)(x))(3.0) == 6.0
    assert outer(lambda x: inner(lambda y: x * y * y)(x * x))(3.0) == 54.0  # d/dx 2x·x²
    assert outer(lambda x: inner(lambda x: x * x)(x) * x)(3.0) == 12.0
    assert outer(lambda x: outer(lambda y: inner(lambda z: x * y * z)(y))(x))(5.0) == 1.0
    assert outer(lambda x: inner(lambda y: 7.0 * y)(x))(3.0) == 0.0


def test_a_direction_may_be_the_variable_of_an_outer_derivative():
    for slope in (
        lambda t: jvp(sin, [2.0], [t * t])[1],
        lambda t: vjp(sin, 2.0)[1](t * t)[0],
        lambda t: hvp(exp, 0.0, t),
    ):
        assert type(grad(slope)(3.0)) is float
    assert grad(lambda t: jvp(sin, [2.0], [t * t])[1])(3.0) == 6 * math.cos(2.0)
    assert grad(lambda t: vjp(sin, 2.0)[1](t * t)[0])(3.0) == 6 * math.cos(2.0)
    assert grad(grad(lambda t: hvp(exp, t, t)))(0.0) == 2.0  # (t eᵗ)″ at 0


@pytest.mark.parametrize("first", MODES, ids=lambda m: m.__name__)
@pytest.mark.parametrize("second", MODES, ids=lambda m: m.__name__)
@pytest.mark.parametrize("third", MODES, ids=lambda m: m.__name__)
def test_modes_mix(first, second, third):
    f = third(second(first(lambda x: sin(x) * exp(x))))
    exact = mpmath.diff(lambda x: mpmath.sin(x) * mpmath.exp(x), mpmath.mpf(0.2), 3)
    assert close(f(0.2), exact, 8)


@pytest.mark.parametrize("mode", [grad, forward], ids=lambda m: m.__name__)
def test_the_fifteenth_derivative_of_a_polynomial_is_exact(mode):
    def f(x):
        return 3 * x**17 - x**15 + x * x

    exact = 3 * math.perm(17, 15) * 4 - math.factorial(15)
    for _ in range(15):
        f = mode(f)
    assert f(2.0) == exact
    assert mode(mode(mode(f)))(2.0) == 0.0


LONG = {  # functions whose tenth derivative is long, and mpmath's
    "tanh": (tanh, mpmath.tanh),
    "1 / (1 + x**2)": (lambda x: 1 / (1 + x**2), lambda x: 1 / (1 + x**2)),
    "1 / (1 + x * x)": (lambda x: 1 / (1 + x * x), lambda x: 1 / (1 + x**2)),
    "exp(sin(x))": (lambda x: exp(sin(x)), lambda x: mpmath.exp(mpmath.sin(x))),
}


@pytest.mark.parametrize(
    ("name", "mode"),
    some(list(LONG), [grad, forward], often=lambda f, mode: f != 1 and even(f, mode)),
    ids=lambda x: x if isinstance(x, str) else x.__name__,
)
def test_the_tenth_derivative_is_right_and_small(name, mode):
    f, exact = LONG[name]
    for _ in range(10):
        f = mode(f)
    assert f(0.5) == pytest.approx(float(mpmath.diff(exact, mpmath.mpf("0.5"), 10)), rel=1e-12)
    assert len(toposort(f(Value(0.5)))) < 30_000  # without sharing it would be millions


@pytest.mark.parametrize("base", [2.0, 0.25, 1e-200, 1e200])
def test_the_mixed_derivative_of_a_power_at_exponent_0(base):
    assert hessian(lambda x, y: x**y, (0, 1))(base, 0.0)[0][1] == 1 / base
    assert hessian(lambda x, y: x**y, (0, 1))(base, 0.0)[1][0] == 1 / base


def test_newton_with_values_is_differentiable():
    def root(a):
        x = Value(1.0) * 1.5
        for _ in range(8):
            x = x - (x * x - a) / grad(lambda t: t * t)(x)
        return x

    assert root(Value(2.0)).data == pytest.approx(math.sqrt(2), rel=1e-15)
    assert grad(root)(2.0) == pytest.approx(0.5 / math.sqrt(2), rel=1e-14)
    assert grad(grad(root))(2.0) == pytest.approx(-0.25 * 2**-1.5, rel=1e-13)


# ---- every op ----


def backward(f, inputs):
    """The gradients of `Value.backward`."""
    values = [Value(x) for x in inputs]
    f(*values).backward()
    return [v.grad for v in values]


every_op = pytest.mark.parametrize("op", TABLE.values(), ids=TABLE.keys())


@every_op
def test_every_op_has_the_gradient_of_backward_to_the_bit(op):
    def f(*xs):
        return tanh(op(*xs)) * op(*[x * 0.99 for x in xs])

    for inputs in samples(op, 5):
        every = range(op.arity)
        expected = backward(f, inputs)
        assert list(grad(f, every)(*inputs)) == expected
        assert [x.data for x in grad(f, every)(*map(Value, inputs))] == expected
        values = [Value(x) for x in inputs]
        assert [x.data for x in gradients(f(*values), values, create_graph=True)] == expected


@every_op
def test_every_op_in_forward_mode_is_the_op_in_reverse_mode(op):
    for inputs in samples(op, 5):
        for i in range(op.arity):
            direction = [float(i == k) for k in range(op.arity)]
            reverse = grad(op, i)(*inputs)
            assert jvp(op, inputs, direction) == (op(*inputs), reverse)


@pytest.mark.parametrize(
    ("name", "backend"),
    some(list(TABLE), list(BACKENDS), often=lambda op, backend: op % 3 == 0 or list(BACKENDS)[backend] == "python"),
)
def test_the_gradient_of_every_op_is_recorded_and_replayed(name, backend):
    op = TABLE[name]
    inputs = samples(op, 1)[0]
    every = list(range(op.arity))
    compiled = record(grad(op, every), *inputs).compile(backend)
    assert list(compiled(*inputs)) == pytest.approx(list(grad(op, every)(*inputs)), rel=1e-15, abs=1e-300)


# ---- structures ----

Point = namedtuple("Point", "x y")


def test_an_answer_has_the_structure_of_the_argument():
    def f(point, weights, more):
        return point.x * weights[0] + weights[1][0] ** 2 + more["k"] * point.y

    args = (Point(1.0, 2.0), [3.0, (4.0,)], {"k": 5.0})
    assert grad(f)(*args) == Point(3.0, 5.0)
    assert grad(f, 1)(*args) == [1.0, (8.0,)]
    assert grad(f, -1)(*args) == {"k": 2.0}
    assert grad(f, (2, 0))(*args) == ({"k": 2.0}, Point(3.0, 5.0))
    assert value_and_grad(f, [1])(*args) == (29.0, ([1.0, (8.0,)],))
    assert hessian(f, 1)(*args) == [[0.0, (0.0,)], ([0.0, (2.0,)],)]
    assert hessian(f, (0, 2))(*args) == (
        Point((Point(0.0, 0.0), {"k": 0.0}), (Point(0.0, 0.0), {"k": 1.0})),
        {"k": (Point(0.0, 1.0), {"k": 0.0})},
    )
    value, tangent = jvp(f, args, (Point(1, 0), [0, (1,)], {"k": 0}))
    assert (value, tangent) == (29.0, 11.0)
    assert vjp(f, *args)[1](2.0) == (Point(6.0, 10.0), [2.0, (16.0,)], {"k": 4.0})


def test_a_jacobian_has_the_structures_of_result_and_argument():
    def f(x, y):
        return {"a": [x * y, x], "b": y * y}

    assert jacobian(f)(2.0, 3.0) == {"a": [3.0, 1.0], "b": 0.0}
    assert jacobian(f, (0, 1))(2.0, 3.0) == {"a": [(3.0, 2.0), (1.0, 0.0)], "b": (0.0, 6.0)}
    assert jacobian(lambda x: x[0] * x[1] * x[2])([2.0, 3.0, 4.0]) == [12.0, 8.0, 6.0]
    assert vjp(f, 2.0, 3.0)[1]({"a": [1.0, 10.0], "b": 100.0}) == (13.0, 602.0)


def test_keyword_arguments_and_others_are_passed_on():
    def f(x, mode, power=2):
        return x**power if mode == "power" else x

    assert grad(f)(3.0, "power", power=3) == 27.0
    assert grad(f)(3.0, mode="none") == 1.0
    assert grad(f).__name__ == "f"


@pytest.mark.parametrize("wide", [True, False])
def test_jacobian_and_hessian_of_matrices_in_both_modes(wide):
    generator = np.random.default_rng(0)
    A = generator.normal(size=(3, 5) if wide else (5, 3))
    x = generator.normal(size=A.shape[1]).tolist()

    def f(x):
        return [tanh(sum(a * t for a, t in zip(row, x, strict=True))) for row in A.tolist()]

    slopes = 1 - np.tanh(A @ x) ** 2
    assert np.allclose(jacobian(f)(x), slopes[:, None] * A, rtol=1e-14, atol=0)

    def energy(x):
        return sum(y * y for y in f(x))

    t = np.tanh(A @ x)
    exact = A.T @ np.diag(2 * slopes**2 - 4 * t**2 * slopes) @ A
    v = generator.normal(size=len(x)).tolist()
    assert np.allclose(hessian(energy)(x), exact, rtol=1e-12, atol=1e-14)
    assert np.allclose(hvp(energy, x, v), exact @ v, rtol=1e-12, atol=1e-14)
    assert np.allclose(jacobian(grad(energy))(x), exact, rtol=1e-12, atol=1e-14)
    third = jvp(lambda x: hvp(energy, x, v), (x,), (v,))[1]
    step = 1e-4
    moved = [np.array(hvp(energy, (np.array(x) + s * np.array(v)).tolist(), v)) for s in (step, -step)]
    assert np.allclose(third, (moved[0] - moved[1]) / (2 * step), rtol=1e-6, atol=1e-6)


def rosenbrock(x):
    return sum(100 * (x[i + 1] - x[i] ** 2) ** 2 + (1 - x[i]) ** 2 for i in range(len(x) - 1))


def test_the_hessian_of_rosenbrocks_function_is_exact_and_symmetric():
    x = [0.25 * (i % 9) - 1 for i in range(40)]
    H = hessian(rosenbrock)(x)
    for i, row in enumerate(H):
        for k, entry in enumerate(row):
            exact = {
                i: (i < 39) * (1200 * x[i] ** 2 - 400 * x[(i + 1) % 40] + 2) + (i > 0) * 200,
                i + 1: -400 * x[i],
                i - 1: -400 * x[i - 1],
            }.get(k, 0.0)
            assert entry == pytest.approx(exact, rel=1e-13)
            assert entry == H[k][i]


# ---- Values and floats ----


def types(x):
    return {Value if isinstance(y, Value) else type(y) for y in x}


def test_floats_in_floats_out_values_in_values_out():
    w = Value(3.0, "w")

    def f(x):
        return w * x * x + Value(0.0)

    v = Value(2.0, "v")
    assert types([*value_and_grad(f)(2.0), hvp(f, 2.0, 1.0), hessian(f)(2.0), *jvp(f, [2.0], [1.0])]) == {float}
    answers = [*value_and_grad(f)(v), hvp(f, v, 1.0), hessian(f)(v), *jvp(f, [v], [1.0]), vjp(f, v)[0]]
    assert all(isinstance(y, Value) for y in answers)
    assert [y.data for y in answers] == [12.0, 12.0, 6.0, 6.0, 12.0, 12.0, 12.0]
    assert grad(f)(v).label == ""
    assert types(jvp(f, [2.0], [v])) == {float, Value}
    assert isinstance(vjp(f, 2.0)[1](v)[0], Value)
    assert isinstance(grad(lambda x: 5.0)(v), Value)
    assert grad(lambda x: 5)(2.0) == 0.0
    assert isinstance(grad(lambda x, c: x * c)(2.0, v), Value)


def test_a_derivative_of_values_is_part_of_their_graph():
    w, x = Value(3.0, "w"), Value(2.0, "x")
    slope = grad(lambda t: tanh(w * t))(x)
    (slope * slope).backward()
    t = math.tanh(6.0)
    s = 1 - t * t
    assert slope.data == pytest.approx(3 * s, rel=1e-12)
    assert x.grad == pytest.approx(2 * slope.data * 9 * -2 * t * s, rel=1e-12)
    assert w.grad == pytest.approx(2 * slope.data * (s + 3 * 2 * -2 * t * s), rel=1e-12)


def test_gradients_of_a_graph():
    x, unused = Value(3.0, "x"), Value(1.0)
    square = x * x
    y = square * x
    assert gradients(y, x) == 27.0
    assert gradients(y, [x, {"h": square}, unused, y]) == [27.0, {"h": 3.0}, 0.0, 1.0]
    first = gradients(y, x, create_graph=True)
    second = gradients(first, x, create_graph=True)
    assert (first.data, second.data, gradients(second, x)) == (27.0, 18.0, 6.0)
    assert isinstance(gradients(y, unused, create_graph=True), Value)
    assert not any(map(reached, (x, square, y)))


def test_gradients_with_a_graph_refuse_numbers_that_were_set_since():
    x, w = Value(2.0), Value(5.0, "w")
    y = x * w
    w.data = 7.0
    assert gradients(y, x) == 5.0
    with pytest.raises(ValueError, match="data was set since, so make it again"):
        gradients(y, x, create_graph=True)


def test_the_nan_of_a_branch_that_was_not_taken():
    def f(x):
        return where(x > 0, sqrt(x), 0.0)

    def double_where(x):
        return where(x > 0, sqrt(where(x > 0, x, 1.0)), 0.0)

    assert math.isnan(grad(f)(0.0))
    assert math.isnan(grad(f)(Value(0.0)).data)
    assert grad(double_where)(0.0) == 0.0
    assert grad(double_where)(4.0) == 0.25


# ---- nothing else is touched ----


def snapshot(*roots):
    return [(node, node.data, node.grad, node.label, node.op, node.parents) for node in toposort(*roots)]


def test_nobodys_gradients_are_touched():
    w = Value(3.0, "w")
    outside = w * w
    outside.backward()
    x = Value(2.0, "x")
    x.grad = 7.0
    before = snapshot(outside, x)

    def f(t):
        return outside * t * t + w * t

    grad(f)(2.0), grad(f)(x), hessian(f)(2.0), hvp(f, x, 1.0), jvp(f, [x], [1.0]), gradients(f(x), [x, w, outside])

    def wrong(t):
        f(t)
        raise ZeroDivisionError

    for g in (grad(wrong), hessian(wrong), lambda t: jvp(wrong, [t], [1.0])):
        with pytest.raises(ZeroDivisionError):
            g(x)
    with pytest.raises(TypeError):
        grad(lambda t: [f(t)])(x)
    assert snapshot(outside, x) == before
    assert grad(f)(2.0) == 39.0


def test_under_no_grad_derivatives_are_taken_and_values_are_leaves():
    x = Value(2.0)
    with no_grad():
        assert grad(lambda t: t**3)(2.0) == 12.0
        assert grad(grad(lambda t: t**3))(2.0) == 12.0
        assert hessian(lambda t: t**3)(2.0) == 12.0
        found = [grad(lambda t: t**3)(x), grad(grad(lambda t: t**3))(x), hessian(lambda t: t**3)(x)]
        found += value_and_grad(lambda t: t * 1.0)(x)
        assert [(y.op, y.data) for y in found] == [(None, 12.0)] * 3 + [(None, 2.0), (None, 1.0)]
        assert (x * x).op is None

    def f(t):
        with no_grad():
            constant = t * t
        return constant * t

    assert grad(f)(3.0) == 9.0


def test_threads():
    w = Value(1.5)
    wrong = []

    def work(seed):
        for k in range(20):
            x = 0.1 * seed + 0.01 * k
            got = grad(grad(lambda t: tanh(w * t)))(x)
            th = math.tanh(1.5 * x)
            if got != pytest.approx(-2 * th * (1 - th * th) * 1.5**2, rel=1e-12):
                wrong.append(got)

    threads = [threading.Thread(target=work, args=(i,)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert not reached(w)


def test_deep_graphs_and_many_paths():
    def chain(x):
        y = x
        for _ in range(2_000):
            y = y * 0.99999 + x
        return y

    assert grad(chain)(1.0) == pytest.approx(jvp(chain, [1.0], [1.0])[1], rel=1e-12)

    def doubled(x):
        y = x * x
        for _ in range(1000):
            y = y + y
        return y

    assert grad(doubled)(1.0) == 2.0**1001
    assert hessian(doubled)(1.0) == 2.0**1001
    assert grad(grad(doubled))(1.0) == 2.0**1001


# ---- odd inputs ----


def cyclic():
    loop = [1.0]
    loop.append(loop)
    return loop


class Celsius(float):
    pass


def test_numbers_of_other_kinds():
    assert grad(lambda x: x * x)(Celsius(2.0)) == 4.0
    assert type(grad(lambda x: x * x)(Celsius(2.0))) is float
    assert grad(lambda x: x * x)(True) == 2.0
    assert grad(lambda x: x * x)(np.float32(2.0)) == 4.0
    assert grad(lambda x: x * x)(10**300) == 2e300


ODD = [
    ("3", TypeError, r"expected a Value or a real number .* got '3' \(str\)"), (None, TypeError, "got None"),
    (1j, TypeError, "got 1j"), (np.array([1.0]), TypeError, r"\(ndarray\)"), ({1.0}, TypeError, "set"),
    (cyclic(), ValueError, "does one contain itself"), (10**400, ValueError, "fits a double"),
    ((x for x in [1.0]), TypeError, "generator"),
    ([1.0, "3"], TypeError, r"got '3' \(str\)"), (object(), TypeError, "object"),
]  # fmt: skip


@pytest.mark.parametrize(("odd", "error", "message"), ODD, ids=lambda x: str(x)[:20])
def test_odd_arguments(odd, error, message):
    def f(x):
        return x[0] if isinstance(x, list) else x

    calls = [
        ("grad", lambda: grad(f)(odd)), ("value_and_grad", lambda: value_and_grad(f)(odd)),
        ("jacobian", lambda: jacobian(f)(odd)), ("hessian", lambda: hessian(f)(odd)), ("vjp", lambda: vjp(f, odd)),
        ("jvp", lambda: jvp(f, [odd], [1.0])), ("jvp", lambda: jvp(f, [1.0], [odd])),
        ("hvp", lambda: hvp(f, odd, 1.0)), ("hvp", lambda: hvp(f, 1.0, odd)),
        ("pullback", lambda: vjp(f, 1.0)[1](odd)),
    ]  # fmt: skip
    for name, call in calls:
        with pytest.raises((TypeError, ValueError)) as found:
            call()
        assert str(found.value).startswith(name)
        assert "\n" not in str(found.value)
    with pytest.raises(error, match=message):
        grad(f)(odd)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: grad(5), TypeError, r"grad: expected a function, got 5 \(int\)"),
        (lambda: hessian("f"), TypeError, "hessian: expected a function, got 'f'"),
        (lambda: grad(sin, 1.0), TypeError, "grad: expected argnums to be an int or a tuple of ints, got 1.0"),
        (lambda: grad(sin, ()), TypeError, "grad: expected argnums to be an int or a tuple of ints, got ()"),
        (lambda: grad(sin, True), TypeError, "got True"),
        (lambda: grad(sin, 1)(1.0), ValueError, "grad: expected argnums from -1 to 0, got 1"),
        (lambda: grad(lambda x, y: x, (0, -2))(1.0, 2.0), ValueError, "grad: expected each argument once in argnums"),
        (lambda: grad(sin)(), ValueError, "grad: expected an argument to differentiate by, got none"),
        (lambda: grad(lambda x: [x])(1.0), TypeError, r"grad: expected f to return one number, got \[.*see jacobian"),
        (lambda: hvp(lambda x: [x], 1.0, 1.0), TypeError, "hvp: expected f to return one number"),
        (lambda: hessian(lambda x: (x,))(1.0), TypeError, "hessian: expected f to return one number"),
        (lambda: grad(lambda x: "no")(1.0), TypeError, "grad: expected f to return Values, .* got 'no'"),
        (lambda: grad(lambda x: None)(1.0), TypeError, "grad: expected f to return Values, .* got None"),
        (lambda: jacobian(lambda x: cyclic())(1.0), ValueError, "jacobian: the result of f: .*contain itself"),
        (lambda: jvp(sin, 1.0, [1.0]), TypeError, "jvp: expected primals to be a list or tuple, .*, got 1.0"),
        (lambda: jvp(sin, [1.0], [1.0, 2.0]), ValueError, r"jvp: tangents: expected a structure like .*, got"),
        (lambda: hvp(sin, 1.0, [1.0]), ValueError, r"hvp: v: expected a structure like number, got \[number\]$"),
        (lambda: vjp(sin, 1.0)[1]([1.0]), ValueError, "pullback: cotangent: expected a structure like"),
        (lambda: gradients(1.0, Value(1.0)), TypeError, "gradients: expected y to be a Value, got 1.0"),
        (lambda: gradients(Value(1.0), [1.0]), TypeError, "gradients: expected xs to be a Value, got 1.0"),
        (lambda: gradients(Value(1.0), cyclic()), ValueError, "does one contain itself"),
        (lambda: gradients([Value(1.0)], Value(1.0)), TypeError, "gradients: expected y to be a Value"),
    ],
)  # fmt: skip
def test_errors(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_an_error_of_the_function_comes_through():
    with pytest.raises(TypeError, match="log: expected a real number"):
        grad(lambda x: log("3"))(1.0)


def test_while_nodes_are_shared_two_signs_are_none():
    x = Value(0.5)
    negated = -x
    with sharing([x, negated]):
        assert -x is negated
        assert -negated is x

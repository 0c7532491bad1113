"""`detect_anomaly`: the first op to make a nan or an inf is named, with its inputs and the line that made it."""

import copy
import math
import re
import tracemalloc

import pytest

from autograd_lite import (
    Value,
    detect_anomaly,
    exp,
    grad,
    gradients,
    hessian,
    hvp,
    jvp,
    log,
    no_grad,
    record,
    sqrt,
    where,
)  # fmt: skip
from autograd_lite.graph import reached
from nn import MLP
from nn.losses import quadratic


def line_of(function, offset=1):
    return f"{__file__}:{function.__code__.co_firstlineno + offset}"


def test_a_value_names_op_inputs_and_line():
    def build(x):
        y = x * 2.0
        return log(y - 3.0)

    build(Value(1.0))  # outside nothing is said
    with pytest.raises(FloatingPointError) as found, detect_anomaly():
        build(Value(1.0))
    message = str(found.value)
    assert message.startswith(
        "detect_anomaly: expected the value of log, log(a), to be finite, got nan for a = -1.0, made at "
    )
    assert line_of(build, 2) in message
    assert "\n" not in message


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda x, w: x / w, r"value of divide, x / w, to be finite, got -inf for x = -1.0, w = 0.0"),
        (lambda x, w: exp(x * -1000), r"value of exp, exp\(a\), to be finite, got inf for a = 1000.0"),
        (lambda x, w: sqrt(w), r"partial 1 of sqrt, sqrt\(w\), to be finite, got inf for w = 0.0"),
        (
            lambda x, w: where(w > 0, sqrt(w), 0.0),
            r"partial 1 of sqrt, .*; .* where\(\) has to choose them",
        ),
        (lambda x, w: x**w**w, "partial 2 of power"),
        (lambda x, w: (x + w) * math.nan, "value of multiply"),
    ],
)
def test_forward(call, message):
    x, w = Value(-1.0, "x"), Value(0.0, "w")
    with detect_anomaly(), pytest.raises(FloatingPointError, match=message):
        call(x, w)


def test_a_partial_that_no_gradient_follows_is_none():
    x = Value(-2.0)
    with detect_anomaly():
        y = x**2 + 0.0**2
        y.backward()
        assert x.grad == -4.0
        assert grad(grad(lambda t: t**3))(-2.0) == -12.0
        assert hessian(lambda t: t**3)(-2.0) == -12.0
        assert hvp(lambda t: t**2 * math.pi, -2.0, 1.0) == 2 * math.pi


def steep(x):
    """Finite values and partials; the product of the partials is not finite."""
    low = x * 1e-300
    low = low * 1e200
    return low * 1e200


def test_backward_names_the_step_and_sets_nothing():
    x = Value(2.0, "x")
    x.grad = 7.0
    with detect_anomaly():
        y = steep(x)
        with pytest.raises(FloatingPointError) as found:
            y.backward()
    assert "partial 1 of multiply, a * b, to be finite, got 1e+200 × upstream gradient 1e+200" in str(found.value)
    assert line_of(steep, 3) in str(found.value)
    assert (x.grad, reached(y), reached(y.parents[0])) == (7.0, False, False)


def test_backward_of_a_graph_made_outside():
    w = Value(0.0, "w")
    y = sqrt(w)
    with detect_anomaly(), pytest.raises(FloatingPointError, match=r"sqrt\(w\).* inf × .* made outside detect_anomaly"):
        y.backward()
    assert not any(map(reached, (w, y)))


@pytest.mark.parametrize(
    "call",
    [
        lambda x: grad(lambda t: (t * 1e300) * 1e300)(1e-300),
        lambda x: gradients((x * 1e-300 * 1e300) * 1e300, x),
        lambda x: grad(grad(lambda t: t**1.5))(0.0),
        lambda x: hessian(lambda t: t**1.5)(0.0),
        lambda x: jvp(grad(lambda t: t**1.5), [0.0], [1.0]),
    ],
)
def test_derivatives(call):
    with detect_anomaly(), pytest.raises(FloatingPointError, match="partial 1 of"):
        call(Value(1.0))


def test_numbers_under_no_grad_count_and_the_context_ends():
    with detect_anomaly():
        with no_grad(), pytest.raises(FloatingPointError, match="value of log"):
            log(Value(0.0))
        with pytest.raises(ZeroDivisionError), detect_anomaly():
            raise ZeroDivisionError
        assert record(lambda t: t * t, 2.0).compile()(3.0) == 9.0
    assert log(Value(0.0)).data == -math.inf


def test_the_line_is_the_persons_own_though_a_layer_made_the_node():
    model = MLP(1, [2, 1], "tanh", seed=0)
    for parameter in model.parameters():
        parameter.data = 1e200

    def train():
        return quadratic(model([1e200]), 0.0)

    with detect_anomaly(), pytest.raises(FloatingPointError, match=re.escape(line_of(train))):
        train()


def test_labels_are_data_on_one_line():
    with detect_anomaly(), pytest.raises(FloatingPointError) as found:
        log(Value(0.0, "a\nb " + "x" * 100))
    assert "log(a b xxx" in str(found.value)
    assert "\n" not in str(found.value)


def test_it_costs_nothing_outside_and_little_inside():
    x = Value(1.5)
    with detect_anomaly():
        inside = x * x
    assert not hasattr(x * x, "place")
    assert isinstance(inside, Value)
    assert copy.deepcopy(inside).data == inside.data
    tracemalloc.start()
    y = x
    for _ in range(1000):
        y = y * x
    used = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert used / 1000 <= 200

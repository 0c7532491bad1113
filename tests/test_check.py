"""`check_grads`: it passes what is right, of every op and order, and names what is wrong."""

import math
import re

import pytest

from autograd_lite import Value, check_grads, exp, log, maximum, minimum, no_grad, relu, sin, sqrt, tanh
from autograd_lite.derivatives import check
from autograd_lite.graph import reached
from autograd_lite.ops import TABLE, Op
from nn import MLP
from nn.losses import LOSSES
from tests.halves import some
from tests.test_ops import samples


@pytest.mark.parametrize(
    ("name", "order"),
    some(list(TABLE), [1, 2], often=lambda op, order: order == 0 or op % 4 == 0),
)
def test_every_op_passes(name, order):
    check_grads(TABLE[name], samples(TABLE[name], 1)[0], order)


@pytest.mark.parametrize(
    ("f", "args"),
    [
        (lambda a, b: sin(a * b) / b + exp(a), (0.3, 1.2)),
        (lambda p: {"u": [p["a"] * p["b"][0]], "v": tanh(p["a"])}, ({"a": 0.3, "b": (1.2,)},)),
        (lambda x: sqrt(x), (1e-5,)), (lambda x: sin(1000 * x) + 1e5, (0.3,)), (lambda x: 1e10 + x, (0.3,)),
        (lambda x: exp(x), (300.0,)), (lambda x: log(x), (1e300,)), (lambda x: x * 0.0, (2.0,)),
        (lambda x: 5.0, (2.0,)), (lambda x: x, (Value(2.0),)), (lambda x: [], (1.0,)),
    ],
)  # fmt: skip
def test_what_is_right_passes(f, args):
    assert check_grads(f, args, order=2) is None


def test_third_order():
    check_grads(lambda x, y: tanh(x * y) * y, (0.4, -1.3), order=3)


@pytest.mark.parametrize(
    ("loss", "prediction", "target"),
    [
        ("quadratic", [0.3, -1.2], [1.0, 0.5]), ("mse", [0.3, -1.2], [1.0, 0.5]), ("hinge", [0.3], [-1.0]),
        ("binary_cross_entropy", [0.3], [0.2]), ("cross_entropy", [0.3, 1.5, -2.0], 1),
        ("cross_entropy", [500.3, -500.5], 0),
    ],
)  # fmt: skip
def test_the_losses_pass(loss, prediction, target):
    check_grads(lambda a: LOSSES[loss](a, target), [prediction])


def test_a_network_passes_and_is_left_alone():
    model = MLP(2, [3, 1], "tanh", seed=0)
    check_grads(model, [[0.5, -1.0]])
    assert not any(map(reached, model.parameters()))


def wrong(f, slope):
    """The op of one input with this forward and this partial."""
    return Op("wrong", "wrong", f, lambda x, out: (slope(x, out),), "wrong({})", "wrong {}", ((-1, 1),), 4)


def half_detached(x, y):
    """Right in x; y's way through the product is hidden."""
    with no_grad():
        hidden = y * 1.0
    return x * hidden + y


@pytest.mark.parametrize(
    ("f", "args", "message"),
    [
        (wrong(lambda x: x * x, lambda x, out: 2.001 * x), (0.7,), r"∂\(f\)/∂args\[0\] to be the same .*got 1.4007"),
        (wrong(lambda x: x * x, lambda x, out: 2.0 * x.data if isinstance(x, Value) else 2.0 * x), (0.7,),
         r"expected ∂\(∂\(f\)/∂args\[0\]\)/∂args\[0\] .* got 0 in reverse, 0 forward, 2 by differences"),
        (half_detached, (2.0, 3.0), r"expected ∂\(f\)/∂args\[1\] .* got 1 in reverse, 1 forward, 3 by differences"),
        (lambda p: {"k": [half_detached(*p)]}, ([2.0, 3.0],), r"expected ∂\(f\['k'\]\[0\]\)/∂args\[0\]\[1\]"),
        (relu, (0.0,), r"expected ∂\(f\)/∂args\[0\] to be one slope, got a kink: 0 from the left, 1 from the right$"),
        (relu, (Value(0.0, "x"),), r"expected ∂\(f\)/∂x to be one slope"),
        (lambda a, b: a + relu(b), (Value(1.0, "x"), Value(0.0, "x")), r"expected ∂\(f\)/∂args\[1\] to be one slope"),
        (log, (-1.0,), "by differences"),
        (lambda x: x * x.data, (3.0,), "got 3 in reverse, 3 forward, 6 by differences"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(f, args, message):
    with pytest.raises(ArithmeticError, match=message):
        check_grads(f, args)


@pytest.mark.parametrize(
    ("f", "args", "kink"),
    [
        (abs, (0.0,), r"expected ∂\(f\)/∂args\[0\] .* -1 from the left, 1 from the right"),
        (maximum, (2.0, 2.0), r"0 from the left, 1 from the right"),
        (minimum, (-1e3, -1e3), r"1 from the left, 0 from the right"),
        (lambda x: 5.0 - 1e-3 * abs(x - 0.7) + sin(x), (0.7,), "from the left"),
        (lambda x: 1e6 + abs(x), (0.0,), "-1 from the left, 1 from the right"),
        (lambda x, y: minimum(abs(x), abs(y)), (0.0, 0.0), r"∂\(f\)/∂\(random direction \d\) .* -0.4\d+ from the left"),
        (lambda x: x * abs(x), (0.0,), r"∂\(∂\(f\)/∂args\[0\]\)/∂args\[0\] .* -2 from the left, 2 from the right"),
    ],
)  # fmt: skip
def test_a_kink_does_not_pass_though_its_slope_is_the_central_one(f, args, kink):
    """Differences on one side see what a central one, the mean of both, cannot."""
    with pytest.raises(ArithmeticError, match=r"check_grads: expected .* to be one slope, got a kink: ") as raised:
        check_grads(f, args)
    assert re.search(kink, str(raised.value))


@pytest.mark.parametrize("power", [1.05, 1.5, 1.9])
def test_a_cusp_that_has_a_slope_is_no_kink(power):
    ((_, _, jump),) = check._differences(lambda x: [abs(x) ** power], [0.0], [1.0])
    assert jump == 0.0


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: check_grads(5, (1.0,)), TypeError, "check_grads: expected a function, got 5"),
        (
            lambda: check_grads(sin, 1.0),
            TypeError,
            "check_grads: expected args as a list or tuple of arguments, got 1.0",
        ),
        (lambda: check_grads(sin, ("3",)), TypeError, "check_grads: args: expected a real number"),
        (
            lambda: check_grads(sin, (1.0,), order=0),
            ValueError,
            "check_grads: expected order to be at least 1, got 0",
        ),
        (lambda: check_grads(sin, (1.0,), order=1.5), TypeError, "expected order to be an int, got 1.5"),
        (
            lambda: check_grads(sin, (1.0,), order=99),
            ValueError,
            r"check_grads: expected order to be at most 10, got 99; of the order k there are \(inputs\)ᵏ derivatives",
        ),
        (lambda: check_grads(lambda x: "3", (1.0,)), TypeError, "expected f to return Values"),
        (lambda: check_grads(lambda: 1.0, ()), ValueError, "check_grads: expected an argument to differentiate by"),
    ],
)  # fmt: skip
def test_errors(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_a_function_that_gives_no_value():
    with pytest.raises(TypeError, match=r"check_grads: expected f to return Values, .* got None"):
        check_grads(lambda x: None, [1.0])


@pytest.mark.parametrize(
    ("f", "at", "slope"),
    [(exp, 1.0, math.e), (sin, 2.0, math.cos(2.0)), (log, 3.0, 1 / 3), (lambda x: x**7, 1.5, 7 * 1.5**6)],
)
def test_differences_are_extrapolated_and_say_how_far_off_they_are(f, at, slope):
    """A central difference alone keeps ten digits at best: what is extrapolated has more, and says so."""
    ((estimate, error, jump),) = check._differences(lambda x: [f(x)], [at], [1.0])
    assert jump == 0.0
    assert estimate == pytest.approx(slope, rel=2e-11)
    assert abs(estimate - slope) <= error <= 2e-6 * abs(slope)

"""The selection rule and the edges that are none: the same in every mode, to every order and on every backend."""

import math
from functools import cache

import pytest

from autograd_lite import (
    Value,
    grad,
    gradients,
    hessian,
    jvp,
    log,
    logsumexp,
    maximum,
    minimum,
    pick,
    record,
    relu,
    sqrt,
    where,
)
from autograd_lite.composite import partials_of, row
from autograd_lite.graph import edges, reached, toposort
from autograd_lite.ops import divide, equal, greater, power
from autograd_lite.selection import NOTHING

# A function and where it doesn't select its input, though inf arrives there.
NOTHING_ARRIVES = {
    "√relu(x)": lambda x: sqrt(relu(x)),
    "√maximum(x, 0)": lambda x: sqrt(maximum(x, 0.0)),
    "√maximum(0, x)": lambda x: sqrt(maximum(0.0, x)),
    "√minimum(−x, 0)": lambda x: sqrt(-minimum(-x, 0.0)),
    "√where(x > 0, x, 0)": lambda x: sqrt(where(greater(x, 0.0), x, 0.0)),
    "√where(x < 0, 0, x)": lambda x: sqrt(where(greater(0.0, x), 0.0, x)),
    "√pick(0, 0, x)": lambda x: sqrt(pick(0.0, relu(x), x)),
    "ln relu(x)": lambda x: log(relu(x)),
    "1/relu(x)": lambda x: divide(1.0, relu(x)),
    "relu(x)**0.5": lambda x: power(relu(x), 0.5),
    "√(x > 0)": lambda x: sqrt(greater(x, 0.0)),
    "√(x = 0)": lambda x: sqrt(equal(x, 0.0)),
    "(√|x| > 1) at a slope of inf": lambda x: greater(sqrt(relu(x)), 1.0),
}  # fmt: skip


@cache
def native(f):
    """f recorded and compiled once, for all points."""
    return record(f, -1.0).compile("llvm")


def ways(f, x):
    """The first derivative of f at x by every way of taking it."""
    v = Value(x)
    y = f(v)
    y.backward()
    yield "backward", v.grad
    yield "gradients", gradients(y, v)
    yield "create_graph", gradients(y, v, create_graph=True).data
    yield "grad", grad(f)(x)
    yield "forward", jvp(f, (x,), (1.0,))[1]
    yield "record(grad)", record(grad(f), x).compile("python")(x)
    yield "recorded elsewhere", record(f, 2.5).compile("python").value_and_grad(x)[1][0]
    yield "python", record(f, x).compile("python").value_and_grad(x)[1][0]
    yield "llvm", native(f).value_and_grad(x)[1][0]


ALL_WAYS = [way for way, _ in ways(lambda x: x, -1.0)]


@pytest.mark.parametrize("name", NOTHING_ARRIVES)
def test_an_input_that_was_not_selected_gets_nothing(name):
    assert dict(ways(NOTHING_ARRIVES[name], -1.0)) == dict.fromkeys(ALL_WAYS, 0.0)


@pytest.mark.parametrize("name", NOTHING_ARRIVES)
def test_neither_does_it_in_a_second_derivative(name):
    f = NOTHING_ARRIVES[name]
    assert grad(grad(f))(-1.0) == 0.0
    assert grad(grad(grad(f)))(-1.0) == 0.0
    assert hessian(f)(-1.0) == 0.0


@pytest.mark.parametrize("name", NOTHING_ARRIVES)
def test_an_op_whose_partials_follow_from_its_definition_keeps_the_rule(name):
    f = NOTHING_ARRIVES[name]
    assert partials_of(f)(-1.0, f(-1.0)) == (0.0,)
    op = row("of_its_definition", None, None, ((1.0, 2.0),), definition=f)
    assert dict(ways(op, -1.0)) == dict.fromkeys(ALL_WAYS, 0.0)
    assert grad(grad(op))(-1.0) == 0.0
    assert dict(ways(op, 2.0)) == pytest.approx(dict.fromkeys(ALL_WAYS, grad(f)(2.0)), rel=1e-14)


# Definitions, and whether an op made by them selects: only where no way to an input goes round an op that does.
SELECTING = {
    "relu": (lambda x: where(greater(x, 0.0), x, 0.0), True),
    "clipped": (lambda x, low, high: minimum(maximum(x, low), high), True),
    "hinge": (lambda x: relu(1.0 - x), True),
    "two relus": (lambda x: relu(x) + relu(x - 1.0), True),
    "gate": (lambda x, y: relu(x) * y, False),
    "relu and line": (lambda x: relu(x) + 0.5 * x, False),
    "product": (lambda x: x * greater(x, 0.0), False),
    "smooth": (lambda x: divide(x, 1.0 + abs(x)), False),
    "constant": (lambda x: 2.0, False),
}


@pytest.mark.parametrize("name", SELECTING)
def test_an_op_selects_where_its_definition_does(name):
    definition, selects = SELECTING[name]
    n = definition.__code__.co_argcount
    assert row("of_its_definition", None, None, ((1.0, 2.0),) * n, definition=definition).selects is selects


@pytest.mark.parametrize("name", ["relu", "two relus"])
def test_what_it_did_not_select_gets_nothing_though_inf_arrives(name):
    op = row("of_its_definition", None, None, ((1.0, 2.0),), definition=SELECTING[name][0])
    for f in (lambda x: sqrt(op(x)), lambda x: log(op(x)), lambda x: divide(1.0, op(x))):
        assert dict(ways(f, -1.0)) == dict.fromkeys(ALL_WAYS, 0.0)
        assert grad(grad(f))(-1.0) == 0.0


def test_a_product_with_what_was_not_selected_is_no_selection():
    gate = row("of_its_definition", None, None, ((1.0, 2.0),) * 2, definition=SELECTING["gate"][0])
    assert all(math.isnan(slope) for slope in dict(ways(lambda y: sqrt(gate(-1.0, y)), 2.0)).values())


@pytest.mark.parametrize("name", NOTHING_ARRIVES)
def test_where_the_input_is_selected_the_slope_is_that_of_the_formula(name):
    f, h = NOTHING_ARRIVES[name], 2.0**-20
    found = dict(ways(f, 2.0))
    assert all(x == pytest.approx((f(2.0 + h) - f(2.0 - h)) / (2 * h), rel=1e-8, abs=1e-12) for x in found.values())


@pytest.mark.parametrize("x", [-1.0, 0.0])
def test_a_divisor_that_compares_is_no_edge(x):
    slopes = dict(ways(lambda x: divide(x, greater(x, 0.0)), x))
    assert set(slopes.values()) == {math.inf}


@pytest.mark.parametrize("arriving", [math.inf, -math.inf, math.nan])
@pytest.mark.parametrize("op", [relu, maximum, minimum, where, pick])
def test_whatever_arrives(op, arriving):
    inputs = {relu: [-1.0], maximum: [1.0, 2.0], minimum: [2.0, 1.0], where: [1.0, 3.0, 4.0], pick: [1.0, 3.0, 4.0]}[op]
    values = list(map(Value, inputs))
    y = op(*values) * Value(arriving)
    y.backward()
    idle = {relu: 0, maximum: 0, minimum: 0, where: 2, pick: 1}[op]
    assert values[idle].grad == 0.0
    assert NOTHING * arriving == arriving * NOTHING == 0.0


def test_a_number_in_a_formula_takes_no_gradient():
    a, target = Value(1.0, "a"), Value(2.0, "y")
    y = (a - target) ** 2 * 3 + 1
    y.backward()
    numbers = [node for node in toposort(y) if node.kind == "constant"]
    assert [node.data for node in numbers] == [2.0, 3.0, 1.0]
    assert not any(map(reached, numbers))
    assert all(node.kind != "constant" for user in toposort(y) for node, _ in edges(user))
    assert ((a - target) ** 2).partials == (-2.0, None)
    assert [logsumexp(*xs).partials[1] for xs in ((a, 2.0), (a, target))] == [None, pytest.approx(0.7310585786300049)]


def test_the_condition_takes_no_gradient_and_what_is_below_it_is_not_reached():
    x = Value(0.0)
    root = sqrt(x)
    y = where(greater(root, 1.0), x, 2.0 * x)
    root.grad = 7.0
    y.backward()
    assert (x.grad, reached(root)) == (2.0, False)
    assert y.partials == (0.0, 0.0, 1.0)

"""The written methods: for every row and every kind of number the node that `made` makes, to the bit."""

import inspect
import itertools
import math
import struct

import pytest

from autograd_lite import Value, log, no_grad, relu, sqrt
from autograd_lite.composite import row
from autograd_lite.ops import TABLE, greater, where
from autograd_lite.value import _method, made

NUMBERS = [-math.inf, -1e308, -2.5, -1.0, -0.0, 0.0, 5e-324, 0.3, 1.0, 2.0, 1e308, math.inf, math.nan]
WRITTEN = [op for op in TABLE.values() if op.arity < 3 and not op.variadic]
DEFINED = {
    "√relu": lambda x: sqrt(relu(x)),
    "logistic map": lambda x: 3.5 * x * (1.0 - x),
    "x less inf": lambda x: x - math.inf,
    "ln of the larger": lambda x, y: log(where(greater(x, y), x, y)),
    "x or its half": lambda x, y: where(greater(y, 0.0), x, -0.5 * x),
}


def packed(x):
    """The bits of a double; those of all nan as one, whose sign IEEE 754 leaves to the processor."""
    return struct.pack("d", x) if x == x else "nan"


def bits(node):
    """Everything that a pass reads of a node; the selection rule's 0 is of a kind of its own."""
    factors = [None if x is None else (type(x), packed(x)) for x in node.factors]
    return packed(node.data), factors, node.op, node.parents, node.label, node._grad, node._visit, node._rest


def check(op, method):
    for inputs in itertools.product(NUMBERS, repeat=op.arity):
        values = list(map(Value, inputs))
        assert bits(method(*values)) == bits(made(op, values)), inputs
        with no_grad():
            assert bits(method(*values)) == bits(made(op, values)), inputs


@pytest.mark.parametrize("op", WRITTEN, ids=repr)
def test_a_written_method_makes_the_node_that_made_makes(op):
    check(op, _method(op))


@pytest.mark.parametrize("name", DEFINED)
def test_so_does_that_of_a_row_made_by_its_definition(name):
    definition = DEFINED[name]
    n = len(inspect.signature(definition).parameters)
    op = row("of_its_definition", None, None, ((1.0, 2.0),) * n, definition=definition)
    check(op, _method(op))


def test_a_number_beside_a_value_takes_no_gradient():
    x = Value(3.0)
    for y in (x**2, 2**x, x - 1, 1 - x, x / 4, 4 / x, 2 * x, x * 2):
        assert [partial is None for partial in y.partials] == [parent.kind == "constant" for parent in y.parents]


def test_the_loop_that_runs_can_be_read():
    source = inspect.getsource(Value.tan)
    assert "out = tan_0(x)\n        t0 = out * out\n        t1 = 1.0 + t0\n" in source
    assert "node._first_partial = t1\n" in source
    assert "out = tanh_1(x)\n        t0 = tanh_slope_0(x, out)\n" in inspect.getsource(Value.tanh)
    assert "node._first_partial = t1 or NOTHING\n" in inspect.getsource(Value.relu)


def test_a_row_of_the_name_of_another_is_called_by_its_own_function():
    first = row("twofold", None, None, ((1.0, 2.0),), definition=lambda x: x + x)
    second = row("twofold", None, None, ((1.0, 2.0),), definition=lambda x: 3.0 * x + 0.0 * first(x))
    y = _method(second)(Value(3.0))
    assert (y.data, y.partials) == (9.0, (3.0,))

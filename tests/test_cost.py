"""The counts against formulas: edges and nodes for the sweeps, and counts by hand for small graphs."""

import pytest

from autograd_lite import Value, count_operations, sigmoid, tanh
from autograd_lite.graph import reached, toposort
from autograd_lite.telling.cost import Count
from nn import MLP


def shape(y):
    nodes = toposort(y)
    return len(nodes), sum(len(node.parents) for node in nodes), sum(node.op is not None for node in nodes)


GRAPHS = {
    "neuron": lambda: tanh(Value(0.5) * Value(2.0) + Value(-1.0)),
    "shared": lambda: (lambda x: (x * x + x) * x)(Value(3.0)),
    "net": lambda: MLP(3, [4, 2, 1], "tanh", seed=0)([1.0, 2.0, 3.0]),
}


@pytest.mark.parametrize("build", GRAPHS.values(), ids=GRAPHS.keys())
def test_a_sweep_is_one_multiplication_an_edge_and_one_addition_a_further_contribution(build):
    y = build()
    nodes, edges, interior = shape(y)
    cost = count_operations(y)
    assert cost.reverse_sweep == Count(edges, edges - (nodes - 1), 0)
    assert cost.forward_sweep == Count(edges, edges - interior, 0)


def test_one_neuron_by_hand():
    cost = count_operations(tanh(Value(0.5) * Value(2.0) + Value(-1.0)))
    assert cost.values == Count(1, 1, 1)
    assert cost.partials == Count(1, 1, 0)  # 1 − out·out
    assert cost.n_inputs == 3
    assert cost.of("reverse") == Count(1 + 1 + 5, 1 + 1 + 0, 1)
    assert cost.of("forward") == Count(1 + 1 + 3 * 5, 1 + 1 + 3 * 2, 1)
    assert cost.of("differences") == Count(3 * (2 * 1 + 1), 3 * (2 * 1 + 3), 3 * 2)


def test_partials_are_those_of_the_table():
    x = Value(0.5)
    assert count_operations(sigmoid(x)).partials == Count(1, 1, 0)  # out · (1 − out)
    assert count_operations(x.sin()).partials == Count(0, 0, 1)  # cos
    assert count_operations(x * x).partials == Count(0, 0, 0)
    assert count_operations(x / 2.0).partials == Count(2, 1, 0)  # 1/b and −out/b


@pytest.mark.parametrize("build", GRAPHS.values(), ids=GRAPHS.keys())
@pytest.mark.parametrize("method", ["forward", "differences"])
def test_the_crossing_is_the_first_number_of_inputs_at_which_reverse_is_cheaper(build, method):
    cost = count_operations(build())
    n = cost.crossing(method)
    reverse = cost.of("reverse").total
    assert cost.of(method, n).total > reverse
    assert n == 1 or cost.of(method, n - 1).total <= reverse


def test_reverse_does_not_grow_with_the_inputs():
    cost = count_operations(GRAPHS["net"]())
    assert cost.of("reverse", 1) == cost.of("reverse", 1000)
    assert cost.of("forward", 7).total - cost.of("forward", 6).total == cost.forward_sweep.total


def test_constants_are_no_inputs_and_nothing_is_touched():
    x = Value(2.0)
    y = x * 3 + x**2
    assert count_operations(y).n_inputs == 1
    assert not reached(x)


def test_a_leaf_costs_nothing():
    cost = count_operations(Value(1.0))
    assert cost.of("reverse") == Count(0, 0, 0)
    assert cost.crossing("forward") is None
    assert "Reverse mode never beats forward mode here." in cost.text


def test_the_table_in_80_columns():
    text = count_operations(GRAPHS["net"]()).text
    assert max(map(len, text.splitlines())) <= 80
    assert "gradient, central differences" in text


def test_errors():
    with pytest.raises(TypeError, match=r"count_operations: expected a Value, got 'x' \(str\)"):
        count_operations("x")
    with pytest.raises(ValueError, match="expected method to be one of reverse, forward, differences, got 'none'"):
        count_operations(Value(1.0)).of("none")


@pytest.mark.parametrize(("n", "error"), [(-3, ValueError), ("a", TypeError), (2.5, TypeError)])
def test_a_number_of_inputs_that_is_none(n, error):
    with pytest.raises(error, match=r"Cost\.of: expected n_inputs to be"):
        count_operations(Value(1.0) * 2).of("forward", n)


def test_the_table_grows_from_one_input_to_many():
    growing = count_operations(tanh(Value(0.5) * Value(2.0) + Value(-1.0))).blocks[4]
    assert [row[0].text for row in growing.rows] == ["1", "2", "3", "5", "10", "100", "1,000"]

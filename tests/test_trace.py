"""`trace_table`: every primal, tangent and adjoint against exact fractions, and the formulas beside them."""

import math
from fractions import Fraction

import pytest
from hypothesis import given

from autograd_lite import Value, tanh, trace_table
from autograd_lite.graph import reached, toposort
from nn import MLP
from tests.graphs import INPUTS, all_paths, gradients, programs, run


def columns(line):
    return sum(0 if c in "\u0304\u0307" else 1 for c in line)


@given(programs(), INPUTS)
def test_every_number_is_the_exact_one(steps, inputs):
    results = run(steps, [Value(float(x), f"x{i}") for i, x in enumerate(inputs)])
    y = results[-1]
    if results[0] not in toposort(y):
        return
    exact = run(steps, map(Fraction, inputs))
    adjoint = gradients(steps, inputs)
    for row in trace_table(y, results[0]).rows:
        place = results.index(row.node)
        assert row.primal == exact[place]
        assert row.adjoint == adjoint[place]
        tangent = sum(all_paths(steps[: place - 1], inputs, 0)) if place >= 2 else int(place == 0)
        assert row.tangent == tangent


def test_the_trace_of_one_neuron():
    w, x, b = Value(0.5, "w"), Value(2.0, "x"), Value(-1.0, "b")
    lines = trace_table(tanh(w * x + b)).text.splitlines()
    cells = [line.split() for line in lines]
    assert cells[1] == ["primal", "↓", "adjoint", "∂y/∂", "↑"]
    assert cells[2] == ["w", "0.5", "w\u0304", "=", "v\u03041·2", "2"]
    assert cells[5] == ["v1", "=", "w", "*", "x", "1", "v\u03041", "=", "v\u03042·1", "1"]
    assert cells[-1] == ["y", "=", "tanh(v2)", "0", "y\u0304", "1"]
    assert len({columns(line) for line in lines[2:]}) == 1  # the numbers stand below each other


def test_tangents_on_request():
    w, x = Value(0.5, "w"), Value(2.0, "x")
    text = trace_table(tanh(w * x) * w, w).text
    assert "tangent ∂/∂w" in text
    assert "v\u03071 = 2·w\u0307" in text
    assert "x\u0307" in text
    assert "·x\u0307" not in text  # x does not move
    assert max(map(columns, text.splitlines())) <= 80


def test_constants_have_no_row_and_no_gradient_is_touched():
    x = Value(2.0, "x")
    y = x * 3 + x**2
    table = trace_table(y, x)
    assert [row.node.label for row in table.rows].count("x") == 1
    assert len(table.rows) == 4
    assert not any(map(reached, toposort(y)))


def test_a_large_graph_is_cut_in_the_middle():
    model = MLP(3, [8, 8, 1], "tanh", seed=0)
    table = trace_table(model([1.0, 2.0, 3.0]))
    lines = table.text.splitlines()
    assert f"… {len(table.rows) - 60:,} more" in table.text
    assert max(map(columns, lines)) <= 80
    assert len(lines) < 200


def test_markdown_is_one_table():
    x = Value(2.0, "x|y")
    lines = trace_table(abs(x) * 2, x).markdown.splitlines()
    assert lines[0] == "**Evaluation trace**"
    assert {line.count("|") for line in lines[2:]} == {7}  # no bar of a label or of |x| among them


def test_not_a_number():
    y = Value(math.nan, "x") * 2
    assert "nan" in trace_table(y).text


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: trace_table(2.0), TypeError, r"trace_table: expected y to be a Value, got 2.0 \(float\)"),
        (lambda: trace_table(Value(1.0), 3), TypeError, r"trace_table: expected x to be a Value, got 3 \(int\)"),
        (lambda: trace_table(Value(1.0), Value(2.0)), ValueError, "expected x to be a Value in the graph of y"),
    ],
)
def test_errors(call, error, message):
    with pytest.raises(error, match=message):
        call()

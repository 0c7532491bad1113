"""The wrong passes are wrong in exactly the way that they say, and the right one beside them is the engine's."""

import math
import re

import pytest

from autograd_lite import Value, mistakes, sin, tanh
from autograd_lite.graph import reached, toposort
from nn import MLP
from nn.losses import quadratic


def chained():
    a = Value(1.0, "a")
    b = a + a
    b.label = "b"
    c = b + b
    c.label = "c"
    return a, b, c


def by_name(y):
    return {found.name: found for found in mistakes(y).passes}


def test_b_of_a_plus_a():
    a, b, c = chained()
    found = by_name(c)
    first = {name: (m.node, m.right, m.wrong) for name, m in found.items()}
    assert first == {
        "= for +=": (b, 2.0, 1.0),
        "no topological order": (a, 4.0, 2.0),
        "no zeroing": (b, 2.0, 4.0),
        "σ′ missing": (None, None, None),
        "input for output": (None, None, None),
    }
    assert found["= for +="].gradients[a] == 1.0
    assert found["no zeroing"].gradients[a] == 4.0 + 8.0  # the second pass hands on 4 twice, on top of the first's 4
    assert mistakes(c).right[a] == 4.0


def test_a_missing_slope_and_the_input_for_the_output():
    x = Value(0.7, "x")
    found = by_name(tanh(x * 2))
    z = 1.4
    assert found["σ′ missing"].gradients[x] == 2.0
    assert found["input for output"].gradients[x] == pytest.approx(2.0 * (1.0 - z * z), rel=1e-15)
    assert found["input for output"].right == pytest.approx(1.0 / math.cosh(z) ** 2, rel=1e-14)
    assert by_name(sin(x))["input for output"].node is None  # its slope is written with the input anyway


def test_without_zeroing_x_cubed_at_3_gives_45_more_than_it_should():
    x = Value(3.0, "x")
    square = x * x
    cube = square * x
    found = by_name(cube)["no zeroing"]
    assert (found.node, found.right, found.wrong) == (square, 3.0, 6.0)
    assert found.gradients[x] == 27.0 + 9.0 + 6.0 * 6.0


def test_a_two_layer_net_where_all_five_go_wrong():
    model = MLP(2, [3, 2], "tanh", "tanh", seed=1)
    cost = quadratic(model([0.5, -1.0]), [1.0, 0.0])
    found = mistakes(cost)
    assert all(m.node is not None for m in found.passes)
    assert all(m.leaves > 0 for m in found.passes)
    cost.backward()
    assert all(found.right[node] == node.grad for node in toposort(cost))
    order = toposort(cost)[::-1]
    for m in found.passes:
        above = order[: order.index(m.node)]
        assert all(m.gradients[node] == pytest.approx(found.right[node], rel=1e-12) for node in above)
        assert m.gradients[m.node] != pytest.approx(found.right[m.node], rel=1e-9)
    assert max(map(len, found.text.splitlines())) <= 80


def test_no_gradient_is_touched_and_deep_graphs_are_walked():
    x = y = Value(1.0, "x")
    for _ in range(2_000):
        y = y + x
    found = by_name(y)
    assert not reached(x)
    assert found["= for +="].gradients[x] == 1.0
    two = four = Value(1.0, "x")
    for _ in range(1000):
        four = four + four
    assert by_name(four)["= for +="].gradients[two] == 1.0
    assert mistakes(four).right[two] == 2.0**1000


def test_a_leaf_and_an_error():
    assert all(m.node is None for m in mistakes(Value(1.0)).passes)
    with pytest.raises(TypeError, match=r"mistakes: expected a Value, got 3 \(int\)"):
        mistakes(3)


def test_a_mistake_that_makes_no_difference_here_says_so():
    lines = mistakes(chained()[2]).text.splitlines()
    assert [line.split()[:2] for line in lines if re.search(r"none here +0 of 1$", line)] == [
        ["σ′", "missing"], ["input", "for"]
    ]  # fmt: skip
    assert re.fullmatch(r"  no zeroing +b +2 +4 +1 of 1", next(line for line in lines if "no zeroing" in line))

"""What forgetting zero_grad does, against the loop written out with plain floats."""

import re

import pytest

from autograd_lite import Value, mistakes, no_grad, tanh
from autograd_lite.graph import reached
from autograd_lite.telling.forgetting import descent, trained
from nn import MLP, Parameter


def parabola():
    w, x = Value(0.5, "w"), Value(3.0, "x")
    return (w * x - 1.0) ** 2, w, x


def by_hand(lr, forgetting):
    """Three steps for (wx − 1)², whose gradients are 2(wx − 1)x and 2(wx − 1)w."""
    w, x, taken, left = 0.5, 3.0, [], (0.0, 0.0)
    for _ in range(3):
        slope = 2 * (w * x - 1)
        left = (slope * x + forgetting * left[0], slope * w + forgetting * left[1])
        taken.append((left[0], w, (w * x - 1) ** 2))
        w, x = w - lr * left[0], x - lr * left[1]
    return taken


@pytest.mark.parametrize("lr", [0.1, 0.02])
@pytest.mark.parametrize("zeroing", [True, False])
def test_three_steps_are_those_of_the_loop(lr, zeroing):
    y, w, _ = parabola()
    found = descent(y, w, lr, zeroing)
    for step, expected in zip(found, by_hand(lr, not zeroing), strict=True):
        assert step == pytest.approx(expected, rel=1e-12)


def test_nothing_of_the_graph_is_touched():
    y, w, x = parabola()
    with no_grad():
        shown = mistakes(y).text
    assert "-2.83797  0.1419  0.343587" in shown
    assert "7 calls here for 7 nodes" in shown
    assert "1 call here for 1 node." in mistakes(x).text
    assert (w.data, x.data) == (0.5, 3.0)
    assert not reached(w)
    y.backward()
    before = w.grad
    assert mistakes(y).text == shown
    assert w.grad == before


def test_parameters_are_trained_where_there_are_some():
    w, x = Parameter(1.0, "w"), Value(2.0, "x")
    assert trained(tanh(w * x)) == [w]
    assert "Three steps w ← w − 0.1 · gradient" in mistakes(tanh(w * x)).text
    assert "0.5 · gradient" in mistakes(tanh(w * x), lr=0.5).text
    with pytest.raises(TypeError, match="mistakes: lr: expected a real number"):
        mistakes(w * x, lr="fast")


def test_where_nothing_is_trained_nothing_is_told():
    x = Value(2.0, "x")
    constant = (x**2).parents[1]
    assert constant.kind == "constant"
    assert trained(constant) == []
    assert "Three steps" not in mistakes(constant).text


def test_long_labels_fit_a_terminal():
    told = mistakes(Value(1.0, "the weight of the first layer") * Value(2.0, "its input") + 1.0).text
    assert "Three steps" in told
    assert max(map(len, told.splitlines())) <= 80


def test_many_paths_and_a_net():
    y = Value(1.0, "x")
    for _ in range(200):
        y = y + y
    assert f"{2.0**201:.4g} calls here for 201 nodes" in mistakes(y).text
    told = mistakes(MLP(2, [3, 1], "tanh", seed=0)([0.5, -1.0])).text
    assert re.search(r"Three steps (\S+) ← \1 − 0.1 · gradient, with", told)
    assert max(map(len, told.splitlines())) <= 80

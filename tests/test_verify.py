"""`verify` holds on every network, touches nothing, and fails by name when the engine is wrong."""

import dataclasses
import math

import pytest

from autograd_lite import graph, ops
from nn import MLP, Layer, data, deltas, fit, optim, verify
from nn.layers import ACTIVATIONS

COSTS = {"quadratic": None, "mse": None, "binary_cross_entropy": "sigmoid", "cross_entropy": "linear"}


@pytest.mark.parametrize("cost", COSTS)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_all_four_hold(activation, cost):
    for sizes in [2], [3, 2], [4, 3, 2], [3, 3, 3, 2]:
        hold(sizes, activation, cost)


def hold(sizes, activation, cost):
    model = MLP(3, sizes, activation, COSTS[cost] or activation, init="normal", seed=4)
    y = 1 if cost == "cross_entropy" else [0.25, 1.0]
    found = verify(model, [0.5, -1.0, 2.0], y, cost)
    assert found.ok(), str(found)
    assert list(found.equations) == ["BP1", "BP2", "BP3", "BP4"]
    assert len(found.equations["BP2"].layers) == len(sizes) - 1
    counted = sum(len(layer.pairs) for layer in found.equations["BP3"].layers)
    assert counted == sum(a * b for a, b in zip([3, *sizes], sizes, strict=False))


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "elu", "softplus", "silu", "gelu", "relu"])
@pytest.mark.parametrize("scale", [1.0, 30.0, 1000.0])
def test_a_saturated_network_holds_too(activation, scale):
    model = MLP(2, [3, 2], activation, activation, init="normal", seed=0)
    for p in model.parameters():
        p.data *= scale
    found = verify(model, [1.0, -2.0], [0.0, 1.0])
    assert found.ok(), str(found)


def test_nothing_of_the_callers_changes():
    model = MLP(2, [3, 1], seed=0)
    model([1.0, 2.0]).backward()
    before = [(p.data, p.grad) for p in model.parameters()]
    verify(model, [1.0, 2.0], 1.0)
    assert [(p.data, p.grad) for p in model.parameters()] == before


def test_the_table_fits_a_terminal_and_names_everything():
    text = str(verify(MLP(2, [16, 16, 1], seed=0), [1.0, 2.0], 1.0))
    assert max(map(len, text.splitlines())) <= 80
    assert "BP1  δᴸ = ∇ₐC ⊙ σ′(zᴸ)" in text
    assert text.endswith("all four hold")
    assert "no hidden layer" in str(verify(MLP(2, [1], seed=0), [1.0, 2.0], 1.0))


def planted(monkeypatch, partials):
    """The row of tanh with other partials."""
    monkeypatch.setitem(ops.TABLE, "tanh", dataclasses.replace(ops.tanh, partials=partials))


def test_a_wrong_slope_is_seen_and_named(monkeypatch):
    model = MLP(2, [3, 1], "tanh", "tanh", seed=0)
    planted(monkeypatch, lambda x, out: (1.0 - out,))
    found = verify(model, [0.5, -1.0], 1.0)
    assert not found.ok()
    assert found.equations["BP1"].max_error > 1e-3
    assert found.equations["BP1"].worst.name == "δ2[0]"
    assert found.equations["BP2"].max_ulps > 1e6
    assert "does NOT hold: BP" in str(found)


def test_a_slope_that_is_wrong_in_the_hidden_layer_leaves_bp1_alone(monkeypatch):
    model = MLP(2, [3, 1], "tanh", "linear", seed=0)
    planted(monkeypatch, lambda x, out: (1.0 - out * out * 0.999,))
    found = verify(model, [0.5, -1.0], 1.0)
    assert found.equations["BP1"].max_ulps <= 4
    assert found.equations["BP2"].worst.name.startswith("δ1[")
    assert not found.ok()


def test_a_dropped_term_is_seen_and_named(monkeypatch):
    """A backward pass that keeps only the last of what a node's users send (`=` for `+=`)."""
    model = MLP(2, [3, 2], "tanh", "tanh", seed=0)

    def forgetful(order):
        for node in reversed(order):
            for parent, partial in graph.edges(node):
                parent.grad = partial * node.grad

    monkeypatch.setattr("autograd_lite.value.propagate", forgetful)
    assert graph.propagate is not forgetful
    found = verify(model, [0.5, -1.0], [1.0, 0.0])
    assert not found.ok()
    assert found.equations["BP2"].worst.name.startswith("δ1[")


def test_a_relative_error_of_a_billionth_is_seen(monkeypatch):
    model = MLP(2, [3, 1], "tanh", "linear", seed=0)
    planted(monkeypatch, lambda x, out: ((1.0 - out * out) * (1 + 1e-9),))
    assert not verify(model, [0.5, -1.0], 1.0).ok()


def test_nan_against_a_number_does_not_hold(monkeypatch):
    planted(monkeypatch, lambda x, out: (float("nan"),))
    found = verify(MLP(2, [3, 1], "tanh", seed=0), [0.5, -1.0], 1.0)
    assert not found.ok()
    assert found.equations["BP2"].max_error == float("inf")


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: verify(Layer(2, 1), [1, 2], 0), TypeError, "verify: expected an MLP, got Layer"),
        (lambda: verify(MLP(2, [1]), [1, 2], 0, "hinge"), ValueError, "verify: expected a cost out of quadratic, "),
        (
            lambda: verify(MLP(2, [3, 1], "sin"), [1, 2], 0),
            ValueError,
            r"verify: expected an activation out of linear, .*, gelu, got 'sin' \(str\); add its σ and σ′, two "
            r"functions of floats, as nn.deltas.ACTIVATIONS\[\"sin\"\] \(nn/proof/deltas.py\)$",
        ),
        (lambda: verify(MLP(2, [1], output="cos"), [1, 2], 0), ValueError, "got 'cos' .*; add its σ and σ′"),
        (lambda: verify(MLP(2, [3, 1], lambda z: z), [1, 2], 0), ValueError, "verify: .*, got <function .*; define"),
        (lambda: verify(MLP(2, [1]), None, 0), TypeError, "verify: expected x to be a row of numbers, got None"),
        (lambda: verify(MLP(2, [1]), [1], 0), ValueError, "expected 2 inputs"),
        (lambda: verify(MLP(2, [1]), ["1", 2], 0), TypeError, "verify: x: expected a real number"),
        (
            lambda: verify(MLP(2, [1]), [1, 2], 0, "binary_cross_entropy"),
            ValueError,
            "expected output 'sigmoid' for binary",
        ),
    ],
)
def test_errors(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_an_activation_is_verified_when_the_closed_forms_know_it(monkeypatch):
    monkeypatch.setitem(deltas.ACTIVATIONS, "sin", (math.sin, math.cos))
    assert verify(MLP(2, [3, 1], "sin", seed=0), [1.0, 2.0], 0.5).ok()
    monkeypatch.setitem(deltas.ACTIVATIONS, "sin", (math.sin, math.sin))
    assert not verify(MLP(2, [3, 1], "sin", seed=0), [1.0, 2.0], 0.5).ok()


@pytest.mark.parametrize(
    ("loss", "activation", "output", "batch_size"),
    [
        ("quadratic", "sigmoid", "sigmoid", 4), ("quadratic", "relu", "linear", None), ("mse", "tanh", "linear", 5),
        ("binary_cross_entropy", "tanh", "sigmoid", 3),
    ],
)  # fmt: skip
def test_the_engine_and_the_derivations_algorithm_train_alike(loss, activation, output, batch_size):
    xs, ys = data.moons(n=20, seed=2)
    model = MLP(2, [4, 1], activation, output, init="xavier", seed=1)
    weights = [[[w.data for w in neuron.w] for neuron in layer.neurons] for layer in model.layers]
    biases = [[neuron.b.data for neuron in layer.neurons] for layer in model.layers]
    epochs = 30 if batch_size is None else 100 // (20 // batch_size) + 1  # some 100 steps, or 30 of all samples
    sgd = optim.SGD(model.parameters(), lr=0.3)
    history = fit(model, xs, ys, loss, sgd, epochs=epochs, batch_size=batch_size, shuffle=False, backend="eager")
    w, b, costs = deltas.train(
        weights,
        biases,
        xs,
        ys,
        epochs,
        batch_size,
        0.3,
        activation,
        output,
        cost=loss,
        shuffle=False,
    )
    expected = [
        p
        for rows, offsets in zip(w, b, strict=True)
        for row, bias in zip(rows, offsets, strict=True)
        for p in [*row, bias]
    ]
    assert [p.data for p in model.parameters()] == pytest.approx(expected, rel=1e-12)
    assert history.loss == pytest.approx(costs, rel=1e-12)
    assert history.loss[-1] < history.loss[0]

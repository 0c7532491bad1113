"""Receipts: every term is where the receipt says, and the numbers multiply and add up to the one on the bill."""

import math

import pytest

from autograd_lite import graph
from nn import MLP, deltas, verify
from nn.layers import ACTIVATIONS

X = [0.5, -1.0]


def names(sizes, n_in):
    """The name of every δ, weight and bias of a network."""
    for layer, (before, size) in enumerate(zip([n_in, *sizes], sizes, strict=False), start=1):
        for j in range(size):
            yield from (f"δ{layer}[{j}]", f"b{layer}[{j}]", *(f"w{layer}[{j},{k}]" for k in range(before)))


def closed_form(model, name, y, cost):
    """The number of a name out of the oracle's lists."""
    weights = [[[w.data for w in neuron.w] for neuron in layer.neurons] for layer in model.layers]
    biases = [[neuron.b.data for neuron in layer.neurons] for layer in model.layers]
    found = deltas.backpropagate(weights, biases, X, y, model.activation, model.output, cost)
    layer, place = int(name[1 : name.index("[")]) - 1, [int(i) for i in name[name.index("[") + 1 : -1].split(",")]
    numbers = {"δ": found.deltas, "b": found.bias_grads, "w": found.weight_grads}[name[0]][layer]
    for i in place:
        numbers = numbers[i]
    return numbers


CASES = [
    ("quadratic", "sigmoid", "sigmoid", [1.0, 0.0]), ("mse", "tanh", "linear", [1.0, 0.0]),
    ("binary_cross_entropy", "tanh", "sigmoid", [1.0, 0.0]), ("cross_entropy", "relu", "linear", 1),
]  # fmt: skip


@pytest.mark.parametrize(("cost", "activation", "output", "y"), CASES, ids=[case[0] for case in CASES])
def test_every_receipt_of_a_network(cost, activation, output, y):
    sizes = [3, 3, 2]
    model = MLP(2, sizes, activation, output, init="normal", seed=2)
    found = verify(model, X, y, cost)
    for name in names(sizes, 2):
        receipt = found.receipt(name)
        assert receipt.closed_form == closed_form(model, name, y, cost)
        assert receipt.engine == pytest.approx(receipt.closed_form, rel=1e-12, abs=1e-15)
        assert abs(receipt.engine - receipt.closed_form) == receipt.ulps * math.ulp(receipt.closed_form)
        assert receipt.equation == {"w": "BP3", "b": "BP4", "δ": "BP1" if name.startswith("δ3") else "BP2"}[name[0]]
        numbers = [term.engine for term in receipt.terms]
        if receipt.equation in ("BP3", "BP4") or (receipt.equation == "BP1" and cost in ("quadratic", "mse")):
            assert math.prod(numbers) == pytest.approx(receipt.engine, rel=1e-12, abs=1e-300)
        elif receipt.equation == "BP1":
            assert math.fsum(numbers) == pytest.approx(receipt.engine, rel=1e-12)
        else:
            n = sizes[int(name[1])]
            assert math.fsum(numbers[:n]) == pytest.approx(numbers[n], rel=1e-12, abs=1e-15)
            assert math.prod(numbers[n:]) == pytest.approx(receipt.engine, rel=1e-12, abs=1e-300)
        assert all(term.closed_form is None or term.ulps < 1e6 for term in receipt.terms)
        assert max(map(len, receipt.text.splitlines())) <= 80


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_slope_is_the_edge_between_z_and_a(activation):
    model = MLP(2, [3, 1], activation, "linear", init="normal", seed=3)
    receipt = verify(model, X, 0.5).receipt("δ1[2]")
    slopes = [term for term in receipt.terms if term.symbol.text == "σ′(z1[2])"]
    if activation == "linear":
        assert slopes == []
    else:
        (slope,) = slopes
        (z,) = slope.node.parents
        assert (slope.node.label, z.label, slope.engine) == ("a1[2]", "z1[2]", slope.node.partials[0])
        assert slope.place.text == "∂a1[2]/∂z1[2]"


def test_which_nodes_of_the_graph_are_which_terms():
    model = MLP(2, [3, 2], "sigmoid", "sigmoid", init="normal", seed=1)
    found = verify(model, X, [1.0, 0.0])
    told = {term.symbol.text: term for term in found.receipt("δ1[0]").terms}
    assert list(told) == ["w2[0,0] · δ2[0]", "w2[1,0] · δ2[1]", "their sum", "σ′(z1[0])"]
    product = told["w2[1,0] · δ2[1]"].node
    assert [parent.label for parent in product.parents] == ["w2[1,0]", "a1[0]"]
    assert told["their sum"].node.label == "a1[0]"
    assert told["their sum"].engine == told["their sum"].node.grad
    weight = found.receipt("w2[1,0]")
    assert [term.symbol.text for term in weight.terms] == ["a1[0]", "δ2[1]"]
    assert weight.terms[0].engine == product.parents[1].data
    assert weight.terms[1].node.label == "z2[1]"


def test_the_text_of_a_receipt():
    model = MLP(2, [3, 2], "sigmoid", "sigmoid", init="normal", seed=1)
    receipt = verify(model, X, [1.0, 0.0]).receipt("w1[0,1]")
    lines = receipt.text.splitlines()
    assert lines[:2] == ["Receipt for ∂C/∂w1[0,1]", "BP3  ∂C/∂wˡⱼₖ = aˡ⁻¹ₖ δˡⱼ  (weights)"]
    assert lines[2].startswith("  ∂C/∂w1[0,1] = x[1] · δ1[0] = (-1) · (-0.00552242) = ")
    assert lines[2].endswith(repr(receipt.closed_form))
    assert f"The engine says {receipt.engine!r}, {receipt.ulps:.3g} ulps away." in lines
    assert r"\delta^{1}_{0}" in receipt.latex


def test_a_wrong_engine_is_on_the_receipt(monkeypatch):
    def forgetful(order):
        for node in reversed(order):
            for parent, partial in graph.edges(node):
                parent.grad = partial * node.grad

    monkeypatch.setattr("autograd_lite.value.propagate", forgetful)
    assert graph.propagate is not forgetful
    model = MLP(2, [3, 2], "sigmoid", "sigmoid", init="normal", seed=1)
    receipt = verify(model, X, [1.0, 0.0]).receipt("δ1[0]")
    assert receipt.ulps > 1e6
    assert next(term for term in receipt.terms if term.symbol.text == "their sum").ulps > 1e6


@pytest.mark.parametrize("name", ["w1[3,0]", "w1[0,2]", "w3[0,0]", "w0[0,0]", "δ1[0,0]", "w1[0]", "z1[0]", ""])
def test_a_name_that_there_is_not(name):
    with pytest.raises(ValueError, match="receipt: expected a name"):
        verify(MLP(2, [3, 1], seed=0), X, 0.0).receipt(name)


def test_a_name_that_is_none():
    with pytest.raises(TypeError, match=r"receipt: expected a name like 'δ1\[0\]', .* got 3"):
        verify(MLP(2, [3, 1], seed=0), X, 0.0).receipt(3)

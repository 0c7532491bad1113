"""gradient_report against the closed-form δ of the oracle, and on nets whose illness is known."""

import math

import pytest

from autograd_lite.graph import reached
from nn import MLP, Layer, Module, Parameter, deltas, gradient_report, losses

XS, YS = [[0.5, -1.0], [1.5, 0.25], [-0.75, 0.5]], [[0.25], [1.0], [0.0]]


def test_the_norms_are_those_of_the_closed_form():
    model = MLP(2, [4, 3, 1], "sigmoid", "sigmoid", seed=1)
    report = gradient_report(model, XS, YS, "quadratic")
    state = model.state_dict()
    weights, biases = ([state[name] for name in state if name.endswith(ending)] for ending in ("weight", "bias"))
    results = [deltas.backpropagate(weights, biases, x, y) for x, y in zip(XS, YS, strict=True)]
    for k, layer in enumerate(report.layers):
        norms = [math.hypot(*result.deltas[k]) for result in results]
        assert layer.delta == pytest.approx(sum(norms) / 3, rel=1e-12)
        flat = [[g for row in result.weight_grads[k] for g in row] for result in results]
        mean = [sum(grads) / 3 for grads in zip(*flat, strict=True)]
        assert layer.weight_gradient == pytest.approx(math.hypot(*mean), rel=1e-12)
    assert report.ratio == pytest.approx((report.layers[0].delta / report.layers[2].delta) ** 0.5)
    assert [(layer.number, layer.units, layer.activation) for layer in report.layers] == [
        (1, 4, "sigmoid"), (2, 3, "sigmoid"), (3, 1, "sigmoid"),
    ]  # fmt: skip


def test_dead_and_saturated_units_are_counted():
    model = MLP(2, [5, 1], "relu", "linear", init="he", seed=0)
    for neuron in model.layers[0].neurons[:2]:
        neuron.b.data = -100.0
    report = gradient_report(model, XS, YS)
    assert [layer.dead for layer in report.layers] == [2, 0]
    assert "2 units are dead: no sample gets through." in report.verdict
    for activation, b in (("tanh", 3.0), ("sigmoid", 6.0)):
        model = MLP(2, [3, 1], activation, init="xavier", seed=0)
        assert gradient_report(model, XS, YS).layers[0].saturated == 0
        model.layers[0].neurons[1].b.data = b
        assert gradient_report(model, XS, YS).layers[0].saturated == 1
        assert "1 unit is saturated." in str(gradient_report(model, XS, YS))
        model.layers[0].neurons[1].b.data = 1000.0
        layer = gradient_report(model, XS, YS).layers[0]
        assert (layer.dead, layer.saturated) == (1, 0)


@pytest.mark.parametrize(
    ("activation", "scale", "verdict"),
    [
        ("sigmoid", 1.0, "vanishes"),
        ("linear", 5.0, "explodes"),
        ("tanh", 1.0, "gets through"),
        ("linear", 1e60, "not finite"),
    ],
)
def test_the_verdict(activation, scale, verdict):
    model = MLP(2, [8] * 8 + [1], activation, "linear", init="xavier", seed=0)
    for p in model.parameters():
        p.data *= scale
    report = gradient_report(model, XS, YS)
    assert verdict in report.verdict
    assert verdict in str(report)
    assert max(map(len, str(report).splitlines())) <= 80


def test_a_dead_net_has_a_report():
    model = MLP(2, [2, 1], "relu", "relu", seed=0)
    for neuron in model.layers[1].neurons:
        neuron.b.data = -100.0
    report = gradient_report(model, XS, YS)
    assert (report.ratio, report.layers[0].delta, report.layers[1].dead) == (1.0, 0.0, 1)
    str(report)


def test_what_the_model_holds_stays():
    model = MLP(2, [2, 1], seed=0)
    losses.quadratic(model(XS[0]), 1.0).backward()
    model.layers[0].neurons[0].b.grad = None
    before = [p.grad for p in model.parameters()]
    gradient_report(model, XS, YS)
    assert [p.grad for p in model.parameters()] == before
    assert not reached(model.layers[0].neurons[0].b)


class Own(Module):
    def __init__(self):
        self.layers = [Layer(2, 3, seed=0), Layer(3, 1, "sigmoid", seed=1)]


class Other(Module):
    def __init__(self):
        self.p = Parameter(1.0)


def test_models_of_ones_own_and_errors():
    assert len(gradient_report(Own(), XS, YS, "binary_cross_entropy").layers) == 2
    for wrong in (Other(), 3):
        with pytest.raises(
            TypeError, match="gradient_report: expected an MLP, or a Module whose layers are Layers, got"
        ):
            gradient_report(wrong, XS, YS)
    with pytest.raises(ValueError, match="as many of each, got 3 xs and 2 ys"):
        gradient_report(Own(), XS, YS[:2])
    with pytest.raises(ValueError, match="got 0 xs and 0 ys"):
        gradient_report(Own(), [], [])
    with pytest.raises(TypeError, match="expected xs to be a list, got 3"):
        gradient_report(Own(), 3, [])
    with pytest.raises(ValueError, match="loss: expected a function or one of"):
        gradient_report(Own(), XS, YS, "best")


def test_the_plot():
    pytest.importorskip("matplotlib", reason="matplotlib is not installed (the plot extra)")
    report = gradient_report(MLP(2, [8] * 5 + [1], "sigmoid", init="normal", seed=0), XS, YS)
    ax = report.plot()
    assert [len(line.get_xdata()) for line in ax.lines] == [6, 6]
    assert ax.get_yscale() == "log"

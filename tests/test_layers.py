"""Neurons, layers, MLPs, their parameters, initialisers and labels."""

import math
import random
import statistics
from collections import deque
from types import SimpleNamespace

import numpy as np
import pytest

import autograd_lite
from autograd_lite import Value
from autograd_lite.graph import reached, toposort
from nn import MLP, Layer, Module, Neuron, Parameter, deltas, init
from nn.layers import ACTIVATIONS


def test_a_neuron_is_its_formula():
    neuron = Neuron(3, "tanh", seed=0)
    x = [0.5, -1.0, 2.0]
    z = neuron.b.data + sum(w.data * xi for w, xi in zip(neuron.w, x, strict=True))
    assert neuron(x).data == pytest.approx(math.tanh(z), rel=1e-15)
    assert neuron.pre_activation(x).op.name == "add"
    assert len(toposort(neuron(x))) == 3 + 3 + 1 + 3 + 3 + 1  # x, w, b, products, sums, tanh


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_every_activation(name):
    neuron = Neuron(1, name, seed=1)
    z = neuron.pre_activation([0.7])
    expected = z.data if name == "linear" else getattr(autograd_lite, name)(z.data)
    assert neuron([0.7]).data == expected


def test_the_oracle_knows_every_activation():
    assert set(ACTIVATIONS) <= set(deltas.ACTIVATIONS)


def test_shapes_of_what_comes_out():
    assert isinstance(Layer(2, 1, seed=0)([1, 2]), Value)
    assert len(Layer(2, 3, seed=0)([1, 2])) == 3
    assert isinstance(MLP(2, [4, 1], seed=0)([1, 2]), Value)
    assert len(MLP(2, [4, 3], seed=0)((1, 2))) == 3
    assert isinstance(MLP(1, [2, 1], seed=0)(0.5), Value)
    assert MLP(2, [2, 1], seed=0)(np.array([0.5, 1.0])).data == MLP(2, [2, 1], seed=0)([0.5, 1.0]).data


def test_inputs_become_one_leaf_each():
    model = MLP(2, [3, 1], seed=0)
    leaves = [node for node in toposort(model([1.0, 2.0])) if node.op is None and node.kind == "input"]
    assert [(leaf.label, leaf.data) for leaf in leaves] == [("x[0]", 1.0), ("x[1]", 2.0)]
    x = Value(3.0, "mine")
    assert x in toposort(model([x, 2.0]))


def test_parameters_and_their_labels():
    model = MLP(2, [3, 1], seed=0)
    labels = [p.label for p in model.parameters()]
    assert labels[:3] == ["w1[0,0]", "w1[0,1]", "b1[0]"]
    assert labels[-4:] == ["w2[0,0]", "w2[0,1]", "w2[0,2]", "b2[0]"]
    assert len(labels) == len(set(labels)) == 13
    assert all(type(p) is Parameter and p.kind == "parameter" for p in model.parameters())
    computed = {node.label for node in toposort(model([1, 2])) if node.op is not None and node.label}
    assert computed == {"z1[0]", "z1[1]", "z1[2]", "a1[0]", "a1[1]", "a1[2]", "z2[0]"}
    assert [p.label for p in Neuron(2).parameters()] == ["w[0]", "w[1]", "b"]
    assert [p.label for p in Layer(1, 2).parameters()] == ["w[0,0]", "b[0]", "w[1,0]", "b[1]"]


def shape(tensor):
    return (len(tensor), *shape(tensor[0])) if isinstance(tensor, list) else ()


def test_zero_grad_and_state_dict():
    model, other = MLP(2, [3, 1], seed=0), MLP(2, [3, 1], seed=1)
    model([1, 2]).backward()
    assert all(map(reached, model.parameters()))
    model.zero_grad()
    assert not any(map(reached, model.parameters()))
    state = model.state_dict()
    assert {name: shape(tensor) for name, tensor in state.items()} == {
        "0.weight": (3, 2), "0.bias": (3,), "2.weight": (1, 3), "2.bias": (1,),
    }  # fmt: skip
    assert state["0.weight"][2][1] == model.layers[0].neurons[2].w[1].data
    assert list(MLP(1, [1, 1, 1], "linear", "tanh").state_dict())[::2] == ["0.weight", "1.weight", "2.weight"]
    other.load_state_dict(state)
    assert other.state_dict() == state
    assert other([1, 2]).data == model([1, 2]).data


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (lambda s: s.pop("0.bias"), ValueError, "no value for parameter '0.bias'"),
        (lambda s: s.update(more=1.0), ValueError, "no such parameter 'more'"),
        (lambda s: s.update({"2.bias": 1.0}), TypeError, r"2.bias: expected a list of 1, got 1.0"),
        (lambda s: s.update({"2.bias": ["1"]}), TypeError, r"2.bias\[0\]: expected a real number"),
        (lambda s: s["0.weight"].pop(), ValueError, "0.weight: expected a list of 3, got 2"),
        (lambda s: s["0.weight"][1].append(1.0), ValueError, r"0.weight\[1\]: expected a list of 2, got 3"),
    ],
)
def test_a_state_that_does_not_fit_changes_nothing(change, error, message):
    model = MLP(2, [3, 1], seed=0)
    before, state = model.state_dict(), MLP(2, [3, 1], seed=1).state_dict()
    change(state)
    with pytest.raises(error, match=message):
        model.load_state_dict(state)
    assert model.state_dict() == before


def test_a_module_of_ones_own():
    class Gate(Module):
        def __init__(self):
            self.scale = Parameter(2.0)
            self.parts = [Neuron(2, seed=0), (Neuron(1, seed=1),)]
            self.name = "gate"

    gate = Gate()
    assert list(gate.state_dict()) == [
        "scale",
        "parts.0.w.0",
        "parts.0.w.1",
        "parts.0.b",
        "parts.1.0.w.0",
        "parts.1.0.b",
    ]


def test_parameters_are_found_to_any_depth():
    class Deep(Module):
        def __init__(self):
            self.by_name = {"a": Parameter(1.0), 2: [Parameter(2.0), {"b": (Parameter(3.0), Neuron(1, seed=0))}]}
            self.me = self
            self.last = Neuron(1, seed=1)([1.0])  # a result is no parameter, and its graph is not looked into
            self.rows = [self.by_name]
            self.rows.append(self.rows)

    deep = Deep()
    names = ["a", "2.0", "2.1.b.0", "2.1.b.1.w.0", "2.1.b.1.b"]
    assert [name for name, _ in deep.named_parameters()] == [
        *(f"by_name.{name}" for name in names), *(f"rows.0.{name}" for name in names)
    ]  # fmt: skip
    assert len(deep.parameters()) == 5
    deep.by_name[2][1]["b"][0].grad = 1.0
    deep.zero_grad()
    assert deep.by_name[2][1]["b"][0].grad in (None, 0.0)
    deep.load_state_dict(dict.fromkeys(deep.state_dict(), 7.0))
    assert {p.data for p in deep.parameters()} == {7.0}


@pytest.mark.parametrize(
    ("part", "error", "message"),
    [
        (
            Value(0.5),
            TypeError,
            r"Own.part: expected a Parameter, .* got a plain Value; write nn.Parameter\(0.5\) or 0.5",
        ),
        ([{"w": Value(2.0)}], TypeError, r"Own.part.0.w: expected a Parameter, .* nn.Parameter\(2.0\) or 2.0"),
        (
            {Parameter(1.0)},
            TypeError,
            r"Own.part: expected parameters in a list, tuple or dict, got .*, which has no or",
        ),
        (
            SimpleNamespace(w=Parameter(1.0)),
            TypeError,
            r"Own.part: expected parameters in a Module, list, tuple or dict,",
        ),
        ({1: Parameter(1.0), "1": Parameter(2.0)}, ValueError, "Own: expected names that differ, got two .* 'part.1'"),
    ],
    ids=["Value", "deep", "set", "object", "names"],
)
def test_what_would_silently_not_be_trained_is_refused(part, error, message):
    class Own(Module):
        def __init__(self):
            self.part = part

    with pytest.raises(error, match=message):
        Own().state_dict()
    if error is TypeError:
        with pytest.raises(error, match=message):
            Own().parameters()


def test_parameters_in_an_array_or_a_queue_are_found():
    class Own(Module):
        def __init__(self):
            self.array = np.array([[Parameter(1.0), Parameter(2.0)]])
            self.queue = deque([Parameter(3.0)])

    assert Own().state_dict() == {"array.0.0": 1.0, "array.0.1": 2.0, "queue.0": 3.0}


def test_a_parameter_in_two_places_takes_one_number():
    class Tied(Module):
        def __init__(self):
            self.there = self.here = Parameter(1.0)

    tied = Tied()
    tied.load_state_dict({"there": 2.0, "here": 2.0})
    assert tied.here.data == 2.0
    with pytest.raises(ValueError, match=r"here: expected 2.0, as the same parameter has, got 3.0"):
        tied.load_state_dict({"there": 2.0, "here": 3.0})


def test_seeds():
    weights = [MLP(2, [3, 1], seed=5).state_dict() for _ in range(2)]
    assert weights[0] == weights[1] != MLP(2, [3, 1], seed=6).state_dict()
    random.seed(7)
    first = MLP(2, [3, 1]).state_dict()
    random.seed(7)
    assert MLP(2, [3, 1]).state_dict() == first
    assert MLP(2, [2], seed=random.Random(3)).state_dict() == MLP(2, [2], seed=3).state_dict()


@pytest.mark.parametrize(
    ("name", "bound", "variance", "bias_variance"),
    [
        ("uniform", 1.0, 1 / 3, 0.0),
        ("xavier", math.sqrt(6 / 60), 2 / 60, 0.0),
        ("glorot", math.sqrt(6 / 60), 2 / 60, 0.0),
        ("he", None, 2 / 40, 0.0),
        ("normal", None, 1.0, 1.0),
    ],
)
def test_initialisers_have_the_spread_that_they_say(name, bound, variance, bias_variance):
    generator = random.Random(0)
    draws = [init.INITIALISERS[name](generator, 40, 20) for _ in range(500)]
    weights = [w for row, _ in draws for w in row]
    assert statistics.fmean(weights) == pytest.approx(0.0, abs=4 * math.sqrt(variance / len(weights)))
    assert statistics.pvariance(weights) == pytest.approx(variance, rel=0.05)
    assert statistics.pvariance([b for _, b in draws]) == pytest.approx(bias_variance, rel=0.25)
    if bound:
        assert max(map(abs, weights)) <= bound


def test_an_initialiser_of_ones_own():
    neuron = Neuron(3, init=lambda generator, n_in, n_out: ([0.25] * n_in, -1.0))
    assert [p.data for p in neuron.parameters()] == [0.25, 0.25, 0.25, -1.0]


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: MLP(2, [3, 1])([1.0]), ValueError, "MLP: expected 2 inputs, got 1"),
        (lambda: MLP(2, [3, 1])(["a", "b"]), TypeError, "Value: expected a real number"),
        (lambda: MLP(2, [3, 1])(None), TypeError, "MLP: expected 2 inputs, numbers or Values, got None"),
        (lambda: MLP(2, 3), TypeError, r"MLP: expected n_outs as a list of layer sizes like \[16, 16, 1\], got 3"),
        (lambda: MLP(2, []), ValueError, "MLP: expected n_outs"),
        (lambda: MLP(2, [3, 0]), ValueError, "MLP: expected each layer size to be at least 1, got 0"),
        (lambda: MLP(2.0, [3]), TypeError, "MLP: expected n_in to be an int, got 2.0"),
        (
            lambda: MLP(2, [3], output="softmax"),
            ValueError,
            "MLP: expected an activation out of linear, .* got 'softmax'",
        ),
        (lambda: Neuron(0), ValueError, "Neuron: expected n_in to be at least 1, got 0"),
        (lambda: Layer(1, True), TypeError, "Layer: expected n_out to be an int, got True"),
        (lambda: Neuron(1, init="best"), ValueError, "init: expected a function or one of uniform, xavier"),
    ],
)
def test_errors(make, error, message):
    with pytest.raises(error, match=message):
        make()


def test_repr():
    assert repr(MLP(2, [16, 1])) == "MLP(2, [16, 1], activation='relu', output='linear')"
    assert repr(Layer(2, 3)) == "Layer(2, 3, 'tanh')"
    assert repr(Neuron(2, "relu")) == "Neuron(2, 'relu')"

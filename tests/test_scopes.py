"""Scopes: which neuron, layer, model or scope of the user's a node belongs to."""

import copy

import pytest

from autograd_lite import Value, no_grad, scope
from autograd_lite.graph import toposort
from autograd_lite.scopes import places
from nn import MLP, Layer, Neuron, losses
from nn.module import Parameter


def place_of(root):
    """The path of each labelled node, and of the others by op."""
    return {node.label or node.op.name: path for node, path in places(toposort(root)).items() if node.label or node.op}


def test_a_node_belongs_to_the_scope_that_was_open():
    x = Value(2.0, "x")
    with scope("outer"):
        w = Value(1.0, "w")
        with scope("inner"):
            y = w * x
    z = y + x
    assert (x.scope, w.scope, y.scope, z.scope) == ("", "outer", "outer.inner", "")
    assert copy.deepcopy(z).parents[0].scope == "outer.inner"


def test_a_scope_is_closed_by_an_exception():
    with pytest.raises(ZeroDivisionError), scope("broken"):
        _ = 1 / 0
    assert Value(1.0).exp().scope == ""


def test_scope_and_no_grad_are_one_mode():
    with scope("quiet"), no_grad():
        y = Value(1.0).exp()
    assert (y.scope, y.op) == ("quiet", None)


@pytest.mark.parametrize(("name", "error"), [(3, TypeError), ("", ValueError), (" . ", ValueError)])
def test_names(name, error):
    with pytest.raises(error, match="scope: expected a name"), scope(name):
        pass


@pytest.mark.parametrize(
    ("model", "path"), [(Neuron(2, seed=0), "neuron"), (Layer(2, 1, seed=0), "layer.neuron0")], ids=["neuron", "layer"]
)
def test_a_part_alone(model, path):
    found = places(toposort(model([1.0, 2.0])))
    assert {place for node, place in found.items() if node.kind != "input" or node.op} == {path}


@pytest.mark.parametrize("output", ["sigmoid", "linear"])
def test_every_node_of_a_network_is_in_its_neuron_and_the_loss_is_not(output):
    model = MLP(2, [3, 1], "tanh", output, seed=0)
    loss = losses.quadratic if output == "linear" else losses.binary_cross_entropy  # the latter reads z
    cost = loss(model([1.0, 2.0]), 1.0) + 0.1 * sum(p * p for p in model.parameters())
    inside = [path for path in places(toposort(cost)).values() if path]
    n_activations = 3  # the cross-entropy has no need of the last one, and "linear" makes no node
    assert len(inside) == 13 + 2 * 9 + n_activations
    assert cost.scope == ""
    assert place_of(cost)["z1[2]"] == "model.layer1.neuron2"
    assert place_of(cost)["b2[0]"] == "model.layer2.neuron0"


def test_a_name_given_to_the_output_changes_nothing():
    model = MLP(1, [2, 1], seed=0)
    y = model([1.0])
    y.label = "prediction"
    assert place_of(y * 2)["prediction"] == "model.layer2.neuron0"
    assert places(toposort(y * 2))[y] == "model.layer2.neuron0"


def test_computed_inputs_stay_outside_and_a_users_scope_is_in_front():
    model = MLP(1, [2, 1], seed=0)
    x = Value(1.0, "x").exp()
    with scope("left"):
        y = model([x])
    found = places(toposort(y))
    assert found[x] == ""
    assert {path for node, path in found.items() if node.op and node is not x} == {
        "left.model.layer1.neuron0", "left.model.layer1.neuron1", "left.model.layer2.neuron0",
    }  # fmt: skip
    assert found[model.layers[0].neurons[1].w[0]] == "left.model.layer1.neuron1"


def test_weights_shared_by_two_scopes_belong_to_neither():
    neuron = Neuron(1, "tanh", seed=0)
    with scope("left"):
        y = neuron([1.0])
    with scope("right"):
        y = y + neuron([2.0])
    assert places(toposort(y))[neuron.b] == "neuron"


def both(combine):
    """Two models of one shape in one graph, and the paths of their parameters."""
    a, b = MLP(1, [2, 1], "relu", seed=0), MLP(1, [2, 1], "relu", seed=1)
    found = places(toposort(combine(a, b)))
    return [{found[p].partition(".")[0] for p in model.parameters()} for model in (a, b)]


@pytest.mark.parametrize(
    "combine",
    [
        lambda a, b: a([0.5]) + b([0.5]),
        lambda a, b: b(a([0.5])),
        lambda a, b: b(a([0.5])) + a([0.2]),
        lambda a, b: sum(a.layers[0]([0.5])) + b([0.5]) + a([0.5]),
    ],
    ids=["side by side", "one after the other", "twice", "a part of one"],
)
def test_two_models_are_two(combine):
    assert both(combine) == [{"model"}, {"model#2"}]


def test_a_copied_model_is_another_and_a_copied_graph_is_the_same():
    model = MLP(1, [2, 1], seed=0)
    other = copy.deepcopy(model)
    y = model([0.5]) + other([0.5])
    for root in (y, copy.deepcopy(y)):
        assert {path.partition(".")[0] for path in places(toposort(root)).values()} == {"", "model", "model#2"}
    assert len(set(places(toposort(copy.deepcopy(model([0.5]) + model([0.7])))).values())) == 4  # "" and 3 neurons


def test_a_leaf_stays_out_of_a_scope_whose_name_ends_like_its_own():
    with scope("enc"):
        p = Parameter(5.0)
    with scope("xenc"):
        y = p * 2
    assert places(toposort(y))[p] == "enc"

"""Plots show the numbers they were given."""

import io
import math
import sys
from importlib.util import find_spec

import pytest

from autograd_lite import Value, draw
from nn import MLP, History, Layer, Neuron, Snapshots, data, plot

pytestmark = pytest.mark.skipif(not find_spec("matplotlib"), reason="matplotlib is not installed (the plot extra)")


def test_loss_and_accuracy_are_what_the_history_says():
    ax = plot.loss(History(loss=[1.0, 0.5, 0.25], accuracy=[0.5, 0.75, 1.0]))
    (line,) = ax.get_lines()
    assert list(line.get_ydata()) == [1.0, 0.5, 0.25]
    assert ax.get_yscale() == "log"
    _, right = ax.figure.axes
    assert list(right.get_lines()[0].get_ydata()) == [0.5, 0.75, 1.0]
    assert len(plot.loss(History(loss=[1.0, 0.0])).figure.axes) == 1


@pytest.mark.parametrize(("outputs", "classes"), [(1, 2), (3, 3)])
def test_a_decision_boundary_shows_every_point(outputs, classes):
    xs, ys = data.spirals(n=30, classes=classes)
    ax = plot.decision_boundary(MLP(2, [4, outputs], seed=0), xs, ys, steps=15)
    assert plot.decision_boundary(MLP(2, [4, outputs], seed=0), xs, ys, ax=ax, steps=5) is ax
    drawn = [tuple(point) for scatter in ax.collections[-classes:] for point in scatter.get_offsets()]
    assert sorted(drawn) == sorted(map(tuple, xs))


def test_rows_of_two_only():
    with pytest.raises(ValueError, match="decision_boundary: expected rows of 2 numbers"):
        plot.decision_boundary(MLP(3, [1], seed=0), [[1.0, 2.0, 3.0]], [0])


def test_draw_training_is_the_same_plot():
    history = History(loss=[1.0, 0.5], accuracy=[0.5, 1.0])
    ax = plot.loss(history)
    assert draw.training(history, ax) is ax
    assert [list(line.get_ydata()) for line in ax.get_lines()] == [[1.0, 0.5], [1.0, 0.5]]
    with pytest.raises(TypeError, match=r"draw\.training: expected the History of a training run, got 3"):
        draw.training(3)


def test_a_ridge_holds_every_weight():
    model = MLP(2, [8, 1], seed=0)
    snapshots = Snapshots(model, [[1.0, 2.0]], [1.0])
    for epoch in range(1, 30):
        snapshots.take(epoch)
    ax = plot.ridgeline(snapshots, layer=1)
    assert len(ax.get_lines()) == plot.RIDGES
    assert [label.get_text() for label in ax.get_yticklabels()][0::11] == ["0", "29"]
    assert plot.ridgeline(snapshots, 2, "gradients", ax) is ax
    counts = plot._histogram([0.0, 0.1, 0.9, 1.0], [0.0, 0.5, 1.0])
    assert counts == [2, 2]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"layer": 3}, "ridgeline: expected layer between 1 and 2, got 3"),
        ({"of": "biases"}, "ridgeline: expected of to be 'weights' or 'gradients', got 'biases'"),
        ({"of": "gradients"}, "ridgeline: expected snapshots with gradients, got none"),
    ],
)
def test_ridgeline_errors(options, message):
    with pytest.raises(ValueError, match=message):
        plot.ridgeline(Snapshots(MLP(2, [2, 1], seed=0)), **options)


XS, YS = data.moons(n=12, noise=0.1, seed=1)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda m: plot.decision_boundary(m, [], []), ValueError, "at least one row of 2 numbers, got none"),
        (lambda m: plot.decision_boundary(m, XS, YS[:3]), ValueError, "as many ys as xs, got 12 xs and 3 ys"),
        (lambda m: plot.decision_boundary(m, [1, 2], [1, 2]), TypeError, "expected xs to be rows of 2 numbers"),
        (lambda m: plot.decision_boundary(m, XS, [[y] for y in YS]), TypeError, r"a number or a name, got \[0\]"),
        (lambda m: plot.decision_boundary(m, XS, 5), TypeError, "expected ys to be a list of classes, got 5"),
        (lambda m: plot.decision_boundary(m, XS, YS, steps=1), ValueError, "expected steps to be at least 2, got 1"),
        (lambda m: plot.decision_boundary(m, XS, YS, steps="x"), TypeError, "steps to be an int, got 'x'"),
        (lambda m: plot.decision_boundary(5, XS, YS), TypeError, "expected a model, got 5"),
        (lambda m: plot.decision_boundary(lambda x: None, XS, YS), TypeError, "model: expected a real number"),
        (lambda m: plot.decision_boundary(lambda x: math.nan, XS, YS), ValueError, "a model with finite outputs"),
        (lambda m: plot.decision_boundary(m, XS, YS, ax=5), TypeError, "expected ax to be Axes of matplotlib, got 5"),
    ],
)  # fmt: skip
def test_decision_boundary_errors(call, error, message):
    with pytest.raises(error, match=f"decision_boundary: .*{message}"):
        call(MLP(2, [2, 1], seed=0))


@pytest.mark.parametrize("answer", [0.0, 2.0, -1.0])
def test_a_model_that_answers_the_same_everywhere_has_no_boundary(answer):
    ax = plot.decision_boundary(lambda x: answer, XS, YS)
    assert len(ax.images) == 1
    assert len(ax.collections) == 2


@pytest.mark.parametrize("model", [lambda x: (x[0], x[1]), lambda x: [x[0], Value(x[1])], lambda x: [x[0] - x[1]]])
def test_a_model_may_be_any_function(model):
    assert len(plot.decision_boundary(model, XS, YS, steps=5).get_legend().get_texts()) == 2


@pytest.mark.parametrize("outputs", [1, 9])
def test_every_class_is_drawn(outputs):
    labels = [k % 9 for k in range(27)]
    points = [[float(k), float(k % 5)] for k in range(27)]
    ax = plot.decision_boundary(MLP(2, [3, outputs], seed=1), points, labels, steps=5)
    assert [text.get_text() for text in ax.get_legend().get_texts()] == [f"class {k}" for k in range(9)]
    scatters = ax.collections[-9:]
    assert sum(len(scatter.get_offsets()) for scatter in scatters) == 27
    looks = {(tuple(s.get_facecolor()[0]), s.get_paths()[0].vertices.tobytes()) for s in scatters}
    assert len(looks) == 9


def test_a_ridge_leaves_out_what_is_not_finite_and_says_so():
    model = MLP(2, [3, 1], seed=0)
    snapshots = Snapshots(model)
    model.layers[0].neurons[0].b.data = math.nan
    model.layers[0].neurons[1].b.data = math.inf
    snapshots.take(1)
    assert plot.ridgeline(snapshots).get_xlabel() == "weights of layer 1 (2 not finite)"
    for parameter in model.parameters():
        parameter.data = math.nan
    snapshots = Snapshots(model)
    assert plot.ridgeline(snapshots).get_xlabel() == "weights of layer 1 (9 not finite)"


@pytest.mark.parametrize(
    ("options", "got"), [({"layer": 1.0}, "layer to be an int, got 1.0"), ({"layer": True}, "int")]
)
def test_a_layer_is_an_int(options, got):
    with pytest.raises(TypeError, match=f"ridgeline: expected .*{got}"):
        plot.ridgeline(Snapshots(MLP(2, [2, 1], seed=0)), **options)
    with pytest.raises(TypeError, match="ridgeline: expected Snapshots, got 5"):
        plot.ridgeline(5)


@pytest.mark.parametrize(("show", "name"), [(plot.loss, r"plot\.loss"), (draw.training, r"draw\.training")])
def test_histories_that_are_none(show, name, monkeypatch):
    for history, error, message in [
        (History(), ValueError, "a history of at least one epoch, got none"),
        (History(loss=[1.0, 2.0], accuracy=[1.0]), ValueError, "got 1 accuracies and 2 losses"),
        (History(loss=["a"]), TypeError, "expected the History of a training run"),
    ]:
        with pytest.raises(error, match=f"{name}: .*{message}"):
            show(history)
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(ModuleNotFoundError, match=f"{name}: plots need matplotlib"):
        show(History(loss=[1.0]))


def test_a_loss_that_is_not_finite_leaves_a_gap():
    ax = plot.loss(History(loss=[1.0, math.nan, 0.5]))
    assert ax.get_yscale() == "log"
    ax.figure.savefig(io.BytesIO())


def regions(model, xs, ys):
    """The values of the shaded image, and the threshold line's points."""
    ax = plot.decision_boundary(model, xs, ys, steps=9)
    (image,) = ax.images
    return ax, image.get_array()


@pytest.mark.parametrize("model", ["MLP", "Neuron", "Layer"])
def test_a_sigmoid_output_decides_at_a_half(model):
    made = {
        "MLP": lambda: MLP(2, [1], output="sigmoid", seed=0),
        "Neuron": lambda: Neuron(2, "sigmoid", seed=0),
        "Layer": lambda: Layer(2, 1, "sigmoid", seed=0),
    }[model]()
    neuron = made.layers[0].neurons[0] if model == "MLP" else made.neurons[0] if model == "Layer" else made
    for parameter, number in zip((*neuron.w, neuron.b), (4.0, 0.0, 0.0), strict=True):
        parameter.data = number
    ax, shades = regions(made, [[-1.0, 0.0], [1.0, 1.0]], [0, 1])
    assert shades.min() < -0.4
    assert shades.max() > 0.4
    line = ax.collections[0].get_paths()[0].vertices
    assert abs(line[:, 0]).max() < 0.05  # 4x changes its sign at x = 0
    moved = plot.decision_boundary(made, [[-1.0, 0.0], [1.0, 1.0]], [0, 1], threshold=0.0, steps=9)
    assert (moved.images[0].get_array() > 0).all()


def test_axes_have_names_and_no_bands():
    ax, shades = regions(MLP(2, [4, 1], seed=0), XS, YS)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("x[0]", "x[1]")
    assert shades.shape == (9, 9)
    assert len(ax.collections) <= 1 + 2  # the line and the classes; no band has an edge
    left, right, low, high = ax.images[0].get_extent()
    assert left < min(x for x, _ in XS) < max(x for x, _ in XS) < right
    assert low < min(y for _, y in XS) < max(y for _, y in XS) < high


@pytest.mark.parametrize(
    "show",
    [
        lambda: plot.loss(History(loss=[1.0, 0.5], accuracy=[0.5, 1.0])),
        lambda: plot.decision_boundary(MLP(2, [2, 1], seed=0), XS, YS, steps=4),
        lambda: plot.ridgeline(Snapshots(MLP(2, [2, 1], seed=0))),
        pytest.param(lambda: draw.training(History(loss=[1.0, 0.5])), marks=pytest.mark.slow),
    ],
)
def test_a_plot_shows_itself_in_a_notebook(show):
    assert show()._repr_png_().startswith(b"\x89PNG")

"""Plots show the numbers they were given."""

import pytest

from autograd_lite import draw
from nn import MLP, History, Snapshots, data, plot

pytest.importorskip("matplotlib", reason="matplotlib is not installed (the plot extra)")


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

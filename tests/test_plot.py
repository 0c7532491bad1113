"""Plots show the numbers they were given."""

import pytest

from nn import MLP, History, data, plot

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

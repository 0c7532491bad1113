"""Plots of a training run and of what was learned, through matplotlib (the `plot` extra); they take and return Axes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from autograd_lite import no_grad
from autograd_lite.curves import COLOURS, axes, training
from nn.train import History

MARKERS = "osD^"  # classes are told apart by these as well as by colour


def loss(history: History, ax: Any = None) -> Any:
    """The mean cost by epoch, on a logarithmic scale, and the accuracy where there is one. Returns the Axes."""
    return training(history, ax)


def decision_boundary(
    model: Callable[[Sequence[float]], Any],
    xs: Sequence[Sequence[float]],
    ys: Sequence[Any],
    ax: Any = None,
    threshold: float = 0.0,
    steps: int = 60,
) -> Any:
    """Where a model of two inputs changes its answer, with the data. Returns the Axes.

    A model of one output answers by which side of `threshold` it is on, one of several by its largest output. The
    model is asked at `steps` × `steps` points. Raises ValueError unless the rows have two numbers.
    """
    if any(len(row) != 2 for row in xs):
        raise ValueError("decision_boundary: expected rows of 2 numbers")
    ax = axes(ax)
    columns, rows = (_span([row[i] for row in xs], steps) for i in (0, 1))
    classes = sorted(set(ys))
    with no_grad():
        outputs = [[model([x, y]) for x in columns] for y in rows]
    if isinstance(outputs[0][0], list):
        answers = [[_largest(output) for output in row] for row in outputs]
        levels = [k - 0.5 for k in range(len(classes) + 1)]
        ax.contourf(columns, rows, answers, levels=levels, colors=COLOURS, alpha=0.3)
    else:
        answers = [[float(output) - threshold for output in row] for row in outputs]
        limit = max(abs(answer) for row in answers for answer in row)
        ax.contourf(columns, rows, answers, levels=20, cmap="RdBu", vmin=-limit, vmax=limit, alpha=0.55)
        ax.contour(columns, rows, answers, levels=[0.0], colors="black", linewidths=1.2)
    colours = COLOURS if isinstance(outputs[0][0], list) else COLOURS[1::-1]  # red is below the threshold, blue above
    for label, colour, marker in zip(classes, colours, MARKERS, strict=False):
        points = [row for row, y in zip(xs, ys, strict=True) if y == label]
        ax.scatter(
            *zip(*points, strict=True), c=colour, marker=marker, edgecolors="white", s=36, label=f"class {label}"
        )
    ax.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=len(classes), frameon=False)
    return ax


def _largest(outputs: Sequence[Any]) -> float:
    """Which output is the largest."""
    numbers = [float(output) for output in outputs]
    return float(numbers.index(max(numbers)))


def _span(column: Sequence[float], steps: int) -> list[float]:
    """Evenly spaced numbers over a column and a little beyond."""
    low, high = min(column), max(column)
    margin = 0.15 * (high - low) or 1.0
    return [low - margin + (high - low + 2 * margin) * i / (steps - 1) for i in range(steps)]

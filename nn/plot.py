"""Plots of a training run and of what was learned, through matplotlib (the `plot` extra); they take and return Axes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

from autograd_lite import no_grad
from autograd_lite.pictures.curves import COLOURS, axes, training
from autograd_lite.scalars import shown
from nn.snapshots import Snapshots
from nn.train import History

RIDGES, BINS, OVERLAP = 12, 30, 1.6  # how high a ridge is, where the next is 1 below
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


def ridgeline(snapshots: Snapshots, layer: int = 1, of: str = "weights", ax: Any = None) -> Any:
    """How the weights of a layer, or their gradients, are distributed as training goes on. Returns the Axes.

    One histogram an epoch, the first on top, at most `RIDGES` of them evenly chosen. Layers count from 1; `of` is
    "weights" or "gradients". Raises ValueError for a layer or a kind that the snapshots don't have.
    """
    if of not in ("weights", "gradients"):
        raise ValueError(f"ridgeline: expected of to be 'weights' or 'gradients', got {shown(of)}")
    taken = getattr(snapshots, of)
    if not taken:
        raise ValueError("ridgeline: expected snapshots with gradients, got none; give Snapshots some xs and ys")
    if layer not in range(1, len(taken[0]) + 1):
        raise ValueError(f"ridgeline: expected layer between 1 and {len(taken[0])}, got {shown(layer)}")
    ax = axes(ax)
    last = len(taken) - 1
    chosen = sorted({round(i * last / (RIDGES - 1)) for i in range(RIDGES)})
    rows = [taken[i][layer - 1] for i in chosen]
    edges = _span([number for row in rows for number in row], BINS + 1)
    centres = [(left + right) / 2 for left, right in pairwise(edges)]
    for position, row in enumerate(rows):
        heights = _histogram(row, edges)
        baseline = -float(position)
        tops = [baseline + OVERLAP * height / (max(heights) or 1) for height in heights]
        ax.fill_between(centres, baseline, tops, facecolor=COLOURS[0], alpha=0.35, zorder=position)
        ax.plot(centres, tops, color=COLOURS[0], linewidth=1.0, zorder=position)
    ax.set_yticks([-position for position in range(len(chosen))], [str(snapshots.epochs[i]) for i in chosen])
    ax.set_ylabel("epoch")
    ax.set_xlabel(f"{of} of layer {layer}")
    return ax


def _histogram(numbers: Sequence[float], edges: Sequence[float]) -> list[int]:
    """How many numbers lie between each two edges, evenly spaced."""
    counts = [0] * (len(edges) - 1)
    for number in numbers:
        place = int((number - edges[0]) / (edges[1] - edges[0]))
        counts[min(max(place, 0), len(counts) - 1)] += 1
    return counts

"""Plots of a training run and of what was learned, through matplotlib (the `plot` extra); they take and return Axes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from math import isfinite
from typing import Any

from autograd_lite import Value, no_grad
from autograd_lite.errors import as_float, as_int, is_real, shown
from autograd_lite.pictures.curves import COLOURS, axes, training
from nn.train.fit import History
from nn.train.snapshots import Snapshots

RIDGES, BINS, OVERLAP = 12, 30, 1.6  # how high a ridge is, where the next is 1 below
MARKERS = "osD^vP*X"  # classes are told apart by these as well as by colour; one more than there are colours


def loss(history: History, ax: Any = None) -> Any:
    """The mean cost by epoch, on a logarithmic scale, and the accuracy where there is one. Returns the Axes."""
    return training(history, ax, "plot.loss")


def decision_boundary(
    model: Callable[[Sequence[float]], Any],
    xs: Sequence[Sequence[float]],
    ys: Sequence[Any],
    ax: Any = None,
    threshold: float | None = None,
    steps: int = 60,
) -> Any:
    """Where a model of two inputs changes its answer, with the data. Returns the Axes.

    A model of one output answers by which side of `threshold` it is on, by default ½ where its last layer is a
    sigmoid and 0 elsewhere, as the losses decide; one of several outputs answers by the largest. `ys` has a class for
    each row. The model is asked at `steps` × `steps` points. Raises ValueError unless there are rows
    of two numbers and as many classes, TypeError for a class that is a row itself.
    """
    points, labels = _points(xs), _labels(ys)
    if len(points) != len(labels):
        raise ValueError(f"decision_boundary: expected as many ys as xs, got {len(points)} xs and {len(labels)} ys")
    if not callable(model):
        raise TypeError(f"decision_boundary: expected a model, got {shown(model)}")
    steps = as_int(steps, "decision_boundary", "steps", 2)
    ax = axes(ax, "decision_boundary")
    columns, rows = (_span([point[i] for point in points], steps) for i in (0, 1))
    with no_grad():
        outputs = [[_outputs(model([x, y])) for x in columns] for y in rows]
    classes = sorted(set(labels), key=lambda label: (isinstance(label, str), label))
    n_outputs = len(outputs[0][0])
    if n_outputs > 1:
        colours = [COLOURS[i % len(COLOURS)] for i in range(max(n_outputs, len(classes)))]
        _fill(ax, columns, rows, [[colours[output.index(max(output))] for output in row] for row in outputs])
    else:
        middle = _threshold(model) if threshold is None else as_float(threshold, "decision_boundary: threshold")
        _shade(ax, columns, rows, [[output[0] - middle for output in row] for row in outputs])
        colours = [*COLOURS[1::-1], *COLOURS[2:]]  # red is below the threshold, blue above
    for position, label in enumerate(classes):
        known = label if n_outputs > 1 and label in range(n_outputs) else position
        x, y = zip(*(point for point, other in zip(points, labels, strict=True) if other == label), strict=True)
        ax.scatter(
            x, y, c=colours[int(known) % len(colours)], marker=MARKERS[position % len(MARKERS)], edgecolors="white",
            s=36, label=f"class {label}",
        )  # fmt: skip
    ax.set_xlabel("x[0]")
    ax.set_ylabel("x[1]")
    ax.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=min(len(classes), 5), frameon=False)
    return ax


def _points(xs: Any) -> list[list[float]]:
    """The rows of xs, each of two numbers."""
    try:
        points = [[as_float(number, "decision_boundary: xs") for number in row] for row in xs]
    except TypeError:
        raise TypeError(f"decision_boundary: expected xs to be rows of 2 numbers, got {shown(xs)}") from None
    if not points:
        raise ValueError("decision_boundary: expected at least one row of 2 numbers, got none")
    for point in points:
        if len(point) != 2:
            raise ValueError(f"decision_boundary: expected rows of 2 numbers, got {shown(point)}")
    return points


def _labels(ys: Any) -> list[Any]:
    """The classes of ys, numbers or names."""
    try:
        labels = list(ys)
    except TypeError:
        raise TypeError(f"decision_boundary: expected ys to be a list of classes, got {shown(ys)}") from None
    for label in labels:
        if not isinstance(label, str) and not is_real(label):
            raise TypeError(f"decision_boundary: expected each class to be a number or a name, got {shown(label)}")
    return labels


def _outputs(answer: Any) -> list[float]:
    """What a model answered, as a list."""
    outputs = list(answer) if isinstance(answer, (list, tuple)) else [answer]
    if not outputs:
        raise ValueError("decision_boundary: expected the model to have an output, got none")
    return [
        output.data if isinstance(output, Value) else as_float(output, "decision_boundary: model") for output in outputs
    ]


def _threshold(model: Any) -> float:
    """Between which outputs a model's answer changes: ½ for the probability that a sigmoid gives, else 0."""
    last = model
    for parts in ("layers", "neurons"):
        last = (getattr(last, parts, None) or [last])[-1]
    return 0.5 if str(getattr(last, "activation", "")) == "sigmoid" else 0.0


def _fill(ax: Any, columns: Sequence[float], rows: Sequence[float], colours: Sequence[Sequence[str]]) -> None:
    """Colour the points, each to half the way to the next; contours would lead through the classes in between."""
    from matplotlib.colors import to_rgba

    cells = [[to_rgba(colour, 0.3) for colour in row] for row in colours]
    ax.imshow(cells, extent=_extent(columns, rows), **IMAGE, interpolation="nearest")


def _shade(ax: Any, columns: Sequence[float], rows: Sequence[float], answers: Sequence[Sequence[float]]) -> None:
    """Colour the points by how far a model's only output is from the threshold, and draw a line where it crosses it."""
    finite = [answer for row in answers for answer in row if isfinite(answer)]
    if not finite:
        raise ValueError("decision_boundary: expected a model with finite outputs, got none at any point")
    limit = max(map(abs, finite)) or 1.0
    shades = [[min(max(answer, -limit), limit) for answer in row] for row in answers]
    ax.imshow(shades, extent=_extent(columns, rows), **IMAGE, interpolation="bilinear", cmap="RdBu", alpha=0.55,
              vmin=-limit, vmax=limit)  # fmt: skip
    if min(finite) < 0.0 < max(finite):
        ax.contour(columns, rows, answers, levels=[0.0], colors="black", linewidths=1.2)


IMAGE = {"origin": "lower", "aspect": "auto"}  # one image: cells and bands side by side would show their seams


def _extent(columns: Sequence[float], rows: Sequence[float]) -> tuple[float, float, float, float]:
    """The sides of an image whose outermost points are in the middle of its outermost cells."""
    x, y = (columns[1] - columns[0]) / 2, (rows[1] - rows[0]) / 2
    return columns[0] - x, columns[-1] + x, rows[0] - y, rows[-1] + y


def _span(column: Sequence[float], steps: int) -> list[float]:
    """Evenly spaced numbers over a column and a little beyond."""
    low, high = min(column), max(column)
    margin = 0.15 * (high - low) or 1.0
    return [low - margin + (high - low + 2 * margin) * i / (steps - 1) for i in range(steps)]


def ridgeline(snapshots: Snapshots, layer: int = 1, of: str = "weights", ax: Any = None) -> Any:
    """How the weights of a layer, or their gradients, are distributed as training goes on. Returns the Axes.

    One histogram an epoch, the first on top, at most `RIDGES` of them evenly chosen. Layers count from 1; `of` is
    "weights" or "gradients". What is nan or infinite is left out and counted below. Raises TypeError for snapshots that
    are none, ValueError for a layer or a kind that they don't have.
    """
    if not isinstance(snapshots, Snapshots):
        raise TypeError(f"ridgeline: expected Snapshots, got {shown(snapshots)}")
    layer = as_int(layer, "ridgeline", "layer")
    if of not in ("weights", "gradients"):
        raise ValueError(f"ridgeline: expected of to be 'weights' or 'gradients', got {shown(of)}")
    taken = getattr(snapshots, of)
    if not taken:
        raise ValueError("ridgeline: expected snapshots with gradients, got none; give Snapshots some xs and ys")
    if layer not in range(1, len(taken[0]) + 1):
        raise ValueError(f"ridgeline: expected layer between 1 and {len(taken[0])}, got {shown(layer)}")
    ax = axes(ax, "ridgeline")
    last = len(taken) - 1
    chosen = sorted({round(i * last / (RIDGES - 1)) for i in range(RIDGES)})
    numbers = [taken[i][layer - 1] for i in chosen]
    rows = [[number for number in row if isfinite(number)] for row in numbers]
    n_lost = sum(map(len, numbers)) - sum(map(len, rows))
    edges = _span([number for row in rows for number in row] or [0.0], BINS + 1)
    centres = [(left + right) / 2 for left, right in pairwise(edges)]
    for position, row in enumerate(rows):
        heights = _histogram(row, edges)
        baseline = -float(position)
        tops = [baseline + OVERLAP * height / (max(heights) or 1) for height in heights]
        ax.fill_between(centres, baseline, tops, facecolor=COLOURS[0], alpha=0.35, zorder=position)
        ax.plot(centres, tops, color=COLOURS[0], linewidth=1.0, zorder=position)
    ax.set_yticks([-position for position in range(len(chosen))], [str(snapshots.epochs[i]) for i in chosen])
    ax.set_ylabel("epoch")
    ax.set_xlabel(f"{of} of layer {layer}" + (f" ({n_lost:,} not finite)" if n_lost else ""))
    return ax


def _histogram(numbers: Sequence[float], edges: Sequence[float]) -> list[int]:
    """How many numbers lie between each two edges, evenly spaced."""
    counts = [0] * (len(edges) - 1)
    for number in numbers:
        place = int((number - edges[0]) / (edges[1] - edges[0]))
        counts[min(max(place, 0), len(counts) - 1)] += 1
    return counts

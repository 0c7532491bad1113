"""The curves of a training run, through matplotlib (the `plot` extra): functions that take and return Axes."""

from __future__ import annotations

import io
from functools import cache
from typing import Any, cast

from autograd_lite.errors import as_float, shown

__all__ = ["COLOURS", "axes", "training"]

# Okabe and Ito's colours for curves, which colour-blind readers can tell apart.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000")


def training(history: Any, ax: Any = None, where: str = "draw.training") -> Any:
    """The mean cost by epoch, on a logarithmic scale, and the accuracy where there is one. Returns the Axes.

    `where` is the function that errors name. Raises TypeError for a history without lists of numbers `.loss` and
    `.accuracy`, ValueError for one without an epoch or with lists of unequal length.
    """
    try:
        losses, accuracies = ([as_float(x, where) for x in numbers] for numbers in (history.loss, history.accuracy))
    except (AttributeError, TypeError):
        raise TypeError(f"{where}: expected the History of a training run, got {shown(history)}") from None
    if not losses:
        raise ValueError(f"{where}: expected a history of at least one epoch, got none")
    if accuracies and len(accuracies) != len(losses):
        raise ValueError(
            f"{where}: expected as many accuracies as losses, got {len(accuracies)} accuracies and {len(losses)} losses"
        )
    ax = axes(ax, where)
    epochs = range(1, len(losses) + 1)
    ax.plot(epochs, losses, color=COLOURS[0], label="loss")
    held = getattr(history, "validation_loss", None)
    if held:
        ax.plot(epochs, held, color=COLOURS[2], label="validation loss")
        ax.legend()
    if not any(x <= 0.0 for x in losses):  # what is nan leaves a gap on either scale
        ax.set_yscale("log")
    ax.set_xlabel("epoch")
    ax.set_ylabel("loss")
    if accuracies:
        right = ax.twinx()
        right.plot(epochs, accuracies, color=COLOURS[1], linestyle="--", label="accuracy")
        right.set_ylabel("accuracy (dashed)")
        right.set_ylim(0.0, 1.02)
    return ax


def axes(ax: Any, where: str) -> Any:
    """The given Axes, or those of a new figure; `where` is the function that asks."""
    if ax is not None:
        if not hasattr(ax, "plot"):
            raise TypeError(f"{where}: expected ax to be Axes of matplotlib, got {shown(ax)}")
        return ax
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise ModuleNotFoundError(
            f"{where}: plots need matplotlib: pip install 'autograd-lite[plot]'", name="matplotlib"
        ) from None
    figure = Figure(figsize=(6.4, 4.8), layout="constrained")  # which no other library keeps
    return figure.add_subplot(axes_class=_shown_axes())


@cache
def _shown_axes() -> type:
    """Axes whose figure is their picture: they show themselves in a notebook, whatever its settings are."""
    from matplotlib.axes import Axes

    class ShownAxes(Axes):
        def _repr_png_(self) -> bytes:
            image, figure = io.BytesIO(), cast(Any, self.figure)
            figure.savefig(image, format="png")
            return image.getvalue()

    return ShownAxes

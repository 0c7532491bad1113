"""The curves of a training run, through matplotlib (the `plot` extra): functions that take and return Axes."""

from __future__ import annotations

from typing import Any

from autograd_lite.scalars import shown

# Okabe and Ito's colours, which colour-blind readers can tell apart.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7")


def training(history: Any, ax: Any = None) -> Any:
    """The mean cost by epoch, on a logarithmic scale, and the accuracy where there is one. Returns the Axes.

    Raises TypeError for a history without lists `.loss` and `.accuracy`.
    """
    try:
        losses, accuracies = list(history.loss), list(history.accuracy)
    except (AttributeError, TypeError):
        raise TypeError(f"draw.training: expected the History of a training run, got {shown(history)}") from None
    ax = axes(ax)
    epochs = range(1, len(losses) + 1)
    ax.plot(epochs, losses, color=COLOURS[0], label="loss")
    if min(losses, default=0.0) > 0.0:
        ax.set_yscale("log")
    ax.set_xlabel("epoch")
    ax.set_ylabel("loss")
    if accuracies:
        right = ax.twinx()
        right.plot(epochs, accuracies, color=COLOURS[1], linestyle="--", label="accuracy")
        right.set_ylabel("accuracy (dashed)")
        right.set_ylim(0.0, 1.02)
    return ax


def axes(ax: Any = None) -> Any:
    """The given Axes, or those of a new figure."""
    if ax is not None:
        return ax
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise ModuleNotFoundError(
            "plot: plots need matplotlib: pip install 'autograd-lite[plot]'", name="matplotlib"
        ) from None
    return Figure(figsize=(6.4, 4.8), layout="constrained").add_subplot()

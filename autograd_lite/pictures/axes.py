"""Axes of matplotlib (the `plot` extra) that show themselves in a notebook, whatever its settings are."""

from __future__ import annotations

import io
from typing import Any, cast

from matplotlib.axes import Axes
from matplotlib.figure import Figure


class ShownAxes(Axes):
    """Axes whose figure is their picture."""

    def _repr_png_(self) -> bytes:
        image = io.BytesIO()
        figure: Any = self.figure
        figure.savefig(image, format="png")
        return image.getvalue()


def new() -> ShownAxes:
    """The Axes of a new figure, which no other library keeps."""
    figure = Figure(figsize=(6.4, 4.8), layout="constrained")
    return cast(ShownAxes, figure.add_subplot(axes_class=ShownAxes))

"""`gradient_report`: whether the gradient gets through a network, layer by layer, and which units stop it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from autograd_lite import Value
from autograd_lite.errors import shown
from autograd_lite.graph import reached
from autograd_lite.pictures.curves import COLOURS, axes
from autograd_lite.telling.document import Block, Document, Paragraph, Table
from nn.layers import Layer
from nn.losses import Cost, Loss, find
from nn.module import Module, Parameter

# The activations that level off on both sides, with the slope in their middle; a unit is saturated where its mean
# slope over the samples is below this share of it (|z| above 3.6 for sigmoid, 1.8 for tanh).
STEEPEST, SHARE = {"sigmoid": 0.25, "tanh": 1.0}, 0.1
# By how much ‖δ‖ may change from a layer to the one before; beyond, ten layers make it a thousand times.
SMALL, LARGE = 0.5, 2.0


@dataclass(frozen=True)
class LayerGradients:
    """A layer in numbers: the mean over the samples of ‖δ‖, the norm of the mean cost's gradient by its weights, how
    many of its units no sample gets through (`dead`), and how many are `saturated`."""

    number: int
    activation: str
    units: int
    delta: float
    weight_gradient: float
    dead: int
    saturated: int


@dataclass(frozen=True, repr=False)
class GradientReport(Document):
    """The layers from the first to the last; printed, a table and a verdict."""

    layers: list[LayerGradients]

    @property
    def ratio(self) -> float:
        """What ‖δ‖ is multiplied by on its way one layer back, in the geometric mean; 1 for a single layer."""
        first, last, steps = self.layers[0].delta, self.layers[-1].delta, len(self.layers) - 1
        if not steps or first == last:
            return 1.0
        if not last:
            return math.inf
        return math.pow(first / last, 1.0 / steps)

    @property
    def verdict(self) -> str:
        """In a sentence, whether δ vanishes or explodes, and what lets nothing through."""
        if not all(math.isfinite(layer.delta) for layer in self.layers):
            return "The gradient is not finite: it exploded."
        word = "vanishes" if self.ratio < SMALL else "explodes" if self.ratio > LARGE else "gets through"
        text = f"The gradient {word}: ‖δ‖ changes by a factor of {self.ratio:.3g} a layer on its way back."
        dead, saturated = (sum(getattr(layer, name) for layer in self.layers) for name in ("dead", "saturated"))
        text += f" {dead} unit{'s are' if dead != 1 else ' is'} dead: no sample gets through." * bool(dead)
        return text + f" {saturated} unit{'s are' if saturated != 1 else ' is'} saturated." * bool(saturated)

    @property
    def blocks(self) -> Sequence[Block]:  # type: ignore[override]
        """The table and the verdict."""
        rows: list[list[Any]] = []
        for layer, later in zip(self.layers, [*self.layers[1:], None], strict=True):
            ratio = "" if later is None or not later.delta else f"{layer.delta / later.delta:.3g}"
            numbers = [f"{layer.delta:.3g}", ratio, f"{layer.weight_gradient:.3g}"]
            counts = [f"{count} of {layer.units}" for count in (layer.dead, layer.saturated)]
            rows.append([str(layer.number), layer.activation, *numbers, *counts])
        heads = ["layer", "activation", "‖δ‖", "to the next", "‖∂C/∂w‖", "dead", "saturated"]
        return [Table(heads, "rlrrrrr", rows), Paragraph([self.verdict])]

    def plot(self, ax: Any = None) -> Any:
        """‖δ‖ and ‖∂C/∂w‖ by layer, on a logarithmic scale. Returns the Axes; needs matplotlib (the `plot` extra)."""
        ax = axes(ax, "GradientReport.plot")
        numbers = [layer.number for layer in self.layers]
        deltas = [layer.delta for layer in self.layers]
        gradients = [layer.weight_gradient for layer in self.layers]
        ax.plot(numbers, deltas, "o-", color=COLOURS[0], label="‖δ‖, the mean over the samples")
        ax.plot(numbers, gradients, "s-", color=COLOURS[1], label="‖∂C/∂w‖ of the mean cost")
        if min(deltas + gradients) > 0.0:
            ax.set_yscale("log")
        ax.set_xticks(numbers)
        ax.set_xlabel("layer")
        ax.set_ylabel("norm")
        ax.legend()
        return ax


def gradient_report(
    model: Module, xs: Sequence[Any], ys: Sequence[Any], loss: str | Loss | Cost = "quadratic"
) -> GradientReport:
    """How the gradient of the mean loss over some samples goes back through the layers of a model.

    One forward and one backward pass a sample, on the graph itself; a few dozen samples will do. The gradients that
    the model holds stay. Raises TypeError for a model without `layers` that are `Layer`s, ValueError for no samples or
    unequal numbers of xs and ys.
    """
    layers = getattr(model, "layers", None)
    if not isinstance(model, Module) or not layers or not all(isinstance(layer, Layer) for layer in layers):
        raise TypeError(f"gradient_report: expected an MLP, or a Module whose layers are Layers, got {shown(model)}")
    for name, data in (("xs", xs), ("ys", ys)):
        if not hasattr(data, "__len__"):
            raise TypeError(f"gradient_report: expected {name} to be a list, got {shown(data)}")
    if len(xs) != len(ys) or not len(xs):
        raise ValueError(f"gradient_report: expected xs and ys, as many of each, got {len(xs)} xs and {len(ys)} ys")
    parameters = model.parameters()
    held = [p.grad if reached(p) else None for p in parameters]
    model.zero_grad()
    try:
        passes = [_passed(layers, x, y, find(loss)) for x, y in zip(xs, ys, strict=True)]
        return GradientReport(
            [
                _summed(number, layer, [deltas[number - 1] for deltas, _ in passes], [s[number - 1] for _, s in passes])
                for number, layer in enumerate(layers, start=1)
            ]
        )
    finally:
        for p, grad in zip(parameters, held, strict=True):
            p.grad = grad


def _passed(layers: list[Layer], x: Any, y: Any, loss: Loss) -> tuple[list[list[float]], list[list[float]]]:
    """δ and the slopes a′(z) of every layer, for one sample; its gradients are added to the parameters."""
    pre, post, a = [], [], x
    for layer in layers:
        pre.append(layer.pre_activations(a))
        a = layer.activate(pre[-1])
        post.append(a)
    loss(a[0] if len(a) == 1 else a, y).backward()
    slopes = [[_slope(z, a) for z, a in zip(zs, outs, strict=True)] for zs, outs in zip(pre, post, strict=True)]
    return [[z.grad for z in zs] for zs in pre], slopes


def _slope(z: Value, a: Value) -> float:
    return 1.0 if a is z else float(a.partials[0] or 0.0)


def _summed(number: int, layer: Layer, deltas: list[list[float]], slopes: list[list[float]]) -> LayerGradients:
    """A layer over all samples; `deltas` and `slopes` have a row a sample."""
    n, weights = len(deltas), [w for neuron in layer.neurons for w in neuron.w]
    activation = layer.neurons[0].activation
    least = SHARE * STEEPEST.get(activation, 0.0)
    by_unit = [[abs(slope) for slope in unit] for unit in zip(*slopes, strict=True)]
    return LayerGradients(
        number=number,
        activation=activation,
        units=len(layer.neurons),
        delta=math.fsum(math.hypot(*row) for row in deltas) / n,
        weight_gradient=_norm(weights) / n,
        dead=sum(max(unit) == 0.0 for unit in by_unit),
        saturated=sum(0.0 < math.fsum(unit) / n < least for unit in by_unit),
    )


def _norm(parameters: Sequence[Parameter]) -> float:
    return math.hypot(*(p.grad for p in parameters))

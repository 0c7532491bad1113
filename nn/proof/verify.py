"""`verify`: the engine's gradients held against the closed forms BP1–BP4, equation by equation, layer by layer.

The engine's δ is read from its own graph, as the gradient that reached each pre-activation z; the closed forms come
from `nn.deltas`, which shares nothing with the engine.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from autograd_lite import Value
from autograd_lite.errors import as_float, is_real, shown
from autograd_lite.telling.document import Block, Document, Heading, Paragraph, Prose, Table
from autograd_lite.telling.notation import label_math
from nn.layers import MLP
from nn.losses import LOSSES
from nn.proof import deltas, terms
from nn.proof.receipt import Passes, receipt
from nn.proof.terms import EQUATIONS, Receipt


@dataclass(frozen=True)
class Pair:
    """One number told twice: what the engine computed and what the closed form says, with the name of what it is of."""

    name: str
    engine: float
    closed_form: float

    @property
    def error(self) -> float:
        """The absolute difference; 0 where both are the same, or both nan."""
        return terms.error(self.engine, self.closed_form)

    @property
    def ulps(self) -> float:
        """The difference in units in the last place of the closed form's number."""
        return terms.ulps(self.engine, self.closed_form)


@dataclass(frozen=True)
class LayerComparison:
    """All pairs of one equation in one layer."""

    equation: str
    layer: int
    pairs: tuple[Pair, ...]
    scale: float

    @property
    def max_error(self) -> float:
        """The largest absolute difference."""
        return max(pair.error for pair in self.pairs)

    @property
    def max_ulps(self) -> float:
        """The largest difference in ulps, each of its own number."""
        return max(pair.ulps for pair in self.pairs)

    @property
    def worst(self) -> Pair:
        """The pair with the largest absolute difference."""
        return max(self.pairs, key=lambda pair: pair.error)

    @property
    def scaled_ulps(self) -> float:
        """The largest difference in ulps of `scale`, the size of the numbers that these were computed from.

        A sum that cancels, or a σ′ such as a·(1 − a) near a = 1, has no more digits than that.
        """
        return self.max_error / math.ulp(self.scale) if self.max_error < math.inf else self.max_error


@dataclass(frozen=True)
class EquationComparison:
    """One of BP1–BP4 over all layers that it speaks of."""

    name: str
    layers: tuple[LayerComparison, ...]

    @property
    def max_error(self) -> float:
        """The largest absolute difference in any layer."""
        return max((layer.max_error for layer in self.layers), default=0.0)

    @property
    def max_ulps(self) -> float:
        """The largest difference in ulps in any layer."""
        return max((layer.max_ulps for layer in self.layers), default=0.0)

    @property
    def worst(self) -> Pair | None:
        """The pair with the largest absolute difference; None for BP2 in a net without a hidden layer."""
        return max((layer.worst for layer in self.layers), key=lambda pair: pair.error, default=None)


@dataclass(frozen=True, repr=False, eq=False)
class Verification(Document):
    """What `verify` found: `.equations["BP1"]` … `["BP4"]`, `.ok()`, `.receipt(name)`, and tables as `str()`."""

    cost: str
    equations: dict[str, EquationComparison]
    _passes: Passes
    _closed: deltas.Backpropagation

    def ok(self, ulps: float = 64.0) -> bool:
        """Whether no number differs by more than `ulps` units in the last place of its layer's `scale`."""
        return all(layer.scaled_ulps <= ulps for layer in self._comparisons())

    def receipt(self, name: str) -> Receipt:
        """Which terms of which equation make one number, "δ1[0]", "w2[0,1]" or "b1[2]", and where the graph has them.

        Raises TypeError if the name is no str, ValueError if the network has no such number.
        """
        return receipt(self._passes, self._closed, self.cost, name)

    def _comparisons(self) -> Iterator[LayerComparison]:
        for equation in self.equations.values():
            yield from equation.layers

    @cached_property
    def blocks(self) -> Sequence[Block]:  # type: ignore[override]
        """A table for each of the four equations, and whether all hold."""
        found: list[Block] = [Heading(f"Engine against closed forms, {self.cost.replace('_', ' ')} cost")]
        for name, formula in EQUATIONS.items():
            layers = self.equations[name].layers
            found.append(Heading((f"{name}  ", formula)))
            found.append(Table(HEADINGS, "rrrrlrr", list(map(_row, layers))) if layers else Paragraph(NO_LAYER))
        verdict = "all four hold" if self.ok() else f"does NOT hold: {self._culprit()}"
        return [*found, Heading(verdict)]

    def _culprit(self) -> str:
        layer = max(self._comparisons(), key=lambda layer: layer.scaled_ulps)
        worst = layer.worst
        return f"{layer.equation} in layer {layer.layer}, worst at {worst.name}"


HEADINGS = ("layer", "numbers", "max difference", "max ulps", "worst", "engine", "closed form")
NO_LAYER = "  no hidden layer"


def _row(layer: LayerComparison) -> list[Prose]:
    worst = layer.worst
    return [
        str(layer.layer), str(len(layer.pairs)), f"{layer.max_error:.2e}", f"{layer.max_ulps:.3g}",
        label_math(worst.name), f"{worst.engine:+.5g}", f"{worst.closed_form:+.5g}",
    ]  # fmt: skip


def verify(model: MLP, x: Sequence[float], y: Any, cost: str = "quadratic") -> Verification:
    """Compare the gradients that the engine computes for one sample with BP1–BP4.

    `model` is an `MLP`, `x` its inputs, `y` the target as the cost takes it, `cost` one of `deltas.COSTS`. The
    model's own gradients stay as they are. Raises TypeError for another model, ValueError for a wrong shape or name.
    """
    _check_known(model, cost)
    inputs = _row_of_numbers(x)
    closed = deltas.backpropagate(*_network(model), inputs, y, model.activation, model.output, cost)
    run = _run(model, inputs, y, cost)
    return Verification(cost, _equations(run, closed, _sizes(model, closed)), run, closed)


def _equations(
    run: Passes, closed: deltas.Backpropagation, sizes: Sequence[tuple[float, float]]
) -> dict[str, EquationComparison]:
    """Each equation with the layers that it speaks of, the last layer first, as a backward pass meets them."""
    compared = [
        [
            tuple(Pair(name, ours, theirs) for (name, ours), theirs in zip(*layer, strict=True))
            for layer in zip(ours, theirs, strict=True)
        ]
        for ours, theirs in zip(_by_engine(run), _by_closed_forms(closed), strict=True)
    ]
    deltas_of, weights_of, biases_of = [dict(enumerate(layers, start=1)) for layers in compared]
    last = len(deltas_of)
    hidden = {layer: pairs for layer, pairs in deltas_of.items() if layer < last}
    by_layer = {"BP1": {last: deltas_of[last]}, "BP2": hidden, "BP3": weights_of, "BP4": biases_of}
    return {
        name: EquationComparison(
            name,
            tuple(
                LayerComparison(name, n, layers[n], sizes[n - 1][name == "BP3"]) for n in sorted(layers, reverse=True)
            ),
        )
        for name, layers in by_layer.items()
    }


def _check_known(model: object, cost: object) -> None:
    """Raise TypeError or ValueError for a model, an activation or a cost that the closed forms do not have."""
    if not isinstance(model, MLP):
        raise TypeError(f"verify: expected an MLP, got {shown(model)}")
    if not isinstance(cost, str) or cost not in deltas.COSTS:
        raise ValueError(f"verify: expected a cost out of {', '.join(deltas.COSTS)}, got {shown(cost)}")
    for name in (model.activation, model.output):
        if not isinstance(name, str) or name not in deltas.ACTIVATIONS:
            remedy = (
                f'add its σ and σ′, two functions of floats, as nn.deltas.ACTIVATIONS["{name}"] (nn/proof/deltas.py)'
                if isinstance(name, str)
                else "define(name, …) makes an op with a name of it"
            )
            raise ValueError(
                f"verify: expected an activation out of {', '.join(deltas.ACTIVATIONS)}, got {shown(name)}; {remedy}"
            )


def _row_of_numbers(x: Any) -> list[float]:
    """The inputs of the model, of which one number alone is one."""
    try:
        row = [x] if is_real(x) else list(x)
    except TypeError:
        raise TypeError(f"verify: expected x to be a row of numbers, got {shown(x)}") from None
    return [as_float(number, "verify: x") for number in row]


Named = list[list[tuple[str, float]]]  # layer by layer, each number with its name


def _run(model: MLP, x: Sequence[float], y: Any, cost: str) -> Passes:
    """A forward and a backward run of a copy: the caller's gradients are left alone."""
    model = copy.deepcopy(model)
    model.zero_grad()
    zs: list[list[Value]] = []
    activations = [[Value(number, f"x[{k}]") for k, number in enumerate(x)]]
    for layer in model.layers:
        zs.append(layer.pre_activations(activations[-1]))
        activations.append(layer.activate(zs[-1]))
    root = LOSSES[cost](activations[-1], y)
    root.label = "C"
    root.backward()
    return Passes(model, y, zs, activations, root)


def _by_engine(run: Passes) -> tuple[Named, Named, Named]:
    """δ, ∂C/∂w and ∂C/∂b as the run left them."""
    model, zs = run.model, run.zs
    return (
        [[(f"δ{number}[{j}]", z.grad) for j, z in enumerate(layer)] for number, layer in enumerate(zs, start=1)],
        [[(w.label, w.grad) for neuron in layer.neurons for w in neuron.w] for layer in model.layers],
        [[(neuron.b.label, neuron.b.grad) for neuron in layer.neurons] for layer in model.layers],
    )


def _network(model: MLP) -> tuple[list[list[list[float]]], list[list[float]]]:
    """The weights and biases as the oracle takes them."""
    weights = [[[w.data for w in neuron.w] for neuron in layer.neurons] for layer in model.layers]
    return weights, [[neuron.b.data for neuron in layer.neurons] for layer in model.layers]


def _by_closed_forms(closed: deltas.Backpropagation) -> tuple[list[list[float]], list[list[float]], list[list[float]]]:
    """The same numbers from BP1–BP4, each layer's weights in a row."""
    rows = [[number for row in layer for number in row] for layer in closed.weight_grads]
    return closed.deltas, rows, closed.bias_grads


def _sizes(model: MLP, closed: deltas.Backpropagation) -> list[tuple[float, float]]:
    """For each layer the size of the numbers that make a δ, and the size of those that make a ∂C/∂w.

    That is what BP1 and BP2 give with every σ′ taken as 1 and every sum taken over absolute values.
    """
    weights, _ = _network(model)
    prime = deltas.ACTIVATIONS[model.output][1]
    size = [abs(d) / min(prime(z) or 1.0, 1.0) for d, z in zip(closed.deltas[-1], closed.zs[-1], strict=True)]
    sizes = [size]
    for w in weights[:0:-1]:
        size = [sum(abs(wk) * s for wk, s in zip(column, size, strict=True)) for column in zip(*w, strict=True)]
        sizes.insert(0, size)
    reach = [max(1.0, *map(abs, a)) for a in closed.activations]
    return [(max(size), max(size) * a) for size, a in zip(sizes, reach, strict=False)]

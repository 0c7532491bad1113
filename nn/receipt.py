"""A receipt for one δ, weight or bias: its equation, the same with the numbers in, and where each term is in the graph.

The closed form's terms come from `nn.deltas`; beside each stands the node, or the edge, of the engine's own graph that
*is* this term: δˡⱼ is the gradient that reached zˡⱼ, σ′ the local derivative on the edge from zˡⱼ to aˡⱼ, and each
summand of BP2 the contribution that one product wˡ⁺¹ₖⱼ aˡⱼ sent down to aˡⱼ.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from autograd_lite import Value
from autograd_lite.document import Block, Document, Equation, Heading, Paragraph, Table
from autograd_lite.graph import toposort, uses
from autograd_lite.names import Names
from autograd_lite.notation import Math, factor, label_math, number, product
from autograd_lite.scalars import is_real, shown
from nn import deltas
from nn.layers import MLP

EQUATIONS = {
    "BP1": Math("δᴸ = ∇ₐC ⊙ σ′(zᴸ)", r"\delta^L = \nabla_a C \odot \sigma'(z^L)"),
    "BP2": Math("δˡ = (wˡ⁺¹ᵀ δˡ⁺¹) ⊙ σ′(zˡ)", r"\delta^l = (w^{l+1,T} \delta^{l+1}) \odot \sigma'(z^l)"),
    "BP3": Math(
        "∂C/∂wˡⱼₖ = aˡ⁻¹ₖ δˡⱼ  (weights)",
        r"\frac{\partial C}{\partial w^l_{jk}} = a^{l-1}_k \delta^l_j \quad \text{(weights)}",
    ),
    "BP4": Math("∂C/∂bˡⱼ = δˡⱼ  (biases)", r"\frac{\partial C}{\partial b^l_j} = \delta^l_j \quad \text{(biases)}"),
}
BP1_WITH_Z = Math("δᴸ = a − y  (∇ₐC ⊙ σ′(zᴸ), in which σ′ cancels)", r"\delta^L = a - y")
NAME = re.compile(r"([δwb])(\d+)\[(\d+)(?:,(\d+))?\]")


@dataclass(frozen=True)
class Run:
    """One forward and backward run of the engine: z and a of every layer (a⁰ = x first), and the cost of target y."""

    model: MLP
    y: Any
    zs: Sequence[Sequence[Value]]
    activations: Sequence[Sequence[Value]]
    cost: Value


@dataclass(frozen=True)
class Term:
    """One term of the equation: its `symbol`, the `node` (or edge) of the graph that holds it, and its two numbers.

    `closed_form` is None for a part of the graph's sum that the equation does not have.
    """

    symbol: Math
    node: Value
    place: Math
    engine: float
    closed_form: float | None

    @property
    def ulps(self) -> float:
        """The difference in units in the last place of the closed form's number; nan where there is none."""
        if self.closed_form is None:
            return math.nan
        if self.engine == self.closed_form or (math.isnan(self.engine) and math.isnan(self.closed_form)):
            return 0.0
        error = abs(self.engine - self.closed_form)
        return error / math.ulp(self.closed_form) if math.isfinite(error) else math.inf


@dataclass(frozen=True, repr=False, eq=False)
class Receipt(Document):
    """What an equation says of one number, term by term: `.engine`, `.closed_form`, `.ulps`, `.terms`, `str()`.

    `equation` is one of BP1–BP4. `.text` keeps to 80 columns; `.markdown` and `.latex` (needs amsmath) say the same.
    """

    equation: str
    formula: Math
    result: Term
    terms: tuple[Term, ...]
    symbols: Math
    numbers: Math

    @property
    def engine(self) -> float:
        """The engine's number."""
        return self.result.engine

    @property
    def closed_form(self) -> float:
        """The number that the equation gives."""
        return float(self.result.closed_form or 0.0)

    @property
    def ulps(self) -> float:
        """How far they are apart, in units in the last place."""
        return self.result.ulps

    @cached_property
    def blocks(self) -> Sequence[Block]:  # type: ignore[override]
        """The equation, with symbols and with numbers, the difference, and the table of terms."""
        rows = [[term.symbol, term.place, number(term.engine), *_compared(term)] for term in (*self.terms, self.result)]
        unit = "ulp" if self.ulps == 1 else "ulps"
        return [
            Heading(("Receipt for ", self.result.symbol)),
            Paragraph((f"{self.equation}  ", self.formula)),
            Equation(self.result.symbol, [[self.symbols], [self.numbers], [_exact(self.closed_form)]]),
            Paragraph(("The engine says ", _exact(self.engine), f", {self.ulps:.3g} {unit} away.")),
            Table(["term", "in the graph", "engine", "closed form", "ulps"], "llrrr", rows),
        ]


def receipt(run: Run, closed: deltas.Backpropagation, cost: str, name: Any) -> Receipt:
    """Write the receipt of a number by its name: "δ1[0]", "w2[0,1]" or "b1[2]".

    Raises TypeError if the name is no str, ValueError if the network has no such number.
    """
    if not isinstance(name, str):
        raise TypeError(f"receipt: expected a name like 'δ1[0]', 'w2[0,1]' or 'b1[2]', got {shown(name)}")
    found = NAME.fullmatch(name)
    layers = run.model.layers
    if found is None or (found[1] == "w") != (found[4] is not None):
        raise ValueError(f"receipt: expected a name like 'δ1[0]', 'w2[0,1]' or 'b1[2]', got {shown(name)}")
    layer, j, k = int(found[2]), int(found[3]), int(found[4] or 0)
    if not (
        1 <= layer <= len(layers) and j < len(layers[layer - 1].neurons) and k < len(layers[layer - 1].neurons[j].w)
    ):
        raise ValueError(f"receipt: expected a name in {run.model!r}, got {shown(name)}")
    writer = _Writer(run, closed, cost)
    if found[1] == "w":
        return writer.weight(layer, j, k)
    if found[1] == "b":
        return writer.bias(layer, j)
    return writer.output_error(j) if layer == len(layers) else writer.hidden_error(layer, j)


class _Writer:
    """Writes the four kinds of receipt. Layers count from 1 and neurons from 0, as in the labels."""

    def __init__(self, run: Run, closed: deltas.Backpropagation, cost: str) -> None:
        self.run, self.closed, self.cost = run, closed, cost
        nodes = toposort(run.cost)
        self.names, self.uses = Names(nodes, run.cost), uses(nodes)

    # ---- BP3 and BP4 ----

    def weight(self, layer: int, j: int, k: int) -> Receipt:
        """∂C/∂w = a δ: the one edge between the product w·a and w."""
        w, a = self.run.model.layers[layer - 1].neurons[j].w[k], self.run.activations[layer - 1][k]
        (times, place), *_ = self.uses[w]
        closed = self.closed.activations[layer - 1][k]
        term = Term(self.names[a], times, self.names.local(times, w), times.partials[place], closed)
        result = self._gradient(w, self.closed.weight_grads[layer - 1][j][k])
        return self._receipt("BP3", result, (term, self._delta(layer, j)))

    def bias(self, layer: int, j: int) -> Receipt:
        """∂C/∂b = δ."""
        b = self.run.model.layers[layer - 1].neurons[j].b
        result = self._gradient(b, self.closed.bias_grads[layer - 1][j])
        return self._receipt("BP4", result, (self._delta(layer, j),))

    # ---- BP1 and BP2 ----

    def output_error(self, j: int) -> Receipt:
        """δᴸ = ∂C/∂a σ′(z); where the cost is written with z, δᴸ = a − y, which the graph has in one sum."""
        layer = len(self.run.zs)
        result = self._delta(layer, j)
        if self.cost in deltas.OUTPUT_OF:
            parts = tuple(self._contribution(result.node, user, place) for user, place in self.uses[result.node])
            symbols, numbers = _sum([term.symbol for term in parts]), _sum([_told(term) for term in parts])
            return Receipt("BP1", BP1_WITH_Z, result, parts, symbols, numbers)
        a = self.run.activations[layer][j]
        slope = self._slope(layer, j)
        target = [float(number) for number in ([self.run.y] if is_real(self.run.y) else self.run.y)]
        closed = deltas.COSTS[self.cost][1](self.closed.activations[layer], target)[j]
        gradient = Term(self._partial_of_cost(a), a, self._grad_of(a), _grad(a), closed)
        return self._receipt("BP1", result, (gradient, *slope))

    def hidden_error(self, layer: int, j: int) -> Receipt:
        """δˡ = (Σ w δ) σ′(z): the contributions that reached a, times the edge from z to a."""
        result, slope = self._delta(layer, j), self._slope(layer, j)
        a = self.run.activations[layer][j]
        later = range(len(self.run.zs[layer]))
        summands = [self._summand(layer, j, k, a) for k in later]
        weights = [self.run.model.layers[layer].neurons[k].w[j].data for k in later]
        symbols = _sum([term.symbol for term in summands])
        numbers = _sum([product(factor(w), factor(self.closed.deltas[layer][k])) for k, w in enumerate(weights)])
        if slope:
            symbols, numbers = _bracketed(symbols), _bracketed(numbers)
        symbols = product(symbols, *map(_symbol, slope))
        numbers = product(numbers, *map(_told, slope))
        closed = deltas._sum(term.closed_form or 0.0 for term in summands)
        total = Term(Math("their sum", r"\text{their sum}"), a, self._grad_of(a), _grad(a), closed)
        return Receipt("BP2", EQUATIONS["BP2"], result, (*summands, total, *slope), symbols, numbers)

    def _summand(self, layer: int, j: int, k: int, a: Value) -> Term:
        """wₖⱼ δₖ: what the product of neuron k of the next layer contributed to a."""
        w = self.run.model.layers[layer].neurons[k].w[j]
        times, place = next((user, p) for user, p in self.uses[a] if w in user.parents)
        term = self._contribution(a, times, place)
        closed = w.data * self.closed.deltas[layer][k]
        return Term(product(self.names[w], _delta_name(layer + 1, k)), times, term.place, term.engine, closed)

    def _slope(self, layer: int, j: int) -> tuple[Term, ...]:
        """σ′(z), the local derivative between z and a; a linear neuron's a is its z, and there is no such edge."""
        z, a = self.run.zs[layer - 1][j], self.run.activations[layer][j]
        if a is z:
            return ()
        activation = self.run.model.output if layer == len(self.run.zs) else self.run.model.activation
        closed = deltas.ACTIVATIONS[activation][1](self.closed.zs[layer - 1][j])
        name = self.names[z]
        symbol = Math(f"σ′({name.text})", rf"\sigma'\left({name.latex}\right)")
        return (Term(symbol, a, self.names.local(a, z), a.partials[0], closed),)

    # ---- terms ----

    def _delta(self, layer: int, j: int) -> Term:
        z = self.run.zs[layer - 1][j]
        return Term(_delta_name(layer, j), z, self._grad_of(z), _grad(z), self.closed.deltas[layer - 1][j])

    def _gradient(self, leaf: Value, closed: float) -> Term:
        return Term(self._partial_of_cost(leaf), leaf, self._grad_of(leaf), _grad(leaf), closed)

    def _contribution(self, node: Value, user: Value, place: int) -> Term:
        """What one user sent down: its gradient times the local derivative of the edge."""
        where = product(self._grad_of(user), self.names.local(user, node))
        return Term(where, user, where, user.partials[place] * _grad(user), None)

    def _partial_of_cost(self, node: Value) -> Math:
        name = self.names[node]
        return Math(f"∂C/∂{name.text}", rf"\frac{{\partial C}}{{\partial {name.latex}}}")

    def _grad_of(self, node: Value) -> Math:
        name = self.names[node]
        return Math(f"{name.text}.grad", rf"{name.latex}\text{{.grad}}")

    def _receipt(self, equation: str, result: Term, terms: tuple[Term, ...]) -> Receipt:
        """A receipt whose right-hand side is the product of its terms."""
        symbols, numbers = product(*map(_symbol, terms)), product(*map(_told, terms))
        return Receipt(equation, EQUATIONS[equation], result, terms, symbols, numbers)


def _compared(term: Term) -> tuple[Math | str, str]:
    """The cells of the closed form's number and of the difference."""
    return ("–", "") if term.closed_form is None else (number(term.closed_form), f"{term.ulps:.3g}")


def _symbol(term: Term) -> Math:
    return term.symbol


def _told(term: Term) -> Math:
    """The closed form's number, or the engine's where there is none, as a factor."""
    return factor(term.engine if term.closed_form is None else term.closed_form)


def _delta_name(layer: int, j: int) -> Math:
    return label_math(f"δ{layer}[{j}]")


def _sum(terms: Sequence[Math]) -> Math:
    return Math(" + ".join(x.text for x in terms), " + ".join(x.latex for x in terms))


def _bracketed(x: Math) -> Math:
    return Math(f"({x.text})", rf"\left({x.latex}\right)")


def _exact(x: float) -> Math:
    """A number with all its digits."""
    text = repr(x)
    mantissa, _, exponent = text.partition("e")
    return Math(text, rf"{mantissa} \cdot 10^{{{int(exponent)}}}" if exponent else text)


def _grad(value: Value) -> float:
    return 0.0 if value.grad is None else float(value.grad)

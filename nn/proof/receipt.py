"""A receipt for one δ, weight or bias: its equation, the same with the numbers in, and where each term is in the graph.

The closed form's terms come from `nn.deltas`; beside each stands the node, or the edge, of the engine's own graph that
*is* this term: δˡⱼ is the gradient that reached zˡⱼ, σ′ the local derivative on the edge from zˡⱼ to aˡⱼ, and each
summand of BP2 the contribution that one product wˡ⁺¹ₖⱼ aˡⱼ sent down to aˡⱼ.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from autograd_lite import Value, toposort
from autograd_lite.errors import is_real, shown
from autograd_lite.graph import uses
from autograd_lite.telling.names import Names
from autograd_lite.telling.notation import Math, factor, label_math, product
from nn.layers import MLP
from nn.proof import deltas
from nn.proof.terms import BP1_WITH_Z, EQUATIONS, Receipt, Term

NAME = re.compile(r"([δwb])(\d+)\[(\d+)(?:,(\d+))?\]")


@dataclass(frozen=True)
class Passes:
    """The forward and the backward pass of one sample: every layer's z and a (a⁰ = x first), the cost of target y."""

    model: MLP
    y: Any
    zs: Sequence[Sequence[Value]]
    activations: Sequence[Sequence[Value]]
    cost: Value


def receipt(run: Passes, closed: deltas.Backpropagation, cost: str, name: object) -> Receipt:
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

    def __init__(self, run: Passes, closed: deltas.Backpropagation, cost: str) -> None:
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
        if deltas.COSTS[self.cost][2]:  # written with z
            parts = tuple(self._contribution(result.node, user, place) for user, place in self.uses[result.node])
            symbols, numbers = _sum([term.symbol for term in parts]), _sum([_told(term) for term in parts])
            return Receipt("BP1", BP1_WITH_Z, result, parts, symbols, numbers)
        a = self.run.activations[layer][j]
        slope = self._slope(layer, j)
        target = [float(number) for number in ([self.run.y] if is_real(self.run.y) else self.run.y)]
        closed = deltas.COSTS[self.cost][1](self.closed.activations[layer], target)[j]
        gradient = Term(self._partial_of_cost(a), a, self._grad_of(a), a.grad, closed)
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
        closed = deltas.added(term.closed_form or 0.0 for term in summands)
        total = Term(Math("their sum", r"\text{their sum}"), a, self._grad_of(a), a.grad, closed)
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
        return Term(_delta_name(layer, j), z, self._grad_of(z), z.grad, self.closed.deltas[layer - 1][j])

    def _gradient(self, leaf: Value, closed: float) -> Term:
        return Term(self._partial_of_cost(leaf), leaf, self._grad_of(leaf), leaf.grad, closed)

    def _contribution(self, node: Value, user: Value, place: int) -> Term:
        """What one user sent down: its gradient times the local derivative of the edge."""
        where = product(self._grad_of(user), self.names.local(user, node))
        return Term(where, user, where, user.partials[place] * user.grad, None)

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

"""What a receipt is: an equation of the four, its terms with the place of each in the graph, and the difference."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from autograd_lite import Value
from autograd_lite.telling.document import Block, Document, Equation, Heading, Paragraph, Table
from autograd_lite.telling.notation import Math, number

EQUATIONS = {
    "BP1": Math("δᴸ = ∇ₐC ⊙ σ′(zᴸ)", r"\delta^L = \nabla_a C \odot \sigma'(z^L)"),
    "BP2": Math("δˡ = (wˡ⁺¹ᵀ δˡ⁺¹) ⊙ σ′(zˡ)", r"\delta^l = ((w^{l+1})^T \delta^{l+1}) \odot \sigma'(z^l)"),
    "BP3": Math(
        "∂C/∂wˡⱼₖ = aˡ⁻¹ₖ δˡⱼ  (weights)",
        r"\frac{\partial C}{\partial w^l_{jk}} = a^{l-1}_k \delta^l_j \quad \text{(weights)}",
    ),
    "BP4": Math("∂C/∂bˡⱼ = δˡⱼ  (biases)", r"\frac{\partial C}{\partial b^l_j} = \delta^l_j \quad \text{(biases)}"),
}
BP1_WITH_Z = Math("δᴸ = a − y  (∇ₐC ⊙ σ′(zᴸ), in which σ′ cancels)", r"\delta^L = a - y")


def error(engine: float, closed_form: float) -> float:
    """The absolute difference; 0 where both are the same, or both nan, and inf where one is nan."""
    if engine == closed_form or (math.isnan(engine) and math.isnan(closed_form)):
        return 0.0
    difference = abs(engine - closed_form)
    return math.inf if math.isnan(difference) else difference


def ulps(engine: float, closed_form: float) -> float:
    """The difference in units in the last place of the closed form's number."""
    difference = error(engine, closed_form)
    return difference / math.ulp(closed_form) if difference < math.inf else math.inf


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
        return math.nan if self.closed_form is None else ulps(self.engine, self.closed_form)


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


def _compared(term: Term) -> tuple[Math | str, str]:
    """The cells of the closed form's number and of the difference."""
    return ("–", "") if term.closed_form is None else (number(term.closed_form), f"{term.ulps:.3g}")


def _exact(x: float) -> Math:
    """A number with all its digits."""
    text = repr(x)
    mantissa, _, exponent = text.partition("e")
    return Math(text, rf"{mantissa} \cdot 10^{{{int(exponent)}}}" if exponent else text)

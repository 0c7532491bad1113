"""`trace_table`: the evaluation trace of a graph, as the literature on automatic differentiation writes it down.

Each row is a node v: on the left how its value (primal) is computed, read downward, on the right its adjoint v̄ = ∂y/∂v,
read upward; on request its tangent v̇ = ∂v/∂x between them. See Griewank & Walther, "Evaluating Derivatives", 2nd ed.,
tables 2.3 (forward) and 3.2 (reverse).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from autograd_lite.derivatives.linearize import push
from autograd_lite.errors import shown
from autograd_lite.graph import toposort, uses
from autograd_lite.telling.document import Block, Document, Heading, Prose, Table
from autograd_lite.telling.names import Names, is_bare
from autograd_lite.telling.notation import Math, factor, number
from autograd_lite.telling.paths import between
from autograd_lite.telling.steps import adjoints
from autograd_lite.value import Value

ROW_LIMIT = 60  # rows that are shown, half of them from the top and half from the bottom
TERM_LIMIT = 3  # terms of an adjoint that are written out


@dataclass(frozen=True)
class Row:
    """One line of the trace: a node, its value, its adjoint ∂y/∂node and, if asked for, its tangent ∂node/∂x."""

    node: Value
    primal: float
    adjoint: float
    tangent: float | None


@dataclass(frozen=True, repr=False, eq=False)
class Trace(Document):
    """The evaluation trace of y: `.rows`, and as `.text`, `.markdown` and `.latex` (needs amsmath)."""

    y: Value
    x: Value | None
    rows: tuple[Row, ...]
    _names: Names

    @cached_property
    def _moved(self) -> set[Value]:
        """The nodes that depend on x; the tangents of all others are 0 and need not be written."""
        return set() if self.x is None else set(between(self.y, self.x))

    @cached_property
    def blocks(self) -> Sequence[Block]:  # type: ignore[override]
        """One table: primals to the left, adjoints to the right, tangents between."""
        names = self._names
        headings: list[Prose] = ["primal ↓", ""]
        if self.x is not None:
            headings += [("tangent ∂/∂", names[self.x], " ↓"), ""]
        headings += [("adjoint ∂", names[self.y], "/∂ ↑"), ""]
        found = uses([row.node for row in self.rows])
        cells = [self._cells(row, found[row.node]) for row in self.rows]
        if len(cells) > ROW_LIMIT:
            half = ROW_LIMIT // 2
            dots: list[Prose] = [f"… {len(cells) - ROW_LIMIT:,} more", *[""] * (len(headings) - 1)]
            cells[half:-half] = [dots]
        return [Heading("Evaluation trace"), Table(headings, "lr" * (len(headings) // 2), cells)]

    def _cells(self, row: Row, users: Sequence[tuple[Value, int]]) -> list[Prose]:
        names, node = self._names, row.node
        made = (names[node],) if node.op is None else (names[node], " = ", names.formula(node))
        cells: list[Prose] = [made, number(row.primal)]
        if row.tangent is not None:
            edges = [] if node is self.x else zip(node.parents, node.partials, strict=True)
            moved = [
                _times(factor(partial), _dotted(names[parent])) for parent, partial in edges if parent in self._moved
            ]
            cells += [_sum(_dotted(names[node]), moved), number(row.tangent)]
        terms = [_times(_barred(names[user]), factor(user.partials[place])) for user, place in users]
        return [*cells, _sum(_barred(names[node]), terms), number(row.adjoint)]


def trace_table(y: Value, x: Value | None = None) -> Trace:
    """Tabulate the values of the graph below y beside their adjoints and, if x is given, the tangents along x.

    No gradient in the graph is touched. Raises TypeError if y or x is no Value, ValueError if x is not below y.
    """
    if not isinstance(y, Value):
        raise TypeError(f"trace_table: expected y to be a Value, got {shown(y)}")
    if x is not None and not isinstance(x, Value):
        raise TypeError(f"trace_table: expected x to be a Value, got {shown(x)}")
    nodes, gradients = toposort(y), adjoints(y)
    names = Names(nodes, y)
    if x is not None and x not in gradients:
        raise ValueError(f"trace_table: expected x to be a Value in the graph of y, got {shown(x)}")
    moved = {} if x is None else dict(zip(nodes, push(nodes, [x], [1.0], create_graph=False), strict=True))
    rows = (Row(node, node.data, gradients[node], moved.get(node)) for node in nodes if not is_bare(node))
    return Trace(y, x, tuple(rows), names)


def _sum(left: Math, terms: Sequence[Math]) -> Prose:
    """An equation for a cell, its terms cut at `TERM_LIMIT`."""
    if not terms:
        return left
    prose: list[str | Math] = [left, " = "]
    for i, term in enumerate(terms[:TERM_LIMIT]):
        prose += [" + ", term] if i else [term]
    return [*prose, " + …"] if len(terms) > TERM_LIMIT else prose


def _times(a: Math, b: Math) -> Math:
    """A product without blanks, so that a cell is not broken there."""
    return Math(f"{a.text}·{b.text}", rf"{a.latex} \cdot {b.latex}")


def _barred(name: Math) -> Math:
    return Math(_accented(name.text, "\N{COMBINING MACRON}"), rf"\bar{{{name.latex}}}")


def _dotted(name: Math) -> Math:
    return Math(_accented(name.text, "\N{COMBINING DOT ABOVE}"), rf"\dot{{{name.latex}}}")


def _accented(name: str, accent: str) -> str:
    """The name with the accent on its first letter."""
    return name[0] + accent + name[1:]

"""`explain`: the derivation of ∂y/∂x, in symbols and in numbers, with every path that contributes to it.

The chain rule is told in the order of the backward pass, from y down to x: the gradient of a node is the sum over the
edges to what uses it, and therefore a sum over all paths (Griewank & Walther, "Evaluating Derivatives", 2nd ed., §3.2,
and Bauer's formula, 1974). The numbers are those of the engine; no gradient in the graph is touched.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from autograd_lite.errors import shown
from autograd_lite.graph import toposort, uses
from autograd_lite.telling.document import Block, Document, Equation, Heading, Paragraph, Prose, Table, columns
from autograd_lite.telling.names import Names
from autograd_lite.telling.notation import Math, factor, number, product, scaled, whole
from autograd_lite.telling.paths import Path, between, ledger
from autograd_lite.telling.provenance import Cause, find_cause
from autograd_lite.telling.steps import adjoints
from autograd_lite.value import Value

EQUATION_LIMIT = 20  # nodes whose sums are written out, half of them near y and half near x
EDGE_LIMIT = 20  # edges whose local derivatives are told
TERM_LIMIT = 6  # terms of a sum that are written out
CELL = 28  # columns of a path in the ledger's table
DOTS = Math("…", r"\cdots ")


@dataclass(frozen=True, repr=False, eq=False)
class Explanation(Document):
    """Why ∂y/∂x is what it is: `.gradient`, `.n_paths`, `.paths` (largest first), `.why`, and the whole in words.

    `.text` keeps to 80 columns, `.markdown` and `.latex` (needs amsmath) say the same; notebooks show it rendered.
    """

    y: Value
    x: Value
    gradient: float
    n_paths: int
    paths: tuple[Path, ...]
    why: Cause
    _nodes: Sequence[Value]
    _gradients: Mapping[Value, float]
    _names: Names

    @property
    def rest(self) -> float:
        """What the paths that are not in `.paths` contribute together: the gradient without the sum of those listed."""
        if len(self.paths) == self.n_paths:
            return 0.0
        return self.gradient - sum(path.product for path in self.paths)

    @cached_property
    def blocks(self) -> Sequence[Block]:  # type: ignore[override]
        """The derivation, the ledger and the cause."""
        total, names = self._names.total(self.y, self.x), self._names
        head: Prose = (total, " = ", number(self.gradient), " at ", names[self.y], " = ", number(self.y.data), ", ",
                       names[self.x], " = ", number(self.x.data))  # fmt: skip
        why = Paragraph(("Why: ", *([self.why.prose] if isinstance(self.why.prose, str) else self.why.prose)))
        if self.x is self.y or not self.paths:
            return [Paragraph(head), why]
        return [Paragraph(head), why, *self._edges(), *self._derivation(), *self._ledger()]

    def _derivation(self) -> Iterator[Block]:
        yield Heading("The chain rule")
        yield Paragraph(("From ", self._names[self.y], " down to ", self._names[self.x], ", each node's gradient is "
                         "the sum over its uses: d along all paths, ∂ along one edge."))  # fmt: skip
        nodes, half = self._nodes[::-1], EQUATION_LIMIT // 2
        left_out = range(half, len(nodes) - half if len(nodes) > EQUATION_LIMIT + 1 else 0)
        yield Equation(self._names.total(self.y, self.y), [[number(1.0)]])
        for i, node in enumerate(nodes[1:], start=1):
            if i not in left_out:
                yield self._sum(node)
            elif i == half:
                yield Paragraph(f"  … {len(left_out):,} more nodes …")

    def _edges(self) -> Iterator[Block]:
        """Each node on the way, how it was made, and its local derivatives by the table's rule and in numbers."""
        names, on_the_way = self._names, set(self._nodes)
        rows: list[list[Prose]] = []
        nodes = self._nodes[:0:-1]
        for i, node in enumerate(nodes):
            if len(rows) >= EDGE_LIMIT:
                rows.append([f"… {len(nodes) - i:,} more", "", "", ""])
                break
            made: list[Prose] = [(names[node], " = ", names.formula(node)), number(node.data)]
            told: set[tuple[Value, Math]] = set()
            for place, parent in enumerate(node.parents):
                rule = names.rule(node, place)
                if parent in on_the_way and (parent, rule) not in told:  # the two edges of a + a are told once
                    slope = (names.local(node, parent), " = ", rule)
                    rows.append([*(("", "") if told else made), slope, number(node.partials[place])])
                    told.add((parent, rule))
        yield Heading("The nodes and their local derivatives")
        yield Table(["node", "", "local derivative", ""], "lrlr", rows)

    def _sum(self, node: Value) -> Equation:
        """One node's gradient as the sum over the edges to its users on the way."""
        symbols, numbers = [], []
        for user, place in self._uses[node]:
            symbols.append(product(self._names.total(self.y, user), self._names.local(user, node)))
            numbers.append(product(factor(self._gradients[user]), factor(user.partials[place])))
        more = len(symbols) - TERM_LIMIT
        if more > 0:
            dots = Math(f"… ({more:,} more)", rf"\ldots\ (\text{{{more:,} more}})")
            symbols[TERM_LIMIT:], numbers[TERM_LIMIT:] = [dots], [dots]
        return Equation(self._names.total(self.y, node), [symbols, numbers, [number(self._gradients[node])]])

    @cached_property
    def _uses(self) -> dict[Value, list[tuple[Value, int]]]:
        return uses(self._nodes)

    def _ledger(self) -> Iterator[Block]:
        count = whole(self.n_paths)
        paths = "path leads" if self.n_paths == 1 else "paths lead"
        yield Heading("The path ledger")
        yield Paragraph((count, f" {paths} from ", self._names[self.x], " to ", self._names[self.y],
                         "; each contributes the product of its local derivatives, largest first"))  # fmt: skip
        rows: list[list[Prose]] = [
            [str(i), self._way(path, partner), self._factors(path), self._product(path)]
            for i, (path, partner) in enumerate(zip(self.paths, _partners(self.paths), strict=True), start=1)
        ]  # fmt: skip
        if self.n_paths > len(self.paths):
            rows.append(["", (whole(self.n_paths - len(self.paths)), " more"), "", number(self.rest)])
        rows.append(["", "sum", "", number(self.gradient)])
        yield Table(["#", "path", "local derivatives", "product"], "rllr", rows)

    def _way(self, path: Path, partner: int) -> Prose:
        """The nodes from x up to y; of a long path those that somebody labelled, and of them the first and last."""
        nodes = path.nodes[::-1]
        names = [(self._names[node], bool(node.label) or node in (self.x, self.y)) for node in nodes]
        return _abridged(names, Math(" → ", r" \to ")), f" (cancels {partner})" if partner else ""

    def _factors(self, path: Path) -> Math:
        """The local derivatives from x up to y; of a long path those that are not 1, and of them the first and last."""
        factors = [(factor(partial), partial != 1.0) for partial in path.partials[::-1]] or [(number(1.0), True)]
        return _abridged(factors, Math(" · ", r" \cdot "))

    def _product(self, path: Path) -> Math:
        """The product, even where it is too large or too small for a double."""
        if (path.product and math.isfinite(path.product)) or not all(path.partials):
            return number(path.product)
        return scaled(*path.scaled) if all(map(math.isfinite, path.partials)) else number(path.product)


def _abridged(items: Sequence[tuple[Math, bool]], joint: Math) -> Math:
    """Items with a joint between them; what makes them too many is left out, items that are not worth keeping first."""
    whole = [item for item, _ in items]
    kept = whole if _fits(whole, joint) else [item if worth else DOTS for item, worth in items]
    ends = min(len(kept) // 2, CELL)
    shown = kept
    while not _fits(_deduplicated(shown), joint) and ends > 1:
        shown = [*kept[:ends], DOTS, *kept[-ends:]]
        ends -= 1
    shown = _deduplicated(shown)
    return Math(joint.text.join(x.text for x in shown), joint.latex.join(f"{{{x.latex}}}" for x in shown))


def _deduplicated(items: Sequence[Math]) -> list[Math]:
    """Dots once where they would stand several times."""
    return [item for i, item in enumerate(items) if item != DOTS or i == 0 or items[i - 1] != DOTS]


def _fits(items: Sequence[Math], joint: Math) -> bool:
    return sum(columns(item.text) + len(joint.text) for item in items) - len(joint.text) <= CELL


def explain(y: Value, x: Value, top: int = 10) -> Explanation:
    """Derive ∂y/∂x node by node and path by path, with the factor that limits it; the `top` largest paths are listed.

    Paths are counted, never walked, so that 2^5000 of them take no longer than the graph has nodes. Raises TypeError
    if y or x is no Value, ValueError if `top` is no positive int.
    """
    for name, value in (("y", y), ("x", x)):
        if not isinstance(value, Value):
            raise TypeError(f"explain: expected {name} to be a Value, got {shown(value)}")
    if not isinstance(top, int) or isinstance(top, bool) or top < 1:
        raise ValueError(f"explain: expected top to be a positive int, got {shown(top)}")
    nodes = between(y, x)
    below = toposort(y)
    names = Names(below if nodes else [*below, x], y)
    if not nodes:
        why = Cause(
            "unreachable", x, (names[x], " does not reach ", names[y], ": no path leads from the one to the other")
        )
        return Explanation(y, x, 0.0, 0, (), why, nodes, {}, names)
    gradients, found = adjoints(y), ledger(nodes, top)
    why = find_cause(nodes, gradients, found, names)
    return Explanation(y, x, gradients[x], found.n_paths, found.paths, why, nodes, gradients, names)


def _partners(paths: Sequence[Path]) -> list[int]:
    """For each path the number, from 1, of the one that it cancels exactly, or 0; each cancels one at most."""
    partners = [0] * len(paths)
    waiting: dict[float, list[int]] = {}
    for i, path in enumerate(paths, start=1):
        x = path.product
        if waiting.get(-x):
            j = waiting[-x].pop(0)
            partners[i - 1], partners[j - 1] = j, i
        elif x and math.isfinite(x):
            waiting.setdefault(x, []).append(i)
    return partners

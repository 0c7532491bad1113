"""Names for the nodes of a graph, and the formulas that are written with them.

Nodes without a label get a short name that no label has.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from autograd_lite.telling.cases import in_cases
from autograd_lite.telling.formula import Formula, written
from autograd_lite.telling.notation import Math, factor, label_math, number, shortened
from autograd_lite.value import Value

__all__ = ["Names"]


class Names:
    """The names of the nodes of a graph: `names[node]` is their `Math`, unique unless the node is a constant.

    A node is called by its label, cut at `LABEL_LIMIT` characters, a constant without one by its number, the root y,
    and every other node v1, v2, … in the order given. A second node of the same label gets a number behind it, h#2, in
    the order of the computation, as in pictures.
    """

    def __init__(self, nodes: Iterable[Value], root: Value | None = None) -> None:
        nodes = list(nodes)
        self._names: dict[Value, str] = {}
        taken = {shortened(node.label) for node in nodes}
        given: set[str] = set()
        counts = {"v": 0}  # a made-up name starts at 1, the second node of a label at 2
        for node in _in_time(nodes):
            name = shortened(node.label)
            if is_bare(node):
                continue
            if not name and node is root and "y" not in taken:
                name = "y"
            if not name or name in given:
                name = _unused(name + "#" if name else "v", counts, taken)
            given.add(name)
            self._names[node] = name

    def __getitem__(self, node: Value) -> Math:
        return factor(node.data) if is_bare(node) else label_math(self._names[node])

    def total(self, y: Value, x: Value) -> Math:
        """The derivative along all paths, dy/dx."""
        return _quotient("d", r"\mathrm{d}", self[y], self[x])

    def local(self, node: Value, parent: Value) -> Math:
        """The derivative along one edge, ∂node/∂parent."""
        return _quotient("∂", r"\partial ", self[node], self[parent])

    def formula(self, node: Value) -> Math:
        """How the node is made from its parents; the number of a leaf."""
        if node.op is None:
            return number(node.data)
        return written(node.op, [self._symbol(parent) for parent in node.parents])

    def rule(self, node: Value, place: int) -> Math:
        """The local derivative toward the parent at that place, in symbols: the table's own rule, written down."""
        assert node.op is not None
        partials = node.op.partials(*map(self._symbol, node.parents), self._symbol(node))
        return in_cases(Formula.of(partials[place])).math

    def _symbol(self, node: Value) -> Formula:
        return Formula.of(node.data) if is_bare(node) else Formula(self[node], now=node.data)


def _in_time(nodes: Sequence[Value]) -> list[Value]:
    """The nodes with those of the longest way to the root first among leaves of a label: x of step 1, then of step 2.

    What ops made comes in that order; leaves come by their first use in a walk that begins at the end.
    """
    height = dict.fromkeys(nodes, 0)
    for node in reversed(nodes):
        for parent in node.parents:
            height[parent] = max(height.get(parent, 0), height[node] + 1)
    return sorted(nodes, key=lambda node: -height[node] if node.op is None and node.label else 0)


def is_bare(node: Value) -> bool:
    """Whether the node is a constant that is written as its number alone: the 2 of `2 * x`."""
    return node.op is None and node.kind == "constant" and not shortened(node.label)


def _quotient(text: str, latex: str, above: Math, below: Math) -> Math:
    return Math(
        f"{text}{above.text}/{text}{below.text}", rf"\frac{{{latex}{{{above.latex}}}}}{{{latex}{{{below.latex}}}}}"
    )


def _unused(stem: str, counts: dict[str, int], taken: set[str]) -> str:
    counts.setdefault(stem, 1)
    while True:
        counts[stem] += 1
        name = f"{stem}{counts[stem]}"
        if name not in taken:
            return name

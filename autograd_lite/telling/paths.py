"""Every path from one node of a graph up to another: how many there are, and which weigh most.

A gradient is the sum over all paths of the product of the local derivatives on them. There may be 2^5000, so they are
counted, and the largest found, by dynamic programming over the nodes between the two: what a node has is made of what
its parents have. Products are kept as mantissa and exponent, which neither overflow nor underflow.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from heapq import nlargest

from autograd_lite.graph import toposort
from autograd_lite.value import Value

# |product| as (exponent, mantissa) with the mantissa in [1/2, 1): tuples compare like the numbers.
Magnitude = tuple[float, float]
ONE: Magnitude = (1, 0.5)
ZERO: Magnitude = (-math.inf, 0.0)
INFINITE: Magnitude = (math.inf, 0.5)


@dataclass(frozen=True)
class Path:
    """One way from x up to y: `nodes` from y down to x, and `partials`, the local derivative on each edge between."""

    nodes: tuple[Value, ...]
    partials: tuple[float, ...]

    @property
    def product(self) -> float:
        """The product of the partials: what this path contributes to ∂y/∂x."""
        if not all(map(math.isfinite, self.partials)):
            return math.prod(self.partials)
        mantissa, exponent = self.scaled
        return mantissa * math.inf if exponent > 1024 else math.ldexp(mantissa, exponent)

    @property
    def scaled(self) -> tuple[float, int]:
        """The product of finite partials as mantissa · 2^exponent, also where no double holds it."""
        mantissa, exponent = 1.0, 0
        for partial in self.partials:
            mantissa, shift = math.frexp(mantissa * partial)
            exponent += shift
        return mantissa, exponent


@dataclass(frozen=True)
class Ledger:
    """The paths from x to y: their exact number, the largest of them, and Σ|product| over all."""

    n_paths: int
    paths: tuple[Path, ...]
    absolute: float


def between(y: Value, x: Value) -> list[Value]:
    """The nodes on a path from x up to y, parents first, so from x to y; none if there is no path.

    None leads from a number that stands in a formula.
    """
    depends = set() if x.kind == "constant" else {x}
    for node in toposort(y):
        if node is not x and any(parent in depends for parent in node.parents):
            depends.add(node)
    return [x, *(n for n in toposort(y) if n in depends and n is not x)] if y in depends else []


def ledger(nodes: list[Value], top: int) -> Ledger:
    """Count the paths through these nodes, from the first (x) to the last (y), and find the `top` largest."""
    if not nodes:
        return Ledger(0, (), 0.0)
    x, y = nodes[0], nodes[-1]
    counts: dict[Value, int] = {x: 1}
    absolute: dict[Value, float] = {x: 1.0}
    # For each node its largest paths down to x: the magnitude, the edge that it begins with, its rank at the parent.
    best: dict[Value, list[tuple[Magnitude, int, int]]] = {x: [(ONE, -1, 0)]}
    for node in nodes[1:]:
        edges = [(i, p, d) for i, (p, d) in enumerate(zip(node.parents, node.partials, strict=True)) if p in counts]
        counts[node] = sum(counts[parent] for _, parent, _ in edges)
        absolute[node] = sum(abs(partial) * absolute[parent] for _, parent, partial in edges)
        candidates = (
            (_times(_magnitude(partial), magnitude), i, rank)
            for i, parent, partial in edges
            for rank, (magnitude, _, _) in enumerate(best[parent])
        )
        best[node] = nlargest(top, candidates, key=lambda candidate: candidate[0])
    paths = tuple(_path(best, y, x, rank) for rank in range(len(best[y])))
    return Ledger(counts[y], paths, absolute[y])


def _path(best: dict[Value, list[tuple[Magnitude, int, int]]], y: Value, x: Value, rank: int) -> Path:
    """The path of one rank at y, followed down edge by edge."""
    nodes, partials = [y], []
    while nodes[-1] is not x:
        node = nodes[-1]
        _, i, rank = best[node][rank]
        partials.append(node.partials[i])
        nodes.append(node.parents[i])
    return Path(tuple(nodes), tuple(partials))


def _magnitude(x: float) -> Magnitude:
    """|x|; a nan counts as infinite, for it is what the reader must see first."""
    if not math.isfinite(x):
        return INFINITE
    mantissa, exponent = math.frexp(abs(x))
    return (exponent, mantissa) if mantissa else ZERO


def _times(a: Magnitude, b: Magnitude) -> Magnitude:
    if INFINITE in (a, b):
        return INFINITE
    mantissa, shift = math.frexp(a[1] * b[1])
    return (a[0] + b[0] + shift, mantissa) if mantissa else ZERO

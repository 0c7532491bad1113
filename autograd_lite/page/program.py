"""The program of a page: a graph as a tape that gives the number of every node and the local derivative on every edge.

The table's partials run on the graph's own Values, so that the rules become nodes and the tape has them as
instructions. The page then needs no rule: it multiplies upstream gradients with these numbers and adds up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from autograd_lite.backends import javascript
from autograd_lite.derivatives.sharing import sharing
from autograd_lite.graph import toposort
from autograd_lite.modes import enable_grad
from autograd_lite.op import Number
from autograd_lite.tape import Tape, trace
from autograd_lite.telling.steps import rehearsal
from autograd_lite.value import Constant, Value

Edge = tuple[int, int]  # the number of the node that uses, and the place of what it uses among its parents


@dataclass(frozen=True)
class Program:
    """A graph's nodes, parents first; which of them are inputs; every edge; and the edges in the order of a pass.

    The tape's outputs are the numbers of the nodes and then the local derivatives on the edges.
    """

    nodes: list[Value]
    inputs: list[int]
    edges: list[Edge]
    steps: list[int]
    tape: Tape

    @property
    def source(self) -> str:
        """The tape as the function `evaluate` of an object."""
        return functions({"evaluate": self.tape})


def functions(tapes: Mapping[str, Tape]) -> str:
    """An expression in JavaScript: an object of functions, one a tape, in a scope of their own."""
    written = [javascript.function(name, tape) for name, tape in tapes.items()]
    library = javascript.library("\n".join(written))
    body = "\n\n".join([*library, *written, f"return {{ {', '.join(tapes)} }};"])
    return f"(() => {{\n{body}\n}})()"


def program(y: Value) -> Program:
    """The program of the graph below y; its inputs are the leaves, but for the numbers that stand in formulas."""
    nodes = toposort(y)
    numbers = {node: i for i, node in enumerate(nodes)}
    inputs = [node for node in nodes if node.op is None and node.kind != "constant"]
    edges = [(i, place) for i, node in enumerate(nodes) for place in range(len(node.parents))]
    with enable_grad(), sharing(nodes):
        partials = [partial for node in nodes for partial in _partials(node)]
    tape = trace([*nodes, *partials], inputs).simplified()
    places = {edge: k for k, edge in enumerate(edges)}
    steps = [places[numbers[node], place] for node, place in _order(y)]
    return Program(nodes, [numbers[x] for x in inputs], edges, steps, tape)


def _partials(node: Value) -> list[Value]:
    """The local derivatives of a node, as Values."""
    if node.op is None:
        return []
    found: tuple[Number, ...] = node.op.partials(*node.parents, node)
    return [partial if isinstance(partial, Value) else Constant(partial) for partial in found]


def _order(y: Value) -> list[tuple[Value, int]]:
    """The edges in the order of `backward_steps`, each as a node and the place of its parent."""
    order: list[tuple[Value, int]] = []
    met: dict[tuple[Value, Value], int] = {}
    for step in rehearsal(y):
        pairs = zip(step.node.parents, step.node.factors, strict=True)
        places = [k for k, (parent, factor) in enumerate(pairs) if parent is step.parent and factor is not None]
        edge = step.node, step.parent
        order.append((step.node, places[met.get(edge, 0)]))  # of a node used twice first the first use
        met[edge] = met.get(edge, 0) + 1
    return order

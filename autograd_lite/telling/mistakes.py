"""`mistakes`: the classic wrong backward passes, run on purpose beside the right one.

Each is the chain rule with one thing wrong: how contributions are put together, the order, what is left from a pass
before, or which local derivative is taken. All walk the same graph with the partials that the ops gave, and none
touches a gradient of the graph; the right numbers are the engine's.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from autograd_lite.composite import Told, plain
from autograd_lite.errors import as_float, shown
from autograd_lite.graph import edges, interior, sweep, toposort
from autograd_lite.ops import FUNCTION, Op
from autograd_lite.telling import forgetting
from autograd_lite.telling.document import Block, Document, Heading, Paragraph, Prose, Table
from autograd_lite.telling.names import Names
from autograd_lite.telling.notation import number
from autograd_lite.telling.steps import adjoints
from autograd_lite.value import Value

Gradients = dict[Value, float]
Edges = Callable[[Value], Sequence[tuple[Value, float]]]

ROUNDING = 1e-12  # relative: another order of additions is no mistake


@dataclass(frozen=True)
class Mistake:
    """One wrong pass: its `name`, what it does, all its gradients, and the first node that it gets wrong.

    `node` is the first in the order of the right pass, with its `right` and its `wrong` gradient; all three are None
    where the mistake makes no difference on this graph. `leaves` says how many leaves end up wrong.
    """

    name: str
    says: str
    gradients: Mapping[Value, float]
    node: Value | None
    right: float | None
    wrong: float | None
    leaves: int


@dataclass(frozen=True, repr=False, eq=False)
class Mistakes(Document):
    """The wrong passes beside the right one: `.passes`, `.right` (its gradients), and a table."""

    y: Value
    right: Mapping[Value, float]
    passes: tuple[Mistake, ...]
    _names: Names
    _lr: float

    @cached_property
    def blocks(self) -> Sequence[Block]:  # type: ignore[override]
        """A table with a row a mistake, below it what each does, and a training loop that forgets `zero_grad`."""
        leaves = sum(node.op is None and node.kind != "constant" for node in self.right)
        rows: list[list[Prose]] = []
        for found in self.passes:
            if found.node is None or found.right is None or found.wrong is None:
                rows.append([found.name, "none here", "", "", f"0 of {leaves}"])
            else:
                numbers = [number(found.right), number(found.wrong)]
                rows.append([found.name, self._names[found.node], *numbers, f"{found.leaves} of {leaves}"])
        table = Table(["mistake", "first wrong at", "right", "wrong", "leaves wrong"], "llrrr", rows)
        told = [Paragraph(f"{found.name}: {found.says}") for found in self.passes]
        return [Heading("Wrong on purpose"), table, *told, *forgetting.told(self.y, self._names, self._lr)]


def mistakes(y: Value, lr: float = 0.1) -> Mistakes:
    """Run the classic wrong backward passes of y and find the first node, from y down, at which each goes wrong.

    Below them stand three steps of gradient descent by `lr` on a copy of the graph, with `zero_grad` and without. The
    gradients in the graph stay as they are. Raises TypeError if y is no Value or `lr` no number.
    """
    if not isinstance(y, Value):
        raise TypeError(f"mistakes: expected a Value, got {shown(y)}")
    nodes = toposort(y)
    right = {node: float(gradient) for node, gradient in adjoints(y).items()}
    step = as_float(lr, "mistakes: lr")
    if not math.isfinite(step):
        raise ValueError(f"mistakes: expected lr to be finite, got {step}")
    wrong = (_compared(name, says, run(y), nodes, right) for name, (says, run) in WRONG.items())
    return Mistakes(y, right, tuple(wrong), Names(nodes, y), step)


def _compared(
    name: str, says: str, gradients: Gradients, nodes: Sequence[Value], right: Mapping[Value, float]
) -> Mistake:
    gradients = {node: gradients.get(node, 0.0) for node in nodes}
    different = [node for node in reversed(nodes) if not _same(gradients[node], right[node])]
    leaves = sum(node.op is None and node.kind != "constant" for node in different)
    if not different:
        return Mistake(name, says, gradients, None, None, None, 0)
    return Mistake(name, says, gradients, different[0], right[different[0]], gradients[different[0]], leaves)


def _same(a: float, b: float) -> bool:
    return math.isclose(a, b, rel_tol=ROUNDING) or (math.isnan(a) and math.isnan(b))


# ---- the passes: the right one, `sweep`, with one thing wrong ----


def _pass(y: Value, edges: Edges, before: Gradients | None = None) -> Gradients:
    """The pass in topological order, on top of what a pass before left."""
    return sweep(reversed(interior((y,))), {**(before or {}), y: 1.0}, edges)


def _assigning(y: Value) -> Gradients:
    """With = for +=, only the last edge into each node counts."""
    last = {parent: (node, i) for node in reversed(interior((y,))) for i, (parent, _) in enumerate(edges(node))}
    return _pass(y, lambda node: [edge for i, edge in enumerate(edges(node)) if last[edge[0]] == (node, i)])


def _twice(y: Value) -> Gradients:
    return _pass(y, edges, before=_pass(y, edges))


def _too_early(y: Value) -> Gradients:
    """Each node pushes once, as soon as the first contribution reaches it, and not what comes later."""
    gradients: Gradients = {y: 1.0}
    entered = {y}
    stack: list[tuple[float, Iterator[tuple[Value, float]]]] = [(1.0, iter(edges(y)))]
    while stack:
        upstream, ahead = stack[-1]
        edge = next(ahead, None)
        if edge is None:
            stack.pop()
            continue
        parent, partial = edge
        gradients[parent] = gradients.get(parent, 0.0) + partial * upstream
        if parent not in entered:
            entered.add(parent)
            stack.append((gradients[parent], iter(edges(parent))))
    return gradients


def _without_slope(y: Value) -> Gradients:
    return _pass(y, lambda node: [(p, 1.0) for p, _ in edges(node)] if _is_function(node) else edges(node))


def _input_for_output(y: Value) -> Gradients:
    """The table's rule for σ′, called with the input where it takes the output: 1 − z² for the 1 − a² of tanh."""

    def confused(node: Value) -> Sequence[tuple[Value, float]]:
        if node.op is None or not _is_function(node):
            return edges(node)
        (z,) = node.parents
        return [(z, slope_by_input(node.op, z.data))]

    return _pass(y, confused)


def slope_by_input(op: Op, z: float) -> float:
    """The slope of a function of one number by its rule as it is told, given the input z for the output, too."""
    (slope,) = op.partials(Told(z), Told(z))
    return plain(slope, op.name)


def _is_function(node: Value) -> bool:
    """Whether the node is σ(z) for some function σ of one number."""
    return node.op is not None and node.op.arity == 1 and node.op.precedence == FUNCTION


WRONG: dict[str, tuple[str, Callable[[Value], Gradients]]] = {
    "= for +=": ("a node used twice keeps only the last contribution.", _assigning),
    "no topological order": ("a node pushes before all that use it have pushed, so it hands on a part.", _too_early),
    "no zeroing": ("a second pass adds to the interior gradients that the first one left.", _twice),
    "σ′ missing": ("the gradient passes an activation unchanged, as if its slope were 1.", _without_slope),
    "input for output": ("σ′ wants the output a, as in 1 − a² for tanh, and is given the input z.", _input_for_output),
}  # fmt: skip

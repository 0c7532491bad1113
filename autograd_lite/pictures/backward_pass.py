"""The backward pass after k of its steps: what each node has received, and what is done, current and waiting.

A step is one edge, from a node to one of its parents, in the order in which `backward()` takes them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from autograd_lite.by_hand import Step
from autograd_lite.graph import downhill
from autograd_lite.labels import sentence
from autograd_lite.pictures.boxes import LABEL_LIMIT, rounded
from autograd_lite.telling.steps import rehearsal
from autograd_lite.value import Value

Edge = tuple[Value, int]  # a node and the position of one of its parents


@dataclass(frozen=True)
class Moment:
    """A backward pass after some steps: the gradients so far, the state of every node and edge, and a sentence."""

    grads: dict[Value, float]
    nodes: dict[Value, str]
    edges: dict[Edge, str]
    note: str


def edges(root: Value) -> list[Edge]:
    """The edges of the graph below root, in the order of a backward pass."""
    return [(node, i) for node in reversed(downhill(root)) for i, x in enumerate(node.factors) if x is not None]


def n_steps(root: Value) -> int:
    """The number of steps of a backward pass from root."""
    return len(edges(root))


def after(root: Value, step: int, labels: Mapping[Value, str]) -> Moment:
    """The backward pass from root after `step` edges, from 0 to `n_steps(root)`."""
    for moment in moments(root, labels, step, step):
        return moment
    raise ValueError(f"after: expected step between 0 and {n_steps(root)}, got {step}")


def moments(root: Value, labels: Mapping[Value, str], first: int = 0, last: int | None = None) -> Iterator[Moment]:
    """The pass after `first` steps, after one more, and so on to `last`, by default the end.

    The sentences name nodes by `labels`, those of the picture, whatever is renamed meanwhile.
    """
    order = edges(root)
    to_come = Counter(node.parents[i] for node, i in order)
    grads: dict[Value, float] = {root: 1.0}
    steps = rehearsal(root)
    for k in range((len(order) if last is None else last) + 1):
        note = f"step 0 of {len(order)}: the root's own gradient is 1"
        if k > 0:
            step = next(steps)
            grads[step.parent] = step.after
            to_come[step.parent] -= 1
            note = f"step {k} of {len(order)}: {_told(step, labels)}"
        if k >= first:
            yield Moment(dict(grads), _node_states(order, k, grads, to_come), _edge_states(order, k), note)


def _told(step: Step, labels: Mapping[Value, str]) -> str:
    together = "" if step.before is None else f", together {rounded(step.after)}"
    received = f"{rounded(step.local)} × {rounded(step.upstream)} = {rounded(step.contribution)}"
    return f"{_name(step.parent, labels)} receives {received}{together}"


def _node_states(order: list[Edge], k: int, grads: dict[Value, float], to_come: Counter[Value]) -> dict[Value, str]:
    """A node is done when all its users have handed down to it, current when it is handing or receiving."""
    states = {x: "done" if x in grads and not to_come[x] else "waiting" for edge in order for x in _ends(edge)}
    states.update(dict.fromkeys(_ends(order[k - 1]) if k else list(grads), "current"))
    return states


def _edge_states(order: list[Edge], k: int) -> dict[Edge, str]:
    return {edge: "done" if j < k - 1 else "current" if j == k - 1 else "waiting" for j, edge in enumerate(order)}


def _ends(edge: Edge) -> tuple[Value, Value]:
    node, i = edge
    return node, node.parents[i]


def _name(node: Value, labels: Mapping[Value, str]) -> str:
    return sentence(labels.get(node, ""), LABEL_LIMIT) or (f"the result of {node.op.symbol}" if node.op else "a leaf")

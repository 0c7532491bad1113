"""Why `zero_grad`: three steps of gradient descent on a copy of a graph, with it and without.

The loop is the one that everybody writes: build the graph, `backward()`, step, again. `backward()` adds into the
leaves, so that a leaf used twice gets both contributions; what is left there from the step before is added to as well.
"""

from __future__ import annotations

from collections.abc import Mapping

from autograd_lite.graph import interior, toposort
from autograd_lite.modes import enable_grad
from autograd_lite.op import Number
from autograd_lite.telling.document import Block, Heading, Paragraph, Prose, Table
from autograd_lite.telling.names import Names
from autograd_lite.telling.notation import number, whole
from autograd_lite.value import Value

STEPS = 3
Taken = tuple[float, float, float]  # a step: the gradient that it went along, the leaf's number before, and y's


def trained(y: Value) -> list[Value]:
    """The leaves that a training loop would change: the parameters, or where there are none every input."""
    leaves = [node for node in toposort(y) if node.op is None and node.kind != "constant"]
    return [leaf for leaf in leaves if leaf.kind == "parameter"] or leaves


def descent(y: Value, watched: Value, lr: float, zeroing: bool) -> list[Taken]:
    """Three steps on a copy of the graph, told by one leaf: with `zero_grad` before each pass, or without."""
    copies = {leaf: Value(leaf.data) for leaf in toposort(y) if leaf.op is None and leaf.kind != "constant"}
    taken = []
    for _ in range(STEPS):
        with enable_grad():
            root = _built(y, copies)
        if zeroing:
            for leaf in copies.values():
                leaf.grad = None
        root.backward()
        taken.append((copies[watched].grad or 0.0, copies[watched].data, root.data))
        for leaf in trained(y):
            copies[leaf].data -= lr * (copies[leaf].grad or 0.0)
    return taken


def _built(y: Value, copies: Mapping[Value, Value]) -> Value:
    """The graph of y once more, on copies of its leaves with the numbers that these have now."""
    made: dict[Value, Number] = dict(copies)
    for node in toposort(y):
        if node.op is not None:
            made[node] = node.op(*[made[parent] for parent in node.parents])
        elif node not in made:
            made[node] = node.data
    root = made[y]
    return root if isinstance(root, Value) else Value(root)


def told(y: Value, names: Names, lr: float) -> list[Block]:
    """The steps beside each other, for the first leaf that is trained; nothing where there is none."""
    if not trained(y):
        return []
    leaf = trained(y)[0]
    right, wrong = (descent(y, leaf, lr, zeroing) for zeroing in (True, False))
    rows: list[list[Prose]] = [
        [str(k), *map(number, a), "", *map(number, b)]
        for k, (a, b) in enumerate(zip(right, wrong, strict=True), start=1)
    ]
    three: list[Prose] = [names.total(y, leaf), names[leaf], names[y]]
    return [
        Heading(
            ("Three steps ", names[leaf], " ← ", names[leaf], f" − {lr:g} · gradient, with zero_grad() and without")
        ),
        Table(["step", *three, "", *three], "rrrrlrrr", rows),
        Paragraph(
            "backward() adds into the leaves. With zero_grad() before each pass a step goes along the gradient of that "
            "moment; forgetting it, along the sum of all gradients since the start, so it overshoots. A second "
            "backward() on the same graph doubles what the leaves have, for the same reason."
        ),
        _recursion(y),
    ]


def _recursion(y: Value) -> Paragraph:
    """What handing every contribution on at once would cost: right numbers, a call a path."""
    visits: dict[Value, int] = {y: 1}
    for node in reversed(interior((y,))):
        for parent in node.parents:
            visits[parent] = visits.get(parent, 0) + visits[node]
    calls, nodes = sum(visits.values()), len(toposort(y))
    return Paragraph((
        "By recursion, every contribution handed on as it comes, the numbers are right at the price of a call a path: ",
        whole(calls), " call" if calls == 1 else " calls", " here for ",
        whole(nodes), " node." if nodes == 1 else " nodes.",
    ))  # fmt: skip

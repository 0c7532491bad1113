"""Why a gradient is what it is: the one factor, or sum, that made it zero, tiny, infinite or nan.

A gradient that is 0 or not finite is traced from x upward, against the order in which the backward pass came down:
at each node to the edge whose contribution is to blame, until a partial or a sum is found that did it by itself. Of
any other gradient the smallest factor on its largest path is named, or the paths that nearly cancel.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from autograd_lite.graph import uses
from autograd_lite.ops import FUNCTION
from autograd_lite.telling.document import Prose, plain
from autograd_lite.telling.names import Names, is_bare
from autograd_lite.telling.notation import Math, factor, number, product
from autograd_lite.telling.paths import Ledger, Path
from autograd_lite.value import Value

SATURATED = 0.01  # a slope below this is a flat tail
CANCELLED = 1e-6  # of Σ|paths|: what is left where paths nearly cancel

FLAT = {"relu": "dead ReLU", "where": "branch not taken", "maximum": "not the maximum", "minimum": "not the minimum"}


@dataclass(frozen=True)
class Cause:
    """What limits a gradient: its `kind` in a word or two, the `node` at which it happens, and a sentence with numbers.

    For who tells it otherwise (another language) the sentence's material: the edge whose slope is to blame, as its
    user and the parent, and the numbers that are multiplied or added up there.

    Kinds: unreachable, dead ReLU, saturated, zero factor, zero slope, cancellation, underflow, overflow, nan, inf,
    small factor, branch not taken, not the maximum, not the minimum, none.
    """

    kind: str
    node: Value | None
    prose: Prose
    edge: tuple[Value, Value] | None = None
    numbers: tuple[float, ...] = ()

    def __str__(self) -> str:
        return plain(self.prose)


@dataclass(frozen=True)
class _Edge:
    """One use of a node: `user` took it as operand number `place`."""

    user: Value
    place: int
    upstream: float
    local: float

    @property
    def contribution(self) -> float:
        return self.local * self.upstream


def find_cause(nodes: Sequence[Value], gradients: Mapping[Value, float], ledger: Ledger, names: Names) -> Cause:
    """The limiting factor of ∂y/∂x, for the nodes on the paths from x (the first) to y (the last)."""
    search = _Search(nodes, gradients, names)
    gradient = gradients[nodes[0]]
    if not math.isfinite(gradient):
        return search.not_finite()
    if math.isnan(nodes[-1].data):  # its gradient may be a number, as that of log at -1 is, and means nothing
        return search.born_below(nodes[-1])
    if gradient == 0.0:
        return search.zero()
    return search.smallest(gradient, ledger)


class _Search:
    def __init__(self, nodes: Sequence[Value], gradients: Mapping[Value, float], names: Names) -> None:
        self.x, self.gradients, self.names = nodes[0], gradients, names
        self.edges = {
            node: [_Edge(user, place, gradients[user], user.partials[place]) for user, place in found]
            for node, found in uses(nodes).items()
        }

    # ---- zero ----

    def zero(self) -> Cause:
        """Why the gradient of x is exactly 0: climb while it was 0 already where it came from."""
        node = self.x
        while self._only_zeros_arrive(node):
            node = self.edges[node][0].user
        return self._made_zero(node)

    def _only_zeros_arrive(self, node: Value) -> bool:
        """Whether a gradient of 0 comes down every edge, so that nothing was made 0 here."""
        edges = self.edges[node]
        return bool(edges) and all(edge.upstream == 0.0 and edge.local != 0.0 for edge in edges)

    def _made_zero(self, node: Value) -> Cause:
        """What made the gradient 0 at this node: the root's own 0, a sum, a flat op, or a product too small."""
        edges = self.edges[node]
        if not edges:
            return Cause("zero factor", node, (self.names[node], " was given the gradient 0"))
        terms = [edge for edge in edges if edge.upstream and edge.contribution]  # where 0 arrives, nan is no term
        if terms:
            return self._cancelled(node, terms)
        edge = next(edge for edge in edges if edge.local == 0.0 or edge.upstream != 0.0)
        return self._flat(edge) if edge.local == 0.0 else self._underflow(edge)

    def _cancelled(self, node: Value, terms: Sequence[_Edge]) -> Cause:
        told = _listed([(number(e.contribution), " from ", self.names[e.user]) for e in terms[:4]])
        more = f" and {len(terms) - 4} more" if len(terms) > 4 else ""
        count = "two" if len(terms) == 2 else str(len(terms))
        return Cause(
            "cancellation", node,
            (f"cancellation: the {count} contributions to ", self.names[node], " add up to exactly 0: ", *told, more),
            numbers=tuple(edge.contribution for edge in terms[:4]),
        )  # fmt: skip

    def _flat(self, edge: _Edge) -> Cause:
        """A partial that is 0, by what kind of op it belongs to."""
        user, parent = edge.user, edge.user.parents[edge.place]
        assert user.op is not None
        slope = (self.names.local(user, parent), " = 0")
        if user.op.name == "multiply":
            other = user.parents[1 - edge.place]
            return Cause(
                "zero factor", other,
                ("zero factor: ", *self._made(user), ", and its factor ", *self._is(other), ", so ", *slope),
                (user, parent),
            )  # fmt: skip
        kind = FLAT.get(user.op.name, "saturated" if _is_squashing(user) else "zero slope")
        told = (f"{kind}: ", *self._made(user), " with ", *self._is(parent), ", so ", *slope)
        return Cause(kind, user, told, (user, parent))

    def _underflow(self, edge: _Edge) -> Cause:
        both = product(factor(edge.local), factor(edge.upstream))
        told = ("underflow: at ", self.names[edge.user], " the product ", both, " is less than the smallest double")
        return Cause("underflow", edge.user, told, numbers=(edge.local, edge.upstream))

    # ---- nan and inf ----

    def not_finite(self) -> Cause:
        """Where the gradient of x stopped being finite: climb to the edge, then down to the op, where it was born."""
        node, guilty = self.x, self._guilty(self.x)
        while guilty and not math.isfinite(guilty.upstream) and self.edges[guilty.user]:
            node, guilty = guilty.user, self._guilty(guilty.user)
        if guilty is None:
            return self._sum_overflows(node)
        if not math.isfinite(guilty.upstream):
            return self._kind(guilty.user, "the root was given the gradient ", number(guilty.upstream))
        return self._born(guilty)

    def _guilty(self, node: Value) -> _Edge | None:
        """The first use of the node that contributes nan or inf."""
        return next((edge for edge in self.edges[node] if not math.isfinite(edge.contribution)), None)

    def _sum_overflows(self, node: Value) -> Cause:
        numbers = tuple(edge.contribution for edge in self.edges[node][:4])
        told = ("overflow: the contributions to ", self.names[node], " are ", *_listed([(number(x),) for x in numbers]))
        return Cause("overflow", node, told, numbers=numbers)

    def _born(self, edge: _Edge) -> Cause:
        """A product of a finite gradient and a partial that is not finite, or that overflows with it."""
        if math.isfinite(edge.local):
            return self._overflow(edge)
        return self._infinite_slope(edge) if _first_not_finite(edge.user) is None else self.born_below(edge.user)

    def _overflow(self, edge: _Edge) -> Cause:
        both = product(factor(edge.local), factor(edge.upstream))
        told = ("overflow: at ", self.names[edge.user], " the product ", both, " is too large")
        return Cause("overflow", edge.user, told, numbers=(edge.local, edge.upstream))

    def _infinite_slope(self, edge: _Edge) -> Cause:
        """A partial that is inf or nan though all numbers are finite."""
        user, parent = edge.user, edge.user.parents[edge.place]
        slope = (self.names.local(user, parent), " = ", number(edge.local))
        times = (", and the gradient 0 · ", number(edge.local), " is nan") if edge.upstream == 0.0 else ()
        told = ("born at ", *self._made(user), " with ", *self._is(parent), ", where ", *slope, *times)
        return replace(self._kind(user, *told), edge=(user, parent), numbers=(edge.local, edge.upstream))

    def born_below(self, node: Value) -> Cause:
        """The op, or the input, whose number is the first at or below this node that is not finite."""
        origin = _first_not_finite(node)
        assert origin is not None
        if origin.op is None:
            return self._kind(origin, "the input ", *self._is(origin))
        return self._kind(origin, "born at ", *self._made(origin), " = ", number(origin.data), *self._operands(origin))

    def _kind(self, node: Value, *prose: str | Math) -> Cause:
        gradient = self.gradients[self.x]
        kind = "inf" if math.isinf(gradient) else "nan"
        return Cause(kind, node, (f"{kind}: ", *prose))

    # ---- any other number ----

    def smallest(self, gradient: float, ledger: Ledger) -> Cause:
        """Paths that nearly cancel, or the smallest factor on the largest path."""
        if ledger.n_paths > 1 and abs(gradient) <= CANCELLED * ledger.absolute < math.inf:
            ratio = (number(gradient), " is left of ", number(ledger.absolute), " in absolute terms")
            return Cause("cancellation", self.x, ("cancellation: the paths nearly cancel; ", *ratio))
        return self._smallest_factor(ledger.paths[0])

    def _smallest_factor(self, path: Path) -> Cause:
        small = [abs(partial) for partial in path.partials]
        if not small or min(small) >= 1.0:
            return Cause("none", None, "nothing limits it: no factor on the largest path is smaller than 1")
        i = small.index(min(small))
        user, parent = path.nodes[i], path.nodes[i + 1]
        kind = "saturated" if _is_squashing(user) and small[i] < SATURATED else "small factor"
        slope = (self.names.local(user, parent), " = ", number(path.partials[i]))
        note = "" if kind == "saturated" else ", the smallest on the largest path"
        return Cause(kind, user, (f"{kind}: ", *slope, f"{note}, where ", *self._made(user), *self._operands(user)))

    # ---- words ----

    def _is(self, node: Value) -> tuple[str | Math, ...]:
        """The node and its number; of a constant just the number."""
        name, value = self.names[node], number(node.data)
        return (value,) if is_bare(node) else (name, " = ", value)

    def _operands(self, node: Value) -> list[str | Math]:
        """The parents' numbers, but for constants, which the formula has."""
        named = dict.fromkeys(parent for parent in node.parents if not is_bare(parent))
        return [" with ", *_listed([self._is(parent) for parent in named])] if named else []

    def _made(self, node: Value) -> tuple[str | Math, ...]:
        return (self.names[node], " = ", self.names.formula(node))


def _is_squashing(node: Value) -> bool:
    """Whether the op is a function of one number, whose slope can be flat."""
    return node.op is not None and node.op.arity == 1 and node.op.precedence == FUNCTION


def _first_not_finite(node: Value) -> Value | None:
    """The node at or below this one whose number is nan or inf though its parents' are finite; a leaf, if it is one."""
    seen = node if not math.isfinite(node.data) else next((p for p in node.parents if not math.isfinite(p.data)), None)
    while seen is not None:
        below = next((p for p in seen.parents if not math.isfinite(p.data)), None)
        if below is None:
            return seen
        seen = below
    return None


def _listed(items: Sequence[tuple[str | Math, ...]]) -> list[str | Math]:
    """Pieces of prose with commas between them, and an "and" before the last."""
    prose: list[str | Math] = []
    for i, item in enumerate(items):
        prose += [] if i == 0 else [" and " if i == len(items) - 1 else ", "]
        prose += item
    return prose

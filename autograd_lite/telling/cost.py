"""What a gradient costs, counted: the operations of reverse mode, forward mode and finite differences on one graph.

Nothing is estimated: the table's own rules, and the loop that is the chain rule, run on numbers that count. A
multiplication or division counts as one multiplication, an addition, subtraction or change of sign as one addition,
everything else as one function call; a part of a rule counts as what it is told as. That reverse mode costs a small
multiple of the function, whatever the number of inputs, is the cheap gradient principle (Griewank & Walther,
"Evaluating Derivatives", 2nd ed., §4.6).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from autograd_lite import ops
from autograd_lite.errors import as_int, shown
from autograd_lite.graph import edges, sweep, toposort, turned
from autograd_lite.op import Number
from autograd_lite.operators import Operators
from autograd_lite.ops import Op
from autograd_lite.telling.document import Block, Document, Heading, Paragraph, Prose, Table
from autograd_lite.telling.notation import whole
from autograd_lite.value import Value

MULTIPLICATIONS = {ops.multiply, ops.divide}
ADDITIONS = {ops.add, ops.subtract, ops.negate}
METHODS = ("reverse", "forward", "differences")


@dataclass(frozen=True)
class Count:
    """Numbers of operations: `multiplications` (÷ among them), `additions` (− among them), `functions`; `.total`."""

    multiplications: int = 0
    additions: int = 0
    functions: int = 0

    @property
    def total(self) -> int:
        """All of them together."""
        return self.multiplications + self.additions + self.functions

    def __add__(self, other: Count) -> Count:
        return Count(
            self.multiplications + other.multiplications,
            self.additions + other.additions,
            self.functions + other.functions,
        )

    def __mul__(self, n: int) -> Count:
        return Count(n * self.multiplications, n * self.additions, n * self.functions)


@dataclass(frozen=True, repr=False)
class Cost(Document):
    """The operations that a graph and its derivatives take.

    `values` for y itself, `partials` for all local derivatives once, `reverse_sweep` for one backward pass and
    `forward_sweep` for one pass of tangents; `.of(method, n_inputs)` adds up what a gradient by n inputs takes.
    """

    n_inputs: int
    values: Count
    partials: Count
    reverse_sweep: Count
    forward_sweep: Count

    def of(self, method: str, n_inputs: int | None = None) -> Count:
        """The operations of "reverse", "forward" or central "differences", by default for the graph's own inputs.

        Raises ValueError for another method or a number below 0, TypeError for what is no int.
        """
        n = self.n_inputs if n_inputs is None else as_int(n_inputs, "Cost.of", "n_inputs", 0)
        if method == "reverse":
            return self.values + self.partials + self.reverse_sweep
        if method == "forward":
            return self.values + self.partials + self.forward_sweep * n
        if method == "differences":  # (y(x + h) − y(x − h)) / 2h for each input
            return (self.values * 2 + Count(multiplications=1, additions=3)) * n
        raise ValueError(f"Cost.of: expected method to be one of {', '.join(METHODS)}, got {shown(method)}")

    def crossing(self, method: str) -> int | None:
        """The smallest number of inputs from which reverse mode takes fewer operations than `method`; None if never."""
        slope = self.of(method, 1).total - self.of(method, 0).total
        if slope <= 0:
            return None
        return max((self.of("reverse").total - self.of(method, 0).total) // slope + 1, 1)

    @cached_property
    def blocks(self) -> Sequence[Block]:  # type: ignore[override]
        """The counts for this graph, and the totals as the number of inputs grows."""
        rows: list[list[Prose]] = [_row("the function itself", self.values)]
        rows += [_row(f"gradient, {name}", self.of(method)) for method, name in zip(METHODS, NAMES, strict=True)]
        sizes = sorted({1, 2, 5, 10, 100, 1000, self.n_inputs} - {0})
        growing = [[whole(n), *(whole(self.of(method, n).total) for method in METHODS)] for n in sizes]
        inputs = "1 input" if self.n_inputs == 1 else f"{self.n_inputs:,} inputs"
        return [
            Heading("Operations, counted"),
            Paragraph(f"This graph, {inputs}:"),
            Table(["", "× and ÷", "+ and −", "functions", "total"], "lrrrr", rows),
            Paragraph("The same graph, were more or fewer of its leaves inputs (totals):"),
            Table(["inputs", *NAMES], "rrrr", growing),
            *map(Paragraph, self._crossings()),
        ]

    def _crossings(self) -> Iterator[str]:
        for method, name in zip(METHODS[1:], NAMES[1:], strict=True):
            n = self.crossing(method)
            yield (
                f"Reverse mode never beats {name} here." if n is None
                else f"Reverse mode takes fewer operations than {name} from {n:,} input{'s' * (n > 1)} on."
            )  # fmt: skip


NAMES = ("reverse mode", "forward mode", "central differences")


def count_operations(y: Value) -> Cost:
    """Count what y and its gradient by all leaves that are no constants cost, by three methods.

    Raises TypeError if y is no Value.
    """
    if not isinstance(y, Value):
        raise TypeError(f"count_operations: expected a Value, got {shown(y)}")
    nodes = toposort(y)
    n_inputs = sum(node.op is None and node.kind != "constant" for node in nodes)
    counter = _Counter()
    values, partials = _evaluated(nodes, counter)
    counted = {node: [(parent, counter.constant(partial)) for parent, partial in edges(node)] for node in nodes}
    sweep(reversed(nodes), {y: counter.constant(1.0)}, counted.__getitem__)
    reverse_sweep = counter.taken()
    leaves = {node: counter.constant(1.0) for node in nodes if node.op is None}  # whichever leaf a sweep is for
    sweep(nodes, leaves, turned(counted).__getitem__)
    forward_sweep = counter.taken()
    return Cost(n_inputs, values, partials, reverse_sweep, forward_sweep)


def _evaluated(nodes: Sequence[Value], counter: _Counter) -> tuple[Count, Count]:
    """The operations of the values and of the local derivatives, each node's once."""
    values = partials = Count()
    for node in nodes:
        if node.op is not None:
            inputs = [counter.constant(parent._data) for parent in node.parents]
            out = node.op(*inputs)
            values += counter.taken()
            node.op.partials(*inputs, out)
            partials += counter.taken()
    return values, partials


def _row(name: str, count: Count) -> list[Prose]:
    numbers = (count.multiplications, count.additions, count.functions, count.total)
    return [name, *map(whole, numbers)]


# ---- numbers that count ----


class _Counter:
    """Counts the operations on its numbers."""

    def __init__(self) -> None:
        self._count = Count()

    def constant(self, x: float) -> _Counted:
        """A number that counts here."""
        return _Counted(float(x), self)

    def add(self, op: Op) -> None:
        """One more operation."""
        product, sum_ = op in MULTIPLICATIONS, op in ADDITIONS
        self._count += Count(int(product), int(sum_), int(not (product or sum_)))

    def taken(self) -> Count:
        """What was counted since it was last asked."""
        count, self._count = self._count, Count()
        return count


class _Counted(Operators):
    """A double whose operations are counted; the rules of the table accept it as they accept any number."""

    def __init__(self, data: float, counter: _Counter) -> None:
        self.data, self.counter = data, counter

    @staticmethod
    def _apply(op: Op, *inputs: Number) -> _Counted:
        if op.told is not None:
            told: _Counted = op.told(*inputs)
            return told
        counter: _Counter = next(x.counter for x in inputs if isinstance(x, _Counted))
        counter.add(op)
        return counter.constant(op.forward(*(x.data if isinstance(x, _Counted) else float(x) for x in inputs)))

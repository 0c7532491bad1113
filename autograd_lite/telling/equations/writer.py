"""Right-hand sides: statements written with whole vectors and matrices, by what they read.

A number times a product is kept apart from it until the end, so that 2 · (0.5 · e) is e.
"""

from __future__ import annotations

from typing import Any

from autograd_lite import ops
from autograd_lite.backends.loops.runs import CONSTANTS, Ref, Run, Tree
from autograd_lite.backends.loops.statements import Statement
from autograd_lite.telling.equations import parts
from autograd_lite.telling.equations.parts import RUN, UNIT, NotWritten, Part
from autograd_lite.telling.equations.primes import Expander, Node
from autograd_lite.telling.equations.regions import Regions
from autograd_lite.telling.formula import Formula
from autograd_lite.telling.notation import Math

Scaled = tuple[float, Part]


class Writer:
    """Writes right-hand sides; `read` collects the arrays that one of them reads."""

    def __init__(self, regions: Regions, made: Expander) -> None:
        self.regions, self.made = regions, made
        self.read: list[int] = []

    def right(self, statement: Statement, axes: tuple[int, ...] | None = None) -> Scaled:
        """The right-hand side of a statement, along `axes` or else its loops. Raises NotWritten."""
        self.read = []
        if statement.fold is not ops.add:
            return 1.0, self._folded(statement)
        target = axes if axes is not None else tuple(range(len(statement.dims))) or (UNIT,)
        terms = [self._term(statement, run, target) for run in statement.runs]
        if len(terms) == 1:
            return terms[0][0], _covering(terms[0][1], target)
        terms.sort(key=lambda term: " " not in term[1].formula.math.text)  # products first: W a + b
        longest = max((part.axes for _, part in terms), key=len)
        return 1.0, _covering(Part(parts.add(terms), longest, any(part.is_slope for _, part in terms)), target)

    def expression(self, node: Node, statement: Statement) -> Scaled:
        """An expression of refs, place by place. Raises NotWritten."""
        self.read = []
        refs: list[Ref] = []

        def numbered(node: Node) -> Tree:
            if isinstance(node, Ref):
                refs.append(node)
                return len(refs) - 1
            return (node[0], *[numbered(part) for part in node[1:]])

        tree = numbered(node)
        run = Run(tree, 1, tuple(refs), (0,) * len(refs))
        return self._term(statement, run, tuple(range(len(statement.dims))) or (UNIT,))

    def _folded(self, statement: Statement) -> Part:
        """A row of any number of inputs, on whole vectors; on the rows of a matrix, with a number for each of them."""
        terms = [parts.scaled(*self._term(statement, run, (RUN,) * (run.count > 1))) for run in statement.runs]
        loops = tuple(range(len(statement.dims)))
        if loops:
            terms = [parts.by_rows(term, loops) for term in terms]
            if all(RUN not in term.axes for term in terms):
                raise NotWritten
        op, names = statement.fold, [term.formula.math for term in terms]
        text, latex = (", ".join(x) for x in zip(*names, strict=True))
        math = Math(f"{op.name}({text})", rf"\operatorname{{{op.name}}}\left({latex}\right)".replace("_", r"\_"))
        return Part(Formula(math), tuple(range(len(statement.dims))))

    def _term(self, statement: Statement, run: Run, target: tuple[int, ...]) -> Scaled:
        """The terms of a run, added up: equal ones by a number before them."""
        coefficient, factors = self._factors(run.tree, statement, run)
        if run.count > 1 and not any(run.deltas):
            return coefficient * run.count, parts.product(factors, target, False)
        is_summed = run.count > 1 and target != (RUN,)
        if coefficient == 0.0:
            coefficient, factors = parts.with_zeros(factors, target, is_summed)
        return coefficient, parts.product(factors, target, is_summed)

    def _factors(self, tree: Tree, statement: Statement, run: Run) -> tuple[float, list[Part]]:
        """The number before a product, and its factors."""
        if isinstance(tree, int):
            value = self.made.constant(run.refs[tree])
            if value is not None and not run.deltas[tree]:
                return value, []
            quantity = self.regions.quantities.get(run.refs[tree].array)
            coefficient, part = quantity.coefficient if quantity else 1.0, self._read(tree, statement, run)
            return _folded_in(coefficient, part)
        if tree[0] is ops.multiply:
            one_hot = self._one_hot(tree, statement, run)
            if one_hot is not None:
                return 1.0, [one_hot]
            first, left = self._factors(tree[1], statement, run)
            second, right = self._factors(tree[2], statement, run)
            return first * second, left + right
        if tree[0] is ops.negate:
            coefficient, factors = self._factors(tree[1], statement, run)
            return -coefficient, factors
        return _folded_in(1.0, self._softmax(tree, statement, run) or self._applied(tree, statement, run))

    def _applied(self, tree: tuple[Any, ...], statement: Statement, run: Run) -> Part:
        return parts.apply(tree[0], [self._written(part, statement, run) for part in tree[1:]])

    def _written(self, tree: Tree, statement: Statement, run: Run) -> Part:
        coefficient, factors = self._factors(tree, statement, run)
        factors = factors if coefficient else []
        axes = max((factor.axes for factor in factors), key=len, default=())
        return (
            parts.scaled(coefficient, parts.product(factors, axes, False)) if factors else parts.constant(coefficient)
        )

    def _read(self, tree: int, statement: Statement, run: Run) -> Part:
        part = self.regions.part(run.refs[tree], run.deltas[tree], statement, run)
        if part is None:
            raise NotWritten
        self.read.append(run.refs[tree].array)
        return part

    # ---- two forms that have names of their own ----

    def _one_hot(self, tree: tuple[Any, ...], statement: Statement, run: Run) -> Part | None:
        """[k ≤ y < k + 1] along a loop: the vector with a 1 at place y."""
        if len(statement.dims) != 1:
            return None
        low, high = tree[1:]
        if isinstance(low, int) or isinstance(high, int) or (low[0], high[0]) != (ops.greater_equal, ops.less):
            return None
        if low[1] != high[1] or not all(isinstance(x, int) for x in (*low[1:], *high[1:])):
            return None
        for place, offset in ((low[2], 0), (high[2], 1)):
            ref = run.refs[place]
            table = self.regions.loops.constants[ref.start : ref.start + statement.size]
            if ref.array != CONSTANTS or ref.strides != (1,) or table != tuple(range(offset, statement.size + offset)):
                return None
        index = self._read(low[1], statement, run).formula.math
        return parts.name(Math(f"1[{index.text}]", rf"\mathbf{{1}}_{{{index.latex}}}"), (0,))

    def _softmax(self, tree: tuple[Any, ...], statement: Statement, run: Run) -> Part | None:
        """exp(z − logsumexp(z))."""
        inner = tree[1]
        if tree[0] is not ops.exp or not isinstance(inner, tuple) or inner[0] is not ops.subtract:
            return None
        z, total = inner[1:]
        if not isinstance(z, int) or not isinstance(total, int):
            return None
        makers = self.made.makers.get(run.refs[total].array, [])
        if len(makers) != 1 or makers[0].fold is not ops.logsumexp or len(makers[0].runs) != 1:
            return None
        over = makers[0].runs[0]
        if over.tree != 0 or over.refs[0].array != run.refs[z].array or over.count != statement.size:
            return None
        part = self._read(z, statement, run)
        self.read.append(run.refs[total].array)
        math = part.formula.math
        return parts.name(
            Math(f"softmax({math.text})", rf"\operatorname{{softmax}}\left({math.latex}\right)"), part.axes
        )


def _folded_in(coefficient: float, part: Part) -> tuple[float, list[Part]]:
    """A number before a part, which is but a number if the part is one."""
    return (coefficient, [part]) if part.formula.value is None else (coefficient * part.formula.value, [])


def _covering(part: Part, target: tuple[int, ...]) -> Part:
    """A part, if it is a constant or runs along all of these loops: along others it would stand there repeatedly."""
    if part.formula.value is None and not {axis for axis in target if axis != UNIT} <= {*part.moving}:
        raise NotWritten
    return part

"""Folding: a tape's instructions as fewer, larger steps: sums of terms, each term a small expression.

A chain of additions through the first argument, whose intermediates nobody else uses, is one sum of many terms: that
is how Σ w·a stands in a graph of scalars. A row of any number of inputs has terms as well. Anything else that is used
once is written into the expression of its user. What remains, a root, is a number that has to be kept: it is used
several times, put out, or a sum.

A root's level is one more than the highest of what it reads; inputs and constants have level 0. All this is one walk
over the tape on plain ints and tuples, because a net has many thousands of instructions.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import compress, count
from typing import TYPE_CHECKING

from autograd_lite.ops import Op, add

if TYPE_CHECKING:
    from autograd_lite.tape import Tape

LEAVES = 12  # the most numbers that one expression reads
DEPTH = 12  # the most ops inside one another
LEAF = 0  # the number of the tree that is nothing but a number

# An expression: the number of its tree, and behind it the numbers of the tape that it reads, from left to right.
Term = tuple[int, ...]
# A number of the tape that is kept, the op that joins its terms, and the terms.
FoldedRoot = tuple[int, Op, list[Term]]


@dataclass
class Trees:
    """The forms of expressions, numbered, so that two are compared as two ints. Number 0 is a leaf."""

    numbers: dict[tuple[Op | None, tuple[int, ...]], int] = field(default_factory=lambda: {(None, ()): LEAF})
    forms: list[tuple[Op | None, tuple[int, ...]]] = field(default_factory=lambda: [(None, ())])
    depths: list[int] = field(default_factory=lambda: [0])

    def numbered(self, op: Op, parts: tuple[int, ...]) -> int:
        """The number of the tree with this op at its top."""
        key = (op, parts)
        found = self.numbers.get(key)
        if found is None:
            found = self.numbers[key] = len(self.forms)
            self.forms.append(key)
            self.depths.append(1 + max((self.depths[part] for part in parts), default=0))
        return found


@dataclass
class Folded:
    """A folded tape: the roots of each level, a root being its number on the tape, its fold and its terms."""

    trees: Trees
    levels: list[list[FoldedRoot]]


def fold(tape: Tape) -> Folded:
    """The roots of a tape, level by level, each level in the order of the tape."""
    return _Folder(tape).run()


class _Folder:
    """The walk over the tape.

    For each number: what it is to its user if it is no root (`inner`), its level, and how often it is used.
    """

    def __init__(self, tape: Tape) -> None:
        self.tape, self.steps = tape, tape.instructions
        self.first = len(tape.labels) + len(tape.constants)
        n = self.first + len(tape.instructions)
        self.inner: list[Term | None] = [None] * n
        self.level = [0] * n
        self.trees = Trees()
        self.sums: list[list[Term] | None] = [None] * n
        self.roots: dict[int, tuple[Op, list[Term]]] = {}
        self.uses = self._counted(n)

    def _counted(self, n: int) -> list[int]:
        """How often each number is used; what is put out is kept, as if it were used twice."""
        uses = [0] * (n + 1)
        for column in (self.steps.first, self.steps.second, *self.steps.rest.values()):
            for number in column:
                uses[number] += 1
        for output in self.tape.outputs:
            uses[output] += 2
        return uses

    def run(self) -> Folded:
        """The walk. Sums, and expressions of two plain numbers, are nearly all of a net: these stand here."""
        inner, level, uses, sums, numbered = self.inner, self.level, self.uses, self.sums, self.trees.numbered
        plain: dict[Op, int | None] = {op: None for op in set(self.steps.ops) if op.arity == 2 and not op.variadic}
        columns = count(self.first), self.steps.ops, self.steps.first, self.steps.second
        for number, op, a, b in zip(*columns):  # noqa: B905  (count has no end)
            if op is add:
                highest, terms = level[a], sums[a]
                if terms is None or uses[a] != 1:
                    highest, terms = highest + 1, [inner[a] or (LEAF, a)]
                else:
                    sums[a] = None
                terms.append(inner[b] or (LEAF, b))
                sums[number] = terms
                level[number] = highest if highest > level[b] else level[b] + 1
            elif inner[a] is None and inner[b] is None and op in plain:
                tree = plain[op]
                if tree is None:
                    tree = plain[op] = numbered(op, (LEAF, LEAF))
                highest = level[a] if level[a] > level[b] else level[b]
                if uses[number] == 1:
                    inner[number], level[number] = (tree, a, b), highest
                else:
                    self.roots[number], level[number] = (add, [(tree, a, b)]), highest + 1
            else:
                self._apply(number, op, self.steps.arguments(number - self.first))
        return self._folded()

    def _folded(self) -> Folded:
        """The roots by level."""
        sums = zip(compress(count(), self.sums), filter(None, self.sums), strict=True)
        self.roots.update({number: (add, terms) for number, terms in sums})
        levels: list[list[FoldedRoot]] = [[] for _ in range(max([self.level[root] for root in self.roots], default=0))]
        for number in sorted(self.roots):
            levels[self.level[number] - 1].append((number, *self.roots[number]))
        return Folded(self.trees, levels)

    def _term(self, number: int) -> Term:
        """A number as a term."""
        return self.inner[number] or (LEAF, number)

    def _apply(self, number: int, op: Op, arguments: tuple[int, ...]) -> None:
        """An expression: part of its user's if there is one user only, or a root; a row of many inputs is one, too."""
        if op.variadic:
            self.roots[number] = (op, [self._term(a) for a in arguments])
            self.level[number] = 1 + max([self.level[a] for a in arguments])
            return
        terms = self._fitting(arguments)
        tree = self.trees.numbered(op, tuple([term[0] for term in terms]))
        term = (tree, *[leaf for term in terms for leaf in term[1:]])
        highest = max([self.level[a] for a in arguments])
        if self.uses[number] == 1:
            self.inner[number], self.level[number] = term, highest
        else:
            self.roots[number], self.level[number] = (add, [term]), highest + 1

    def _fitting(self, arguments: tuple[int, ...]) -> list[Term]:
        """The terms of an expression's arguments; where it would be too large, the largest become roots after all."""
        depths = self.trees.depths
        while True:
            terms = [self.inner[a] or (LEAF, a) for a in arguments]
            sizes = [(len(term) - 1, depths[term[0]]) for term in terms]
            largest = max(sizes)
            if sum([n for n, _ in sizes]) <= LEAVES and max([depth for _, depth in sizes]) < DEPTH:
                return terms
            if largest == (1, 0):  # plain numbers, all of them
                return terms
            self._keep(arguments[sizes.index(largest)])

    def _keep(self, number: int) -> None:
        """Make an expression that was to be part of another a root after all."""
        self.roots[number] = (add, [self._term(number)])
        self.inner[number] = None
        self.level[number] += 1

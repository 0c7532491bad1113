"""Folding: a tape's instructions as fewer, larger steps: sums of terms, each term a small expression.

A chain of additions through the first argument, whose intermediates nobody else uses, is one sum of many terms: that
is how Σ w·a stands in a graph of scalars. A row of any number of inputs has terms as well. Anything else that is used
once is written into the expression of its user. What remains, a root, is a number that has to be kept: it is used
several times, put out, or a sum.

A root's level is one more than the highest of what it reads; inputs and constants have level 0. All this is one walk
over the tape on plain ints and tuples, because a net has many thousands of instructions.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING

from autograd_lite import ops
from autograd_lite.ops import Op

if TYPE_CHECKING:
    from autograd_lite.tape import Tape

LEAVES = 12  # the most numbers that one expression reads
DEPTH = 12  # the most ops inside one another
LEAF = 0  # the number of the tree that is nothing but a number

# An expression: the number of its tree, and the numbers of the tape that it reads, from left to right.
Term = tuple[int, tuple[int, ...]]


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
    levels: list[list[tuple[int, Op, list[Term]]]]


def fold(tape: Tape) -> Folded:
    """The roots of a tape, level by level, each level in the order of the tape."""
    return _Folder(tape).run()


class _Folder:
    """The walk over the tape. For each number: its term as its user sees it, its level, and how often it is used."""

    def __init__(self, tape: Tape) -> None:
        self.tape = tape
        self.first = len(tape.labels) + len(tape.constants)
        n = self.first + len(tape.instructions)
        self.forms = [LEAF] * n
        self.leaves: list[tuple[int, ...]] = [(i,) for i in range(n)]
        self.level = [0] * n
        self.trees = Trees()
        self.sums: dict[int, list[Term]] = {}
        self.roots: dict[int, tuple[Op, list[Term]]] = {}
        self.uses = Counter(chain.from_iterable([step.arguments for step in tape.instructions]))
        for output in tape.outputs:
            self.uses[output] += 2  # what is put out is kept

    def run(self) -> Folded:
        """The walk."""
        for number, (op, arguments) in enumerate(self.tape.instructions, start=self.first):
            if op is ops.add:
                self._add(number, *arguments)
            elif op.variadic:
                terms = [(self.forms[a], self.leaves[a]) for a in arguments]
                self.roots[number] = (op, terms)
                self.level[number] = 1 + max([self.level[a] for a in arguments])
            else:
                self._apply(number, op, arguments)
        self.roots.update((number, (ops.add, terms)) for number, terms in self.sums.items())
        levels: list[list[tuple[int, Op, list[Term]]]] = [[] for _ in range(max(self.level, default=0))]
        for number in sorted(self.roots):
            levels[self.level[number] - 1].append((number, *self.roots[number]))
        return Folded(self.trees, levels)

    def _add(self, number: int, a: int, b: int) -> None:
        """A sum, which goes on with the terms of its first argument if that is a sum that nobody else uses."""
        terms = self.sums.pop(a, None) if self.uses[a] == 1 else None
        level = self.level[a]
        if terms is None:
            terms, level = [(self.forms[a], self.leaves[a])], level + 1
        terms.append((self.forms[b], self.leaves[b]))
        self.sums[number] = terms
        self.level[number] = max(level, self.level[b] + 1)

    def _apply(self, number: int, op: Op, arguments: tuple[int, ...]) -> None:
        """An expression: part of its user's if there is one user only, else a root."""
        forms, leaves, level = self.forms, self.leaves, self.level
        if len(arguments) == 2:  # nearly always: written out, because this is the innermost line of the pass
            a, b = arguments
            if forms[a] or forms[b]:
                self._shorten(arguments)
            parts: tuple[int, ...] = (forms[a], forms[b])
            read = leaves[a] + leaves[b]
            highest = level[a] if level[a] > level[b] else level[b]
        else:
            if any(forms[a] for a in arguments):
                self._shorten(arguments)
            parts = tuple([forms[a] for a in arguments])
            read = tuple([leaf for a in arguments for leaf in leaves[a]])
            highest = max([level[a] for a in arguments])
        tree = self.trees.numbers.get((op, parts)) or self.trees.numbered(op, parts)
        if self.uses[number] == 1:
            forms[number], leaves[number], level[number] = tree, read, highest
        else:
            self.roots[number], level[number] = (ops.add, [(tree, read)]), highest + 1

    def _shorten(self, arguments: tuple[int, ...]) -> None:
        """Where an expression of these would be too large, make the largest of them roots after all."""
        depths = self.trees.depths
        while any(parts := [self.forms[a] for a in arguments]):
            if sum([len(self.leaves[a]) for a in arguments]) <= LEAVES and max([depths[p] for p in parts]) < DEPTH:
                break
            self._keep(max(arguments, key=lambda a: (len(self.leaves[a]), depths[self.forms[a]])))

    def _keep(self, number: int) -> None:
        """Make an expression that was to be part of another a root after all."""
        self.roots[number] = (ops.add, [(self.forms[number], self.leaves[number])])
        self.forms[number], self.leaves[number] = LEAF, (number,)
        self.level[number] += 1

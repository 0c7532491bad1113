"""Division: an array in parts, one for the results that read the same families of inputs, for those who read.

The pass that finds loops has as few as it can: W x and V x are one loop over the rows of both matrices, since all
inputs are one array to it. Here such a loop is cut where what it reads passes from one family of inputs to another, and
each part is an array of its own. What reads these parts is cut with them, and refers to them.

A statement is not cut so if it would still read inputs by no fixed step within a family. An array stays whole where
division would not make it plainer: if a part is more than one statement; if a loop runs over parts that read the same
matrices, token by token, as in attention; and if what reads a part would have no fixed step in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate, groupby
from operator import attrgetter

from autograd_lite.backends.loops.families import Family, Inputs, moves
from autograd_lite.backends.loops.runs import CONSTANTS, INPUTS, Ref
from autograd_lite.backends.loops.statements import Loops, Statement
from autograd_lite.telling.equations.cutting import Owners, copied, pieces, places
from autograd_lite.telling.equations.joining import joined
from autograd_lite.telling.equations.shapes import Shape, over_axes
from autograd_lite.telling.equations.whereabouts import Refused, Whereabouts

Parts = dict[frozenset[int], list[Statement]]  # the statements of each part, by the owners of what they read


def by_families(loops: Loops, inputs: Inputs) -> Loops:
    """The same program, each array in parts by the families of inputs that its results read, where that can be."""
    whole: set[int] = set()
    while True:
        try:
            return _Division(loops, inputs, whole).run()
        except Refused as refused:
            whole.add(refused.array)


class _Division:
    """The state of the pass, which meets each array before what reads it.

    An owner is the negative number of a family, in `families` for each input, or a part of an array, by its number.
    """

    def __init__(self, loops: Loops, inputs: Inputs, whole: set[int]) -> None:
        self.loops, self.inputs, self.whole = loops, inputs, whole
        owners = [_owner(number, family) for number, family in enumerate(inputs.families)]
        self.families = {INPUTS: [owners[number] for number, _ in inputs.places]}
        # Of one kind are two owners that differ in vectors alone: the kind of a matrix is its owner, of a vector 0.
        self.kinds = {
            owner: owner if len(family.shape) > 1 else 0 for owner, family in zip(owners, inputs.families, strict=True)
        }
        self.kinds_of_parts: dict[frozenset[int], int] = {}
        self.whereabouts = Whereabouts()
        self.sizes = list(loops.sizes[: CONSTANTS + 1])

    def run(self) -> Loops:
        """The program divided; itself if nothing in it was."""
        old, n_primal = self.loops.statements, self.loops.n_primal
        primal, adjoint = self._half(old[:n_primal]), self._half(old[n_primal:])
        owners = self.whereabouts.owners
        if not owners:
            return self.loops
        copies = [self.whereabouts.copy(piece) for copy in self.loops.copies for piece in copied(copy, owners)]
        return replace(
            self.loops,
            sizes=tuple(self.sizes),
            statements=(*primal, *adjoint),
            copies=tuple(copies),
            n_primal=len(primal),
        )

    def _half(self, statements: Sequence[Statement]) -> list[Statement]:
        groups = [list(same) for _, same in groupby(statements, attrgetter("storage"))]
        return [statement for group in groups for statement in self._array(group)]

    # ---- an array and its parts ----

    def _array(self, statements: Sequence[Statement]) -> list[Statement]:
        """The statements that fill an array, as those that fill its parts."""
        array, parts = statements[0].storage, self._parts(statements)
        made = [statement for read, part in parts.items() for statement in self._placed(read, part)]
        self.whereabouts.moved(array, statements, made)
        return made

    def _parts(self, statements: Sequence[Statement]) -> Parts:
        """The parts of an array: by what they read of inputs if each is one statement then, else by parts they read."""
        if statements[0].storage in self.whole:
            return {frozenset(): list(map(self.whereabouts.statement, statements))}
        for statement in statements:
            self._check(statement)
        parts, all_owners = self.whereabouts.owners, self.families | self.whereabouts.owners
        if len({_read(piece, all_owners) for old in statements for piece in pieces(old, all_owners)}) > 1:
            found = self._divided([piece for old in statements for piece in self._plain(old, all_owners)], all_owners)
            if len(found) > 1 and all(len(part) == 1 for part in found.values()):
                return found
        return self._divided([piece for old in statements for piece in pieces(old, parts)], parts)

    def _plain(self, statement: Statement, owners: Owners) -> list[Statement]:
        """The pieces of a statement by their owners, if each reads inputs at fixed steps within families."""
        found = [over_axes(piece, self._shape) for piece in pieces(statement, owners)]
        return found if all(map(self._is_plain, found)) else pieces(statement, self.whereabouts.owners)

    def _divided(self, cut: Sequence[Statement], owners: Owners) -> Parts:
        """Pieces of statements by the owners of what they read."""
        parts: Parts = {}
        for piece in cut:
            parts.setdefault(_read(piece, owners), []).append(self.whereabouts.statement(piece))
        return {read: list(joined(part)) for read, part in parts.items()}

    def _check(self, statement: Statement) -> None:
        """Refuse to divide an array if a statement runs over parts of it that are of one kind."""
        for ref, axes in statement.reads():
            owners = self.whereabouts.owners.get(ref.array)
            if owners is not None:
                parts = {owners[place] for place in places(ref.start, axes)}
                if len({self.kinds[part] for part in parts}) < len(parts):
                    raise Refused(ref.array)

    def _is_plain(self, statement: Statement) -> bool:
        """Whether a statement reads inputs at fixed steps within families."""
        return all(
            self.inputs.steps(ref.start, moves(ref, delta, statement.dims, run.count)) is not None
            for run in statement.runs
            for ref, delta in zip(run.refs, run.deltas, strict=True)
            if ref.array == INPUTS
        )

    def _shape(self, ref: Ref) -> Shape:
        """The shape of what a ref reads of the inputs, but for axes of one place."""
        shape = self.inputs.family(ref.start).shape if ref.array == INPUTS else ()
        return tuple(extent for extent in shape if extent > 1)

    def _placed(self, read: frozenset[int], part: Sequence[Statement]) -> list[Statement]:
        """The statements of a part, side by side in an array of its own."""
        number, bases = len(self.sizes), [0, *accumulate(statement.size for statement in part)]
        kinds = frozenset(map(self.kinds.__getitem__, read))
        self.kinds[number] = self.kinds_of_parts.setdefault(kinds, number)
        self.sizes.append(bases.pop())
        return [replace(s, storage=number, base=base) for s, base in zip(part, bases, strict=True)]


def _owner(number: int, family: Family) -> int:
    """The owner of the inputs of a family: a negative number, 0 for what is no whole vector or matrix."""
    return -1 - number if family.is_whole and family.shape else 0


def _read(statement: Statement, owners: Owners) -> frozenset[int]:
    """The owners of what a statement reads."""
    found: set[int] = set()
    for ref, axes in statement.reads():
        if ref.array in owners:
            found.update(map(owners[ref.array].__getitem__, places(ref.start, axes)))
    return frozenset(found)

"""Recovery: from a folded tape to statements, level by level, so that what a root reads has its place already.

All roots of one coarse key (keys.py) share one array, sorted by where they go among the outputs, or else by their
slots; neighbours there of one fine key become statements, by run-length coding of their slots. That an array is shared
by all of a coarse key keeps what reads it in one loop, even where the roots themselves differ, as sums do whose terms
come in another order for each neuron.
"""

from __future__ import annotations

from itertools import groupby
from math import prod
from operator import itemgetter
from typing import Any

from autograd_lite.backends.loops.coding import Nest, nests, stretches
from autograd_lite.backends.loops.folding import Folded, fold
from autograd_lite.backends.loops.forms import Forms
from autograd_lite.backends.loops.keys import APART, Coded, Keys, Root
from autograd_lite.backends.loops.runs import CONSTANTS, INPUTS, Ref
from autograd_lite.backends.loops.statements import Copy, Loops, Statement
from autograd_lite.backends.loops.tables import Constants
from autograd_lite.collector import uncollected
from autograd_lite.ops import Op
from autograd_lite.tape import OFFERS, Tape

# The form of some roots, the nest of loops over what they read, and the roots themselves.
Piece = tuple[int, Nest, list[Root]]


@uncollected()
def recover(tape: Tape, keeps_order: bool = True) -> Loops:
    """The loops of a tape. Any tape has them: what repeats nowhere is a statement of its own.

    With `keeps_order` false the terms of a sum are put in the order of what they read. That is the same mathematics,
    in fewer statements, but not the same to the bit.
    """
    return _Recovery(tape, keeps_order).run(fold(tape))


class _Recovery:
    """The state of the pass: where each number of the tape stands, and the statements so far."""

    def __init__(self, tape: Tape, keeps_order: bool) -> None:
        self.tape, self.keys = tape, Keys(tape, keeps_order)
        self.first_adjoint = len(tape.labels) + len(tape.constants) + tape.n_primal
        self.sizes = [len(tape.labels), 0]
        self.constants = Constants(tape)
        self.statements: tuple[list[Statement], list[Statement]] = ([], [])  # forward, and of the gradient

    def run(self, folded: Folded) -> Loops:
        """The statements of all levels, and the copies of what no statement puts out."""
        self.trees = Forms(folded.trees)
        for level in folded.levels:
            groups: dict[Any, list[Root]] = {}
            for op, root, coarse in self.keys.keyed(level):
                groups.setdefault((root.number >= self.first_adjoint, op, coarse), []).append(root)
            for (is_adjoint, op, _), roots in groups.items():
                self._store(self.statements[is_adjoint], op, roots)
        copies = self._copies()
        self.sizes[CONSTANTS] = len(self.constants.numbers)
        primal, adjoint = self.statements
        return Loops(
            tape=self.tape,
            sizes=tuple(self.sizes),
            constants=tuple(self.constants.numbers),
            statements=(*primal, *adjoint),
            copies=copies,
            n_primal=len(primal),
        )

    def _store(self, statements: list[Statement], op: Op, roots: list[Root]) -> None:
        """Give the roots of one coarse key an array, and make statements of them."""
        array, base = len(self.sizes), 0
        self.sizes.append(len(roots))
        for form, nest, made in self._ordered(roots):
            for place, root in enumerate(made, start=array * APART + base):
                self.keys.place[root.number] = place
            statements.append(self._statement(array, base, op, self.keys.fine[form // 3], nest, made))
            base += len(made)

    def _ordered(self, roots: list[Root]) -> list[Piece]:
        """The roots in the order in which they stand in their array, in pieces that are one nest of loops each.

        Roots of several forms stand side by side by what they read, as one would number them; form after form only
        where that takes less than half as many pieces.
        """
        if all(root.output >= 0 for root in roots):
            return _pieces(sorted(roots, key=itemgetter(0)))
        if all(root.form // 3 == roots[0].form // 3 for root in roots):
            return _pieces(sorted(roots, key=itemgetter(1)))
        pieces = _pieces(sorted(roots, key=self._extent))
        forms = {form: i for i, form in enumerate(dict.fromkeys(form for form, _, _ in pieces))}
        if len(pieces) > 2 * len(forms):
            by_form = _pieces(sorted(roots, key=lambda root: (forms[root.form], self._extent(root))))
            pieces = by_form if 2 * len(by_form) < len(pieces) else pieces
        return pieces

    def _extent(self, root: Root) -> Any:
        """What roots of several forms are sorted by: the lowest and the highest places that each shape reads."""
        low: dict[int, list[int]] = {}
        high: dict[int, list[int]] = {}
        at = 0
        for shape, count, deltas in self.keys.fine[root.form // 3]:
            n = len(self.keys.shapes[shape][1])
            starts = root.slots[at : at + n]
            ends = [start + (count - 1) * delta for start, delta in zip(starts, deltas or (0,) * n, strict=True)]
            low[shape] = list(map(min, low.get(shape, starts), starts, ends))
            high[shape] = list(map(max, high.get(shape, starts), starts, ends))
            at += n
        return [x for shape in sorted(low) for x in low[shape]], [x for shape in sorted(high) for x in high[shape]]

    def _statement(
        self, array: int, base: int, op: Op, fine: tuple[Coded, ...], nest: Nest, roots: list[Root]
    ) -> Statement:
        dims = tuple(count for count, _ in nest.loops)
        columns = [(start % APART, tuple(step[i] for _, step in nest.loops)) for i, start in enumerate(nest.start)]
        output = Ref(-1, *columns[0]) if nest.start[0] >= 0 else None
        runs, at, term = [], 1, 0
        for shape, count, deltas in fine:
            tree, arrays = self.keys.shapes[shape]
            refs = [
                (Ref(array, *column), delta)
                for array, column, delta in zip(arrays, columns[at:], deltas or (0,) * len(arrays), strict=False)
            ]
            for i, number in enumerate(arrays):
                if number == CONSTANTS:
                    rows = [[leaves[i] for _, *leaves in root.terms[term : term + count]] for root in roots]
                    refs[i] = self.constants.ref(rows, dims)
            runs.append(self.trees.run(tree, count, refs))
            at, term = at + len(arrays), term + count
        return Statement(array, base, dims, op, tuple(runs), output, tuple(root.number for root in roots))

    def _copies(self) -> tuple[Copy, ...]:
        """The outputs that are no statement's: inputs, constants, and what is put out more than once."""
        places = []
        for i, number in enumerate(self.tape.outputs):
            array, position = divmod(self.keys.place[number], APART)
            if array == CONSTANTS:
                position = self.constants.literal(number)
            if array in (INPUTS, CONSTANTS) or self.keys.output[number] != i:
                places.append(((array, self.keys.kind(i)), (i, position)))
        copies = []
        for (array, _), group in groupby(places, itemgetter(0)):
            for nest in stretches([vector for _, vector in group]):
                (count, (step, stride)) = nest.loops[0] if nest.loops else (1, (0, 0))
                copies.append(Copy(Ref(array, nest.start[1], (stride,)), count, nest.start[0], step))
        return tuple(copies)


def _pieces(roots: list[Root]) -> list[Piece]:
    """Roots in order, as nests of loops."""
    pieces: list[Piece] = []
    for form, same in groupby(roots, itemgetter(2)):
        members = list(same)
        for nest in nests([(root.output, *root.slots) for root in members]):
            end = prod(count for count, _ in nest.loops)
            pieces.append((form, nest, members[:end]))
            members = members[end:]
    return pieces


OFFERS["loops"] = recover

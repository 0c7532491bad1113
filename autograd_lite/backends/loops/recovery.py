"""Recovery: from a folded tape to statements, level by level, so that what a root reads has its place already.

The terms of a root become runs. Its *fine key* is the runs without their start positions, which are its *slots*; its
*coarse key* says only which forms read which arrays. All roots of one coarse key share one array, sorted by where
they go among the outputs, or else by their slots; neighbours there of one fine key become statements, by run-length
coding of their slots. That an array is shared by all of a coarse key keeps what reads it in one loop, even where
the roots themselves differ, as sums do whose terms come in another order for each neuron.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, groupby, repeat
from math import prod
from operator import itemgetter
from typing import Any, NamedTuple

from autograd_lite import ops
from autograd_lite.backends.loops.coding import Nest, Vector, nests, stretches
from autograd_lite.backends.loops.folding import Folded, FoldedRoot, Term, fold
from autograd_lite.backends.loops.forms import Forms
from autograd_lite.backends.loops.runs import CONSTANTS, INPUTS, Ref
from autograd_lite.backends.loops.statements import Copy, Loops, Statement
from autograd_lite.backends.loops.tables import Constants
from autograd_lite.collector import uncollected
from autograd_lite.ops import Op
from autograd_lite.tape import OFFERS, Tape

Shape = tuple[int, tuple[int, ...]]  # a tree, and the arrays that its leaves read
Coded = tuple[int, int, tuple[int, ...]]  # a run without its start: the number of its shape, its count, its deltas


class Root(NamedTuple):
    """A root whose terms are coded."""

    output: int  # where it goes first among the outputs, or -1
    slots: tuple[int, ...]  # the start positions of its runs, one a leaf
    form: int  # the number of its fine key, thrice, and 1 more if it is put out, 2 more as part of the gradient
    number: int
    terms: list[Term]


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
        self.tape, self.keeps_order = tape, keeps_order
        n_inputs, n_constants = len(tape.labels), len(tape.constants)
        n = n_inputs + n_constants + len(tape.instructions)
        self.first_adjoint = n_inputs + n_constants + tape.n_primal
        self.first_gradient = len(tape.outputs) - tape.n_gradients
        # A constant has the place 0 for now: which ones a statement reads is found out when it is made.
        self.array = [INPUTS] * n_inputs + [CONSTANTS] * (n - n_inputs)
        self.position = [*range(n_inputs), *[0] * (n - n_inputs)]
        self.output: dict[int, int] = {}
        for i, number in enumerate(tape.outputs):
            self.output.setdefault(number, i)
        self.sizes = [n_inputs, 0]
        self.constants = Constants(tape)
        self.shapes: dict[Shape, int] = {}
        self.arrays_of: list[Shape] = []
        self.forms: dict[tuple[Coded, ...], int] = {}
        self.fine: list[tuple[Coded, ...]] = []
        self.statements: tuple[list[Statement], list[Statement]] = ([], [])  # forward, and of the gradient

    def run(self, folded: Folded) -> Loops:
        """The statements of all levels, and the copies of what no statement puts out."""
        self.trees = Forms(folded.trees)
        for level in folded.levels:
            groups: dict[Any, list[Root]] = {}
            for tree, stretch in groupby(level, _tree_of_single):
                for op, root, coarse in self._singles(tree, list(stretch)) if tree >= 0 else map(self._sum, stretch):
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

    # ---- keys ----

    def _singles(self, tree: int, roots: list[FoldedRoot]) -> Iterator[tuple[Op, Root, Any]]:
        """Roots of a single term each, all of one tree, with their fold and coarse key: column by column."""
        numbers, folds, terms = zip(*roots, strict=True)
        leaves = list(chain.from_iterable([leaves for ((_, leaves),) in terms]))
        width = len(leaves) // len(roots)
        slots = _rows(map(self.position.__getitem__, leaves), width)
        arrays = _rows(map(self.array.__getitem__, leaves), width)
        shape_of = {found: self._shape(tree, found) for found in dict.fromkeys(arrays)}
        shapes = list(map(shape_of.__getitem__, arrays))
        form_of = {shape: self._form(((shape, 1, ()),)) for shape in shape_of.values()}
        outputs = list(map(self.output.get, numbers, repeat(-1)))
        forms = [form_of[shape] + self._kind(output) for shape, output in zip(shapes, outputs, strict=True)]
        made = map(tuple.__new__, repeat(Root), zip(outputs, slots, forms, numbers, terms, strict=True))
        return zip(folds, made, shapes, strict=True)

    def _sum(self, folded: FoldedRoot) -> tuple[Op, Root, Any]:
        """A root of several terms, as runs, with its fold and coarse key."""
        number, op, terms = folded
        if op is ops.add and not self.keeps_order:
            terms.sort(key=self._where)
        fine: list[Coded] = []
        starts: list[int] = []
        for tree, group in groupby(terms, itemgetter(0)):
            members = list(group)
            run = self._stretch(tree, members)
            for coded, start in [run] if run else self._stretches(tree, members):
                fine.append(coded)
                starts += start
        shapes = {shape for shape, _, _ in fine}
        coarse = frozenset(shapes) if len(shapes) > 1 else shapes.pop()
        output = self.output.get(number, -1)
        return op, Root(output, tuple(starts), self._form(tuple(fine)) + self._kind(output), number, terms), coarse

    def _stretch(self, tree: int, terms: list[Term]) -> tuple[Coded, Vector] | None:
        """Terms of one tree as one run with its start, if they are: column by column, as they are most often."""
        n, arrays, starts, deltas = len(terms), [], [], []
        for column in zip(*[leaves for _, leaves in terms], strict=True):
            places = [self.position[leaf] for leaf in column]
            start, delta = places[0], places[1] - places[0] if n > 1 else 0
            array = self.array[column[0]]
            if places != (list(range(start, start + delta * n, delta)) if delta else [start] * n):
                return None
            if {self.array[leaf] for leaf in column} != {array}:
                return None
            arrays.append(array)
            starts.append(start)
            deltas.append(delta)
        shape = self._shape(tree, tuple(arrays))
        return (shape, n, tuple(deltas) if n > 1 else ()), tuple(starts)

    def _stretches(self, tree: int, terms: list[Term]) -> Iterator[tuple[Coded, Vector]]:
        """Terms of one tree as few runs, each with its start."""
        for (_, arrays), group in groupby(terms, self._shape_of):
            shape = self._shape(tree, arrays)
            for nest in stretches([tuple([self.position[leaf] for leaf in leaves]) for _, leaves in group]):
                (loop,) = nest.loops or ((1, ()),)
                yield (shape, *loop), nest.start

    def _form(self, fine: tuple[Coded, ...]) -> int:
        """Thrice the number of a fine key."""
        found = self.forms.get(fine)
        if found is None:
            found = self.forms[fine] = 3 * len(self.fine)
            self.fine.append(fine)
        return found

    def _kind(self, output: int) -> int:
        """0 for what is not put out, 1 for the program's own outputs and 2 for its gradient, which go to two places."""
        return (output >= 0) + (output >= self.first_gradient)

    def _where(self, term: Term) -> Any:
        """What a sum whose order does not matter is sorted by."""
        return *self._shape_of(term), [self.position[leaf] for leaf in term[1]], term[1]

    def _shape_of(self, term: Term) -> Shape:
        tree, leaves = term
        return tree, tuple([self.array[leaf] for leaf in leaves])

    def _shape(self, tree: int, arrays: tuple[int, ...]) -> int:
        key = (tree, arrays)
        found = self.shapes.get(key)
        if found is None:
            found = self.shapes[key] = len(self.arrays_of)
            self.arrays_of.append(key)
        return found

    # ---- statements ----

    def _store(self, statements: list[Statement], op: Op, roots: list[Root]) -> None:
        """Give the roots of one coarse key an array, and make statements of them."""
        array, base = len(self.sizes), 0
        self.sizes.append(len(roots))
        for form, nest, made in self._ordered(roots):
            for position, root in enumerate(made, start=base):
                self.array[root.number], self.position[root.number] = array, position
            statements.append(self._statement(array, base, op, self.fine[form // 3], nest, made))
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
        for shape, count, deltas in self.fine[root.form // 3]:
            n = len(self.arrays_of[shape][1])
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
        columns = [(start, tuple(step[i] for _, step in nest.loops)) for i, start in enumerate(nest.start)]
        output = Ref(-1, *columns[0]) if nest.start[0] >= 0 else None
        runs, at, term = [], 1, 0
        for shape, count, deltas in fine:
            tree, arrays = self.arrays_of[shape]
            refs = [
                (Ref(array, *column), delta)
                for array, column, delta in zip(arrays, columns[at:], deltas or (0,) * len(arrays), strict=False)
            ]
            for i, number in enumerate(arrays):
                if number == CONSTANTS:
                    rows = [[leaves[i] for _, leaves in root.terms[term : term + count]] for root in roots]
                    refs[i] = self.constants.ref(rows, dims)
            runs.append(self.trees.run(tree, count, refs))
            at, term = at + len(arrays), term + count
        return Statement(array, base, dims, op, tuple(runs), output, tuple(root.number for root in roots))

    def _copies(self) -> tuple[Copy, ...]:
        """The outputs that are no statement's: inputs, constants, and what is put out more than once."""
        array, output = self.array, self.output
        left = [(i, x) for i, x in enumerate(self.tape.outputs) if array[x] in (INPUTS, CONSTANTS) or output[x] != i]
        places = []
        for i, number in left:
            position = self.position[number]
            if self.array[number] == CONSTANTS:
                position = self.constants.literal(number)
            places.append(((self.array[number], self._kind(i)), (i, position)))
        copies = []
        for (array, _), group in groupby(places, itemgetter(0)):
            for nest in stretches([vector for _, vector in group]):
                (count, (step, stride)) = nest.loops[0] if nest.loops else (1, (0, 0))
                copies.append(Copy(Ref(array, nest.start[1], (stride,)), count, nest.start[0], step))
        return tuple(copies)


def _tree_of_single(root: FoldedRoot) -> int:
    """The tree of a root of one term, -1 for one of several."""
    terms = root[2]
    return terms[0][0] if len(terms) == 1 else -1


def _rows(numbers: Iterable[int], width: int) -> list[tuple[int, ...]]:
    """Numbers in rows of this width."""
    return list(zip(*[iter(numbers)] * width, strict=True))


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

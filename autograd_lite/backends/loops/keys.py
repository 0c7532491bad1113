"""Keys: what roots of a folded tape have in common, by which they may share an array, and a loop.

The terms of a root become runs. Its *fine key* is the runs without the places at which they start, which are its
*slots*; its *coarse key* says only which forms read which arrays. Most roots stand among others with the same trees,
each of them runs from end to end: these are looked at column by column, which costs little for each.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from itertools import chain, groupby, islice, pairwise, repeat
from operator import itemgetter, sub
from typing import NamedTuple, TypeVar

from autograd_lite import ops
from autograd_lite.backends.loops.coding import Vector, stretches
from autograd_lite.backends.loops.folding import FoldedRoot, Term
from autograd_lite.backends.loops.runs import CONSTANTS, INPUTS
from autograd_lite.ops import Op
from autograd_lite.tape import Tape

# How far the places of two arrays are apart: a place is one number that says the array, and the position in it.
APART = 1 << 40

Shape = tuple[int, Vector]  # a tree, and the arrays that its leaves read
Coded = tuple[int, int, Vector]  # a run without its start: the number of its shape, its count, its deltas


class Root(NamedTuple):
    """A root whose terms are coded."""

    output: int  # where it goes first among the outputs, or -1
    slots: Vector  # the places at which its runs start, one a leaf
    form: int  # the number of its fine key, thrice, and 1 more if it is put out, 2 more as part of the gradient
    number: int
    terms: list[Term]


RunKey = tuple[Shape, int, Vector]  # the same with the shape itself
Known = tuple[int, Hashable, list[int]]  # the keys of a root, and which of the numbers that it reads start a run
Columns = list[list[int]]
Kind = TypeVar("Kind", bound=Hashable)
Keyed = tuple[Op, Root, Hashable]  # the fold of a root, the root, and its coarse key


class Numbered(list[Kind]):
    """Things in the order in which they were met."""

    def __init__(self) -> None:
        super().__init__()
        self._numbers: dict[Kind, int] = {}

    def number(self, x: Kind) -> int:
        """The place of something, which is the last if it was not met before."""
        found = self._numbers.setdefault(x, len(self))
        if found == len(self):
            self.append(x)
        return found


class Keys:
    """The place of each number of a tape, as far as it has one, and the keys of roots that read such numbers.

    `shapes` has the shape, and `fine` the fine key, of each number that a key or a root has for it.
    """

    def __init__(self, tape: Tape, keeps_order: bool) -> None:
        self.keeps_order, self.first_gradient = keeps_order, len(tape.outputs) - tape.n_gradients
        # A constant has the position 0 for now: which ones a statement reads is found out when it is made.
        inputs, others = range(len(tape.labels)), len(tape.constants) + len(tape.instructions)
        self.place = [INPUTS * APART + i for i in inputs] + [CONSTANTS * APART] * others
        self.output: dict[int, int] = {}
        for i, number in enumerate(tape.outputs):
            self.output.setdefault(number, i)
        self.shapes: Numbered[Shape] = Numbered()
        self.fine: Numbered[tuple[Coded, ...]] = Numbered()
        self._met: dict[tuple[Vector, Vector], tuple[list[tuple[int, int]], dict[Vector, Known]]] = {}

    def keyed(self, level: list[FoldedRoot]) -> Iterator[Keyed]:
        """The roots of a level, in order, which read nothing but what has its place."""
        for _, op, terms in () if self.keeps_order else level:
            if op is ops.add:
                terms.sort(key=lambda term: (self._placed(term), term))
        ends = [(len(terms), terms[0][0], terms[-1][0]) for _, _, terms in level]
        for _, neighbours in groupby(zip(ends, level, strict=True), itemgetter(0)):
            roots = [root for _, root in neighbours]
            yield from (len(roots) > 1 and self._alike(roots)) or map(self._keyed, roots)

    def kind(self, output: int) -> int:
        """0 for what is not put out, 1 for the program's own outputs and 2 for its gradient, which go to two places."""
        return (output >= 0) + (output >= self.first_gradient)

    def _alike(self, roots: Sequence[FoldedRoot]) -> Iterator[Keyed] | None:
        """Roots that have as many terms each, if these have the same trees, and equal ones in a row are a run."""
        numbers, folds, terms = zip(*roots, strict=True)
        slots: list[list[int]] = []
        moves: list[list[int]] = []
        groups = _columns(terms)
        for _, leaves in groups:
            found = self._run(leaves)
            if found is None:
                return None
            slots += found[0]
            moves += found[1]
        if not groups:
            return None
        rows = list(zip(*moves, strict=True))
        keys_of = {row: self._keys(_runs(groups, row)) for row in dict.fromkeys(rows)}
        keys = list(map(keys_of.__getitem__, rows))
        outputs = list(map(self.output.get, numbers, repeat(-1)))
        forms = [form + self.kind(output) for (form, _), output in zip(keys, outputs, strict=True)]
        made = zip(outputs, zip(*slots, strict=True), forms, numbers, terms, strict=True)
        return zip(folds, map(tuple.__new__, repeat(Root), made), map(itemgetter(1), keys), strict=True)

    def _run(self, leaves: Sequence[Columns]) -> tuple[Columns, Columns] | None:
        """For terms in a row that are one run in each root: where it starts, and which arrays it reads, by which steps.

        Each is a column for each leaf. None if they are not one run in some root.
        """
        starts, arrays, steps, place = [], [], [], self.place
        for columns in leaves:
            first, *others = [[place[number] for number in column] for column in columns]
            step = list(map(sub, others[0], first)) if others else []
            if any(list(map(sub, b, a)) != step for a, b in pairwise(others)):
                return None
            array = [start // APART for start in first]
            if others and [end // APART for end in others[-1]] != array:
                return None
            starts.append(first)
            arrays.append(array)
            steps += [step] if others else []
        return starts, arrays + steps

    def _keyed(self, root: FoldedRoot) -> Keyed:
        """Any root. Those that read the same arrays by the same steps have the same runs, which are found once."""
        number, op, terms = root
        places = [self.place[leaf] for term in terms for leaf in term[1:]]
        trees, arrays = tuple([term[0] for term in terms]), tuple([place // APART for place in places])
        if (trees, arrays) not in self._met:
            self._met[trees, arrays] = self._neighbours(terms), {}
        neighbours, known = self._met[trees, arrays]
        steps = tuple([places[after] - places[before] for before, after in neighbours])
        if steps not in known:
            known[steps] = self._coded(terms)
        form, coarse, starts = known[steps]
        output, slots = self.output.get(number, -1), tuple([places[i] for i in starts])
        return op, Root(output, slots, form + self.kind(output), number, terms), coarse

    def _neighbours(self, terms: list[Term]) -> list[tuple[int, int]]:
        """Which of the numbers that a root reads are read alike by two terms in a row of one shape."""
        found, at = [], 0
        for (before, places), (after, _) in pairwise(map(self._placed, terms)):
            if before == after:
                found += [(i, i + len(places)) for i in range(at, at + len(places))]
            at += len(places)
        return found

    def _coded(self, terms: list[Term]) -> Known:
        """The keys of a root of these terms, and which of the numbers that it reads its runs start with."""
        fine: list[RunKey] = []
        starts: list[int] = []
        at = 0
        for shape, group in groupby(map(self._placed, terms), itemgetter(0)):
            for nest in stretches([places for _, places in group]):
                (loop,) = nest.loops or ((1, ()),)
                fine.append((shape, *loop))
                starts += range(at, at + len(nest.start))
                at += loop[0] * len(nest.start)
        return *self._keys(fine), starts

    def _keys(self, runs: Sequence[RunKey]) -> tuple[int, Hashable]:
        """Thrice the number of the fine key, and the coarse key, of a root with these runs."""
        fine = tuple([(self.shapes.number(shape), n, deltas) for shape, n, deltas in runs])
        shapes = {shape for shape, _, _ in fine}
        return 3 * self.fine.number(fine), frozenset(shapes) if len(shapes) > 1 else shapes.pop()

    def _placed(self, term: Term) -> tuple[Shape, Vector]:
        """The shape of a term, and the places that it reads."""
        tree, *leaves = term
        places = [self.place[leaf] for leaf in leaves]
        return (tree, tuple([place // APART for place in places])), tuple(places)


def _columns(terms: Sequence[list[Term]]) -> list[tuple[int, list[Columns]]]:
    """What roots of as many terms each read, if they have the same trees; else nothing.

    Each tree that comes some times in a row has its leaves, and each of these a column for each time, with all roots.
    """
    read = list(chain.from_iterable(chain.from_iterable(terms)))
    width, at, found = sum(map(len, terms[0])), 0, []
    for tree, group in groupby(terms[0], itemgetter(0)):
        times, size = len(members := list(group)), len(members[0])
        columns = [read[at + i :: width] for i in range(times * size)]
        if any(column.count(tree) < len(terms) for column in columns[::size]):
            return []
        found.append((tree, [columns[i::size] for i in range(1, size)]))
        at += len(columns)
    return found


def _runs(groups: Sequence[tuple[int, list[Columns]]], moves: Vector) -> list[RunKey]:
    """The runs of a root in which these groups read these arrays by these steps."""
    rest, found = iter(moves), []
    for tree, leaves in groups:
        arrays, times = tuple(islice(rest, len(leaves))), len(leaves[0])
        found.append(((tree, arrays), times, tuple(islice(rest, len(leaves) if times > 1 else 0))))
    return found

"""Layers, found in the statements: which of them is a z, what function of it is an a, and what numbers they have."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from autograd_lite import ops
from autograd_lite.backends.loops.runs import INPUTS, Ref, Tree
from autograd_lite.backends.loops.statements import Loops, Statement
from autograd_lite.ops import FUNCTION, Op
from autograd_lite.telling.equations.parts import RUN
from autograd_lite.telling.equations.regions import Regions


@dataclass(frozen=True)
class Layer:
    """A layer that was found: its number, the statement of its z, and the functions that z goes through.

    `label` is the number in the label of its matrix, 0 where it has none; layers that share a matrix share that.
    """

    number: int
    label: int
    z: Statement
    functions: tuple[Op, ...]
    has_activation: bool = False


class Layers:
    """The layers of a program, as its statements are met in order; `readers` are the statements that read an array."""

    def __init__(self, loops: Loops, regions: Regions, readers: dict[int, set[int]], first_adjoint: int) -> None:
        self.loops, self.regions, self.readers, self.first_adjoint = loops, regions, readers, first_adjoint
        self.found: list[Layer] = []
        self.ingredients: dict[int, int] = {}  # products that are but a part of some z, with the number in its label

    @property
    def has_any(self) -> bool:
        """Whether there is a layer, or a part of one."""
        return bool(self.found or self.ingredients)

    def add(self, label: int, statement: Statement) -> int:
        """A layer whose z this statement computes; its number is its label's if no other has that, else the next."""
        taken = {layer.number for layer in self.found}
        number = label if label and label not in taken else 1 + max(taken, default=0)
        self.found.append(Layer(number, label, statement, tuple(self.functions_of(statement.place))))
        return number

    def labelled(self, label: int) -> list[int]:
        """The numbers of the layers whose matrix has this number in its label."""
        return [layer.number for layer in self.found if layer.label == label]

    def label_of(self, statement: Statement) -> int | None:
        """The number in the label of a matrix among the inputs, if a statement computes the z of its layer with it."""
        for run in statement.runs:
            if isinstance(run.tree, int) and run.refs[run.tree].array in self.ingredients and len(statement.dims) <= 1:
                return self.ingredients[run.refs[run.tree].array]
            if run.tree != (ops.multiply, 0, 1) or statement.fold is not ops.add or len(statement.dims) > 1:
                continue
            read = [self.regions.part(*pair, statement, run) for pair in zip(run.refs, run.deltas, strict=True)]
            axes = [part.axes for part in read if part is not None]
            if sorted(map(len, axes)) != [1, 2] or (run.count > 1 and not all(RUN in found for found in axes)):
                continue
            matrix = run.refs[[len(found) for found in axes].index(2)]
            if matrix.array == INPUTS:
                number = self.regions.inputs.family(matrix.start).layer or 0
                if not self._is_ingredient(statement):
                    return number
                self.ingredients[statement.storage] = number
        return None

    def _is_ingredient(self, statement: Statement) -> bool:
        """Whether a product is read by one statement only, which adds something to it."""
        readers = [self.loops.statements[i] for i in self.readers.get(statement.storage, ())]
        readers = [reader for reader in readers if reader.numbers[0] < self.first_adjoint]
        return (
            len(readers) == 1
            and readers[0].terms > 1
            and any(isinstance(run.tree, int) and run.refs[run.tree] == statement.place for run in readers[0].runs)
        )

    def functions_of(self, z: Ref) -> Iterator[Op]:
        """The functions of one input that the program applies to a z."""
        found: dict[Op, None] = {}

        def walk(tree: Tree, refs: tuple[Ref, ...]) -> None:
            if isinstance(tree, tuple):
                if (
                    len(tree) == 2
                    and tree[0].precedence == FUNCTION
                    and isinstance(tree[1], int)
                    and refs[tree[1]] == z
                ):
                    found[tree[0]] = None
                for part in tree[1:]:
                    walk(part, refs)

        for i in sorted(self.readers.get(z.array, ())):
            if i < self.loops.n_primal:
                for run in self.loops.statements[i].runs:
                    walk(run.tree, run.refs)
        return iter(found)

    def activated(self, statement: Statement) -> Layer | None:
        """The layer whose a a statement computes: a function of nothing but its z."""
        if len(statement.runs) != 1 or statement.terms != 1:
            return None
        (run,) = statement.runs
        for i, layer in enumerate(self.found):
            forms = [(op, 0) for op in layer.functions]
            if run.refs == (layer.z.place,) and run.tree in forms and not layer.has_activation:
                self.found[i] = replace(layer, functions=(run.tree[0],), has_activation=True)
                return self.found[i]
        return None

"""The sheet: statement after statement gets its equation, and what it makes a name for those that follow.

What a matrix does to a vector is z, with the number of its layer above; a function of z is a; what reaches z from
behind is δ; and what goes out as the gradient by some input is ∂C/∂ of its name. All else is t. A value that one
equation alone reads is written into it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from autograd_lite.backends.loops.families import Inputs, families
from autograd_lite.backends.loops.runs import CONSTANTS, Ref
from autograd_lite.backends.loops.statements import Copy, Loops, Statement
from autograd_lite.ops import Op
from autograd_lite.telling.equations import parts
from autograd_lite.telling.equations.gradients import Gradients
from autograd_lite.telling.equations.layers import Layer, Layers
from autograd_lite.telling.equations.names import raised
from autograd_lite.telling.equations.parts import UNIT, NotWritten, Part
from autograd_lite.telling.equations.primes import Expander, Node, upstream
from autograd_lite.telling.equations.regions import Quantity, Regions, cut_out, lowered
from autograd_lite.telling.equations.writer import Writer
from autograd_lite.telling.formula import Formula
from autograd_lite.telling.notation import Math

SLOPE_OF_COST = Math("∇C", r"\nabla C")


@dataclass
class Line:
    """An equation, the statements that it stands for, and which of the four it is, if any.

    Without a right-hand side it is a statement that has no form with whole vectors and matrices, or a copy.
    """

    left: Math
    right: Math | None
    statements: list[Statement]
    tag: str = ""
    copy: Copy | None = None

    @property
    def instructions(self) -> int:
        """How many instructions of the tape it stands for."""
        return sum(statement.instructions for statement in self.statements)


class Sheet:
    """The equations of a program, in order, as `lines`; the first `n_forward` compute the function."""

    def __init__(self, loops: Loops, inputs: Inputs | None = None) -> None:
        self.loops = loops
        self.made = Expander(loops)
        self.regions = Regions(loops, inputs or families(loops.tape))
        self.writer = Writer(self.regions, self.made)
        self.names: dict[int, Math] = {}  # what each array is called, also where equations write it out
        self.lines: list[Line] = []
        tape = loops.tape
        self.first_adjoint = len(tape.labels) + len(tape.constants) + tape.n_primal
        self.gradients = Gradients(self.regions)
        self.readers: dict[int, set[int]] = {}
        for i, statement in enumerate(loops.statements):
            for array in {ref.array for run in statement.runs for ref in run.refs}:
                self.readers.setdefault(array, set()).add(i)
        self.parted = {ref.array for ref, axes in loops.reads() if _size(axes) < loops.sizes[ref.array]}
        self.layers = Layers(loops, self.regions, self.readers, self.first_adjoint)
        self.slopes = self._slopes()
        for statement in loops.statements[: loops.n_primal]:
            self._forward(statement)
        self.n_forward = len(self.lines)
        for statement in loops.statements[loops.n_primal :]:
            self._backward(statement)
        for copy in loops.copies:
            self.lines.append(Line(self.gradients.copied(copy), None, [], copy=copy))

    # ---- the function ----

    def _forward(self, statement: Statement) -> None:
        label = self.layers.label_of(statement)
        self.regions.has_layers = self.layers.has_any or label is not None
        if label is not None and self._is_alone(statement):
            self._line(statement, raised("z", self.layers.add(label, statement)))
            return
        layer = self.layers.activated(statement)
        if layer is not None:
            self._line(statement, raised("a", layer.number))
            return
        output = statement.output
        is_cost = self.loops.tape.n_gradients and output is not None and output.start == 0 and statement.size == 1
        self._line(statement, Math("C", "C") if is_cost else None)

    # ---- its gradient ----

    def _slopes(self) -> dict[int, int | None]:
        """The arrays that are some δ, with the number of the layer if a label says it.

        They go out as the gradient by a bias, or stand as rows in that by a matrix.
        """
        found: dict[int, int | None] = {}
        for statement in self.loops.statements[self.loops.n_primal :]:
            target = self.gradients.target(statement)
            if target is None:
                continue
            family, axes = target.family, target.axes
            if len(family.shape) == 1 and family.label.startswith("b"):
                found.setdefault(statement.storage, family.layer)
            for run in statement.runs if len(axes) == 2 else ():
                rows = [axis for axis in axes[:1] if axis != UNIT]
                for ref in run.refs:
                    if target.block and len(self.made.makers.get(ref.array, ())) > 1:
                        continue  # a block of an array by a block of another is no layer
                    if self._is_slope(ref) and [d for d, stride in enumerate(ref.strides) if stride] == rows:
                        found.setdefault(ref.array, family.layer)
        return found

    def _is_alone(self, statement: Statement) -> bool:
        """Whether a statement fills an array of its own."""
        return len(self.made.makers[statement.storage]) == 1

    def _is_slope(self, ref: Ref) -> bool:
        return ref.array > CONSTANTS and self.made.makers[ref.array][0].numbers[0] >= self.first_adjoint

    def _backward(self, statement: Statement) -> None:
        target = self.gradients.target(statement)
        if self._delta(statement):
            if target is not None:
                self.lines.append(Line(self.gradients.by(target), self.lines[-1].left, [], "BP4"))
        elif target is not None:
            self._line(
                statement, self.gradients.by(target), tag="BP3" if len(target.axes) == 2 else "", axes=target.axes
            )
        else:
            self._line(statement, None)

    def _delta(self, statement: Statement) -> bool:
        """Write the equation of a statement that computes some δ, or σ′; else say no."""
        is_slope = statement.storage in self.slopes
        for layer in self.layers.found:
            for op in layer.functions if statement.size == layer.z.size else ():
                is_found, above = upstream(self.made, statement, op, layer.z.place)
                prime = self._prime(op, layer.number)
                if is_found and is_slope:
                    self._with_prime(statement, layer, prime, above)
                    return True
                if is_found and above is None:
                    self._line(statement, prime)
                    return True
        name = self._numbered(self.slopes.get(statement.storage))
        if name is None or name in self.names.values():  # what is added up for a bias that layers share is no δ
            return False
        self._line(statement, name, tag="BP2" if self._is_behind(self._refs(statement)) else "BP1")
        return True

    def _numbered(self, label: int | None) -> Math | None:
        """The δ of the layer with this number in its label, or None if no layer, or more than one, has it."""
        if label is None:
            return None
        numbers = self.layers.labelled(label) or [label]
        return raised("δ", numbers[0]) if len(numbers) == 1 else None

    def _prime(self, op: Op, number: int) -> Math:
        z, name = raised("z", number), parts.symbol(op)
        return Math(f"{name.text}′({z.text})", rf"{name.latex}'\left({z.latex}\right)")

    def _with_prime(self, statement: Statement, layer: Layer, prime: Math, above: Node | None) -> None:
        """δ = u ⊙ σ′(z), with ∇C in the place of the first u in which no other δ stands."""
        axes = tuple(range(len(statement.dims))) or (UNIT,)
        name: Math | None = raised("δ", layer.number)
        is_behind = above is not None and self._is_behind(above)
        factors, tag = [parts.name(prime, axes)], "BP2" if is_behind else "BP1"
        if name in self.names.values():  # but a share of it
            name, tag = None, ""
        if above is not None:
            try:
                part = parts.scaled(*self.writer.expression(above, statement))
            except NotWritten:
                self._line(statement, name, tag)
                return
            if not is_behind and all(line.left != SLOPE_OF_COST for line in self.lines):
                self.lines.append(Line(SLOPE_OF_COST, part.formula.math, self._taken(self.writer.read)))
                part = parts.name(SLOPE_OF_COST, axes)
            factors = [part, *factors]
        claimed = self._taken([ref.array for ref in self._refs(statement)])
        self._finish(statement, name, parts.product(factors, axes, False), claimed, tag)

    def _refs(self, statement: Statement) -> list[Ref]:
        return [ref for run in statement.runs for ref in run.refs]

    def _is_behind(self, node: Node) -> bool:
        """Whether a δ stands in an expression."""
        if isinstance(node, Ref):
            quantity = self.regions.quantities.get(node.array)
            return quantity is not None and quantity.is_behind
        return any(self._is_behind(part) for part in node if not isinstance(part, Op))

    # ---- lines ----

    def _line(
        self, statement: Statement, name: Math | None, tag: str = "", axes: tuple[int, ...] | None = None
    ) -> None:
        """Write a statement's equation, or keep it for the one equation that will read it."""
        try:
            coefficient, part = self.writer.right(statement, axes)
        except NotWritten:
            self._settle([ref.array for ref in self._refs(statement)])
            self._finish(statement, name, None, [], tag)
            return
        claimed, storage = self._taken(self.writer.read), statement.storage
        is_written_in = len(self.readers.get(storage, ())) == 1 or part.formula.value is not None
        is_alone, is_whole = self._is_alone(statement), storage not in self.parted
        if name is None and is_alone and is_written_in and is_whole and statement.output is None:
            self.names[storage] = lowered("t", storage)
            self.regions.quantities[storage] = Quantity(
                shape=_shape(statement, part),
                formula=part.formula,
                is_slope=self._is_slope(statement.place),
                is_behind=self._is_behind(self._refs(statement)),
                coefficient=coefficient,
                pending=[*claimed, statement],
            )
        else:
            self._finish(statement, name, parts.scaled(coefficient, part), claimed, tag)

    def _finish(
        self, statement: Statement, name: Math | None, part: Part | None, claimed: list[Statement], tag: str
    ) -> None:
        """The line of a statement, and what its array is called from now on."""
        storage = statement.storage
        shape = _shape(statement, part) if part is not None else statement.dims or (1,)
        left = own = name or lowered("t", storage)
        if len(self.made.makers[storage]) > 1:  # a part of an array has a name of its own only if it is put out
            shape, own = (self.loops.sizes[storage],), lowered("t", storage)
            left = left if name and statement.output else _stretch(own, statement)
        self.names[storage] = own
        is_behind = storage in self.slopes or self._is_behind(self._refs(statement))
        is_slope = self._is_slope(statement.place)
        self.regions.quantities[storage] = Quantity(shape, Formula(own), is_slope, is_behind)
        self.lines.append(Line(left, part.formula.math if part else None, [*claimed, statement], tag))

    def _taken(self, arrays: list[int]) -> list[Statement]:
        """The statements that are written into an equation which reads these arrays; they are counted there, once."""
        taken = []
        for array in dict.fromkeys(arrays):
            quantity = self.regions.quantities.get(array)
            if quantity is not None:
                taken += quantity.pending
                quantity.pending = []
        return taken

    def _settle(self, arrays: list[int]) -> None:
        """Give what waits in these arrays an equation of its own: what reads them cannot write them into its own."""
        for array in dict.fromkeys(arrays):
            quantity = self.regions.quantities.get(array)
            if quantity is not None and quantity.pending:
                part = parts.scaled(quantity.coefficient, Part(quantity.formula))
                name = lowered("t", array)
                self.lines.append(Line(name, part.formula.math, self._taken([array])))
                quantity.formula, quantity.coefficient = Formula(name), 1.0


def _stretch(name: Math, statement: Statement) -> Math:
    """The places of an array that a statement fills, as they are cut out of a list: t[2], t[0:2]."""
    first, end = statement.base, statement.base + statement.size
    return cut_out(name, f"{first}" if statement.size == 1 else f"{first}:{end}")


def _shape(statement: Statement, part: Part) -> tuple[int, ...]:
    """The shape of what a statement computes: its loops, and axes of one place that its right-hand side has."""
    if part.moving != tuple(range(len(statement.dims))):
        return statement.dims
    return tuple(1 if axis == UNIT else statement.dims[axis] for axis in part.axes)


def _size(axes: Sequence[tuple[int, int]]) -> int:
    """How many places a ref comes to along these axes."""
    return prod(extent for stride, extent in axes if stride)

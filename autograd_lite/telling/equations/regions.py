"""Regions: what a ref reads as a whole: a named scalar, vector or matrix, and along which loops its axes run."""

from __future__ import annotations

from dataclasses import dataclass, field

from autograd_lite.backends.loops.families import Family, Inputs, Move, moves
from autograd_lite.backends.loops.runs import CONSTANTS, INPUTS, Ref, Run, contiguous
from autograd_lite.backends.loops.statements import Loops, Statement
from autograd_lite.backends.loops.writing import affine
from autograd_lite.telling.equations import parts
from autograd_lite.telling.equations.names import family_name, raised
from autograd_lite.telling.equations.parts import UNIT, Part
from autograd_lite.telling.equations.shapes import Block, Place, block, index
from autograd_lite.telling.formula import Formula
from autograd_lite.telling.notation import Math


@dataclass
class Quantity:
    """What an array holds: its shape, and how equations write it.

    `is_behind` says that some δ stands in it; `pending` are statements that wait for the equation that reads them.
    """

    shape: tuple[int, ...]
    formula: Formula
    is_slope: bool
    is_behind: bool = False
    coefficient: float = 1.0
    pending: list[Statement] = field(default_factory=list)


class Regions:
    """The quantities of a program's arrays, as they become known."""

    def __init__(self, loops: Loops, inputs: Inputs) -> None:
        self.loops, self.inputs = loops, inputs
        self.quantities: dict[int, Quantity] = {}
        self.has_layers = False

    def part(self, ref: Ref, delta: int, statement: Statement, run: Run) -> Part | None:
        """What a ref reads, if that is a whole scalar, vector or matrix, or a block of one."""
        if ref.array == CONSTANTS:
            return self._constant(ref, delta, statement, run)
        axes = self.axes(ref, delta, statement.dims, run.count)
        if axes is None:
            return self._part_of(ref, moves(ref, delta, statement.dims, run.count))
        if ref.array == INPUTS:
            return parts.name(self.input_name(self.inputs.family(ref.start)), axes)
        quantity = self.quantities[ref.array]
        return Part(quantity.formula, axes, quantity.is_slope)

    def _part_of(self, ref: Ref, along: list[Move]) -> Part | None:
        """What a ref reads of a vector or a matrix that has a name: x[1:3], W[:,0], W[2,3]."""
        quantity = self.quantities.get(ref.array)
        if ref.array == INPUTS:
            name, found = self.input_name(self.inputs.family(ref.start)), self.input_block(ref.start, along)
        elif quantity is not None and not quantity.pending:
            places = index(ref.start, along, quantity.shape)
            name, found = quantity.formula.math, block(places, along, quantity.shape) if places else None
        else:
            return None
        if found is None:
            return None
        return parts.name(cut_out(name, found[0]), found[1], quantity is not None and quantity.is_slope)

    def input_block(self, start: int, along: list[Move]) -> Block | None:
        """The block of a family that a ref reads."""
        places, shape = self._input_index(start, along), self.inputs.family(start).shape
        return block(places, along, shape) if places and shape else None

    def input_name(self, family: Family) -> Math:
        """The name of a family; x is a⁰ where there are layers."""
        return (
            raised("a", 0)
            if family.label == "x" and self.has_layers and len(family.shape) == 1
            else family_name(family)
        )

    def axes(self, ref: Ref, delta: int, dims: tuple[int, ...], count: int) -> tuple[int, ...] | None:
        """For each axis of what a ref reads the loop along which it runs; None if that is not the whole of it."""
        along = moves(ref, delta, dims, count)
        if ref.array == INPUTS:
            return self._input_axes(ref.start, along)
        quantity = self.quantities.get(ref.array)
        return None if quantity is None else _computed_axes(ref.start, along, quantity.shape)

    def _constant(self, ref: Ref, delta: int, statement: Statement, run: Run) -> Part | None:
        """A number, or a table that was recorded, called c and where it stands."""
        along = moves(ref, delta, statement.dims, run.count)
        if not along:
            return parts.constant(self.loops.constants[ref.start])
        along.sort(key=lambda move: -move[2])
        shape = tuple(count for _, count, _ in along)
        if tuple(stride for _, _, stride in along) != contiguous(shape) or len(shape) > 2:
            return None
        return parts.name(lowered("c", ref.start), tuple(loop for loop, _, _ in along))

    def _input_axes(self, start: int, moves: list[Move]) -> tuple[int, ...] | None:
        family, steps = self.inputs.family(start), self.inputs.steps(start, moves)
        if not family.is_whole or steps is None:
            return None
        axes = []
        for axis, extent in enumerate(family.shape):
            along = [loop for loop, count, _ in moves if steps[loop][axis] == 1 and count == extent]
            if len(along) != (extent > 1):
                return None
            axes.append(along[0] if along else UNIT)
        return tuple(axes) if len(moves) == sum(axis != UNIT for axis in axes) else None

    def _input_index(self, start: int, along: list[Move]) -> list[Place] | None:
        """A place among the inputs as one in its family; None if it moves there by no fixed step."""
        steps = self.inputs.steps(start, along)
        if steps is None:
            return None
        return [
            (first, [(steps[loop][axis], loop) for loop, _, _ in along if steps[loop][axis]])
            for axis, first in enumerate(self.inputs.places[start][1])
        ]

    def index(self, ref: Ref, delta: int, dims: tuple[int, ...], count: int, names: list[str]) -> list[str] | None:
        """The place that a ref reads within its family, an index for each axis; None if it is no fixed step."""
        places = self._input_index(ref.start, moves(ref, delta, dims, count))
        return None if places is None else _affine(places, names)

    def place(self, ref: Ref, delta: int, dims: tuple[int, ...], count: int, names: list[str]) -> str:
        """The place that a ref reads in an array: an index for each axis if it keeps to them, else one for all."""
        quantity = self.quantities.get(ref.array)
        axes = index(ref.start, moves(ref, delta, dims, count), quantity.shape) if quantity is not None else None
        if axes is None:
            return affine(ref.start, [*zip(ref.strides, names, strict=True), (delta, "k")])
        return ",".join(_affine(axes, names))


def _affine(places: list[Place], names: list[str]) -> list[str]:
    """The indices of a place by the names of the loops."""
    return [
        affine(first, [(step, names[loop] if loop >= 0 else "k") for step, loop in steps]) for first, steps in places
    ]


def _computed_axes(start: int, moves: list[Move], shape: tuple[int, ...]) -> tuple[int, ...] | None:
    """The loop along each axis of an array of this shape, read from end to end."""
    left, axes = list(moves), []
    for extent, stride in zip(shape, contiguous(shape), strict=True):
        along = [move for move in left if move[2] == stride and move[1] == extent]
        if extent > 1 and len(along) != 1:
            return None
        axes.append(along[0][0] if extent > 1 else UNIT)
        if extent > 1:
            left.remove(along[0])
    return None if left or start else tuple(axes)


def cut_out(name: Math, block: str) -> Math:
    """A block of what has a name: W[:,0]."""
    return Math(f"{name.text}[{block}]", f"{name.latex}[{block.replace(':', '{:}')}]")


LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def lowered(letter: str, number: int) -> Math:
    """A letter with a number below: t₃."""
    return Math(letter + str(number).translate(LOWERED), f"{letter}_{{{number}}}")

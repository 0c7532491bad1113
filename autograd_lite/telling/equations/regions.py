"""Regions: what a ref reads as a whole: a named scalar, vector or matrix, and along which loops its axes run."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import product as every

from autograd_lite.backends.loops.runs import CONSTANTS, INPUTS, Ref, Run, contiguous
from autograd_lite.backends.loops.statements import Loops, Statement
from autograd_lite.backends.loops.writing import affine
from autograd_lite.telling.equations import parts
from autograd_lite.telling.equations.families import Family, Inputs, families, raised
from autograd_lite.telling.equations.parts import RUN, UNIT, Part
from autograd_lite.telling.formula import Formula
from autograd_lite.telling.notation import Math

# A loop, how often it runs, and how far a ref goes from one time to the next.
Move = tuple[int, int, int]


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

    def __init__(self, loops: Loops) -> None:
        self.loops = loops
        self.inputs: Inputs = families(loops.tape)
        self.quantities: dict[int, Quantity] = {}
        self.has_layers = False

    def part(self, ref: Ref, delta: int, statement: Statement, run: Run) -> Part | None:
        """What a ref reads, if that is a whole scalar, vector or matrix."""
        if ref.array == CONSTANTS:
            return self._constant(ref, delta, statement, run)
        axes = self.axes(ref, delta, statement.dims, run.count)
        if axes is None:
            return None
        if ref.array == INPUTS:
            return parts.name(self.input_name(self.inputs.family(ref.start)), axes)
        quantity = self.quantities[ref.array]
        return Part(quantity.formula, axes, quantity.is_slope)

    def input_name(self, family: Family) -> Math:
        """The name of a family; x is a⁰ where there are layers."""
        return raised("a", 0) if family.label == "x" and self.has_layers and len(family.shape) == 1 else family.name

    def axes(self, ref: Ref, delta: int, dims: tuple[int, ...], count: int) -> tuple[int, ...] | None:
        """For each axis of what a ref reads the loop along which it runs; None if that is not the whole of it."""
        moves = _moves(ref, delta, dims, count)
        if ref.array == INPUTS:
            return self._input_axes(ref.start, moves)
        quantity = self.quantities.get(ref.array)
        return None if quantity is None else _computed_axes(ref.start, moves, quantity.shape)

    def _constant(self, ref: Ref, delta: int, statement: Statement, run: Run) -> Part | None:
        """A number, or a table that was recorded, called c and where it stands."""
        moves = _moves(ref, delta, statement.dims, run.count)
        if not moves:
            return parts.number(self.loops.constants[ref.start])
        moves.sort(key=lambda move: -move[2])
        shape = tuple(count for _, count, _ in moves)
        if tuple(stride for _, _, stride in moves) != contiguous(shape) or len(shape) > 2:
            return None
        return parts.name(lowered("c", ref.start), tuple(loop for loop, _, _ in moves))

    def _input_axes(self, start: int, moves: list[Move]) -> tuple[int, ...] | None:
        family, (_, origin) = self.inputs.family(start), self.inputs.places[start]
        if not family.is_whole or not all(0 <= start + stride < len(self.inputs.places) for _, _, stride in moves):
            return None
        steps = {
            loop: tuple(a - b for a, b in zip(self.inputs.places[start + stride][1], origin, strict=False))
            for loop, _, stride in moves
        }
        if not self._is_affine(start, moves, steps):
            return None
        axes = []
        for axis, extent in enumerate(family.shape):
            along = [loop for loop, count, _ in moves if abs(steps[loop][axis]) == 1 and count == extent]
            if len(along) != (extent > 1):
                return None
            axes.append(along[0] if along else UNIT)
        return tuple(axes) if len(moves) == sum(axis != UNIT for axis in axes) else None

    def index(self, ref: Ref, delta: int, dims: tuple[int, ...], count: int, names: list[str]) -> list[str] | None:
        """The place that a ref reads within its family, an index for each axis; None if it is no fixed step."""
        moves = _moves(ref, delta, dims, count)
        places = self.inputs.places
        if not all(0 <= ref.start + stride < len(places) for _, _, stride in moves):
            return None
        origin = places[ref.start][1]
        steps = {loop: tuple(a - b for a, b in zip(places[ref.start + stride][1], origin, strict=False))
                 for loop, _, stride in moves}  # fmt: skip
        if not self._is_affine(ref.start, moves, steps):
            return None
        return [
            affine(start, [(steps[loop][axis], names[loop] if loop >= 0 else "k") for loop, _, _ in moves])
            for axis, start in enumerate(origin)
        ]

    def _is_affine(self, start: int, moves: list[Move], steps: dict[int, tuple[int, ...]]) -> bool:
        """Whether every place that is read belongs to one family and lies where the first steps lead."""
        places = self.inputs.places
        number, origin = places[start]
        for index in every(*[range(count) for _, count, _ in moves]):
            position, expected = start, list(origin)
            for i, (loop, _, stride) in zip(index, moves, strict=True):
                position += i * stride
                expected = [a + i * b for a, b in zip(expected, steps[loop], strict=False)]
            if not 0 <= position < len(places) or places[position] != (number, tuple(expected)):
                return False
        return True


def _moves(ref: Ref, delta: int, dims: tuple[int, ...], count: int) -> list[Move]:
    moves = [(d, n, stride) for d, (n, stride) in enumerate(zip(dims, ref.strides, strict=True)) if stride]
    return moves + [(RUN, count, delta)] * bool(delta and count > 1)


def _computed_axes(start: int, moves: list[Move], shape: tuple[int, ...]) -> tuple[int, ...] | None:
    """The loop along each axis of an array of this shape, read from end to end."""
    lowest = start + sum(min(0, stride * (count - 1)) for _, count, stride in moves)
    left, axes = list(moves), []
    for extent, stride in zip(shape, contiguous(shape), strict=True):
        along = [move for move in left if abs(move[2]) == stride and move[1] == extent]
        if extent > 1 and len(along) != 1:
            return None
        axes.append(along[0][0] if extent > 1 else UNIT)
        if extent > 1:
            left.remove(along[0])
    return None if left or lowest else tuple(axes)


LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def lowered(letter: str, number: int) -> Math:
    """A letter with a number below: t₃."""
    return Math(letter + str(number).translate(LOWERED), f"{letter}_{{{number}}}")

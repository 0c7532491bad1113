"""Gradients: which outputs of a program are ∂C/∂ of which inputs, whole or a block of them."""

from __future__ import annotations

from dataclasses import dataclass

from autograd_lite.backends.loops.families import Family, moves
from autograd_lite.backends.loops.runs import INPUTS, Ref
from autograd_lite.backends.loops.statements import Copy, Statement
from autograd_lite.telling.equations.regions import Regions, cut_out
from autograd_lite.telling.notation import Math


@dataclass(frozen=True)
class Target:
    """The inputs by which something is the gradient, and along which loops their axes run.

    `block` is what is cut out of a family, 0:2,3; nothing if it is all of it.
    """

    family: Family
    axes: tuple[int, ...]
    block: str = ""


class Gradients:
    """The gradient among the outputs of a program: from `first` on, in the order of the inputs."""

    def __init__(self, regions: Regions) -> None:
        tape = regions.loops.tape
        self.regions, self.first = regions, len(tape.outputs) - tape.n_gradients

    def target(self, statement: Statement) -> Target | None:
        """The inputs by which a statement is the gradient."""
        output = statement.output
        return None if output is None else self._target(output, statement.dims)

    def by(self, target: Target) -> Math:
        """∂C/∂ of a target."""
        below = self.regions.input_name(target.family)
        whole = Math(f"∂C/∂{below.text}", rf"\frac{{\partial C}}{{\partial {below.latex}}}")
        return cut_out(whole, target.block) if target.block else whole

    def copied(self, copy: Copy) -> Math:
        """What an output is called that is a copy of something."""
        strides, dims = ((copy.stride,), (copy.count,)) if copy.count > 1 else ((), ())
        target = self._target(Ref(INPUTS, copy.start, strides), dims)
        if target is not None:
            return self.by(target)
        return Math(f"output {copy.start}", rf"\mathrm{{output}}_{{{copy.start}}}")

    def _target(self, output: Ref, dims: tuple[int, ...]) -> Target | None:
        if output.start < self.first:
            return None
        ref = Ref(INPUTS, output.start - self.first, output.strides)
        family, axes = self.regions.inputs.family(ref.start), self.regions.axes(ref, 0, dims, 1)
        if axes is not None:
            return Target(family, axes)
        found = self.regions.input_block(ref.start, moves(ref, 0, dims, 1))
        return found and Target(family, found[1], found[0])

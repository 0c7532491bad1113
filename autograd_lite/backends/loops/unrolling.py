"""Unrolling: loops that walk over inputs of several kinds are written out, where each kind has an array of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from autograd_lite.backends.loops.families import Inputs, families, moves
from autograd_lite.backends.loops.runs import INPUTS, Ref, Run
from autograd_lite.backends.loops.statements import Copy, Loops, Reads, Statement


def within_families(loops: Loops) -> Loops:
    """The same program in which every loop stays within one family of inputs, and within one family's gradient."""
    inputs = families(loops.tape)
    first = len(loops.tape.outputs) - loops.tape.n_gradients
    return _written_out(
        loops, lambda statement: _stays(statement, inputs, first), lambda copy: _copy_stays(copy, inputs, first)
    )


def apart(loops: Loops, first: int) -> Loops:
    """The same program without a loop that begins before the input `first` and goes on behind it."""

    def stays(part: Statement | Copy) -> bool:
        return not straddle(part.reads(), first)

    return _written_out(loops, stays, stays)


def straddle(reads: Reads, first: int) -> bool:
    """Whether any of what is read begins before the input `first` and goes on behind it."""
    ends = (ref.ends(axes) for ref, axes in reads if ref.array == INPUTS)
    return any(low < first <= high for low, high in ends)


def _written_out(loops: Loops, stays: Callable[[Statement], bool], copy_stays: Callable[[Copy], bool]) -> Loops:
    """The same program with every statement and copy that does not stay written out."""
    statements, n_primal = [], 0
    for i, statement in enumerate(loops.statements):
        parts = [statement] if stays(statement) else list(unrolled(statement))
        statements += parts
        n_primal += len(parts) if i < loops.n_primal else 0
    copies = [part for copy in loops.copies for part in ([copy] if copy_stays(copy) else _single(copy))]
    return replace(loops, statements=tuple(statements), copies=tuple(copies), n_primal=n_primal)


def unrolled(statement: Statement) -> Iterator[Statement]:
    """A statement as one for each of its results, each term written out."""
    for i, index in enumerate(statement.indices()):
        runs = [
            Run(run.tree, 1, tuple(_at(ref, index, k * delta) for ref, delta in zip(run.refs, run.deltas, strict=True)),
                (0,) * len(run.refs))
            for run in statement.runs for k in range(run.count)
        ]  # fmt: skip
        output = statement.output and _at(statement.output, index, 0)
        number = (statement.numbers[i],)
        yield Statement(statement.storage, statement.base + i, (), statement.fold, tuple(runs), output, number)


def _at(ref: Ref, index: tuple[int, ...], offset: int) -> Ref:
    return Ref(ref.array, ref.at(index) + offset, ())


def _stays(statement: Statement, inputs: Inputs, first: int) -> bool:
    for run in statement.runs:
        for ref, delta in zip(run.refs, run.deltas, strict=True):
            along = moves(ref, delta, statement.dims, run.count)
            if ref.array == INPUTS and along and inputs.steps(ref.start, along) is None:
                return False
    return statement.output is None or _lands(statement.output, statement.dims, inputs, first)


def _lands(output: Ref, dims: tuple[int, ...], inputs: Inputs, first: int) -> bool:
    """Whether outputs are all the function's own, or all of the gradient by one family."""
    along = moves(output, 0, dims, 1)
    lowest, highest = output.ends([*zip(output.strides, dims, strict=True)])
    if highest < first:
        return True
    return lowest >= first and (not along or inputs.steps(output.start - first, along) is not None)


def _copy_stays(copy: Copy, inputs: Inputs, first: int) -> bool:
    dims, output = (copy.count,), Ref(-1, copy.start, (copy.stride,))
    source = moves(copy.ref, 0, dims, 1)
    reads_one = copy.ref.array != INPUTS or not source or inputs.steps(copy.ref.start, source) is not None
    return copy.count == 1 or (reads_one and _lands(output, dims, inputs, first))


def _single(copy: Copy) -> list[Copy]:
    """A copy as one for each of its numbers."""
    return [
        Copy(Ref(copy.ref.array, copy.ref.at((i,)), (0,)), 1, copy.start + i * copy.stride, 0)
        for i in range(copy.count)
    ]

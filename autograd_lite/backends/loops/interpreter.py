"""The interpreter of statements: what they mean, in plain Python, one number at a time. Slow, and the oracle."""

from __future__ import annotations

from collections.abc import Sequence

from autograd_lite import ops
from autograd_lite.backends.loops.runs import CONSTANTS, Run, Tree
from autograd_lite.backends.loops.statements import Loops, Statement


def run(loops: Loops, inputs: Sequence[float]) -> list[list[float]]:
    """All arrays of a program for these inputs, one statement after the other."""
    arrays = [[0.0] * size for size in loops.sizes]
    arrays[0] = list(inputs)
    arrays[CONSTANTS] = list(loops.constants)
    for statement in loops.statements:
        for i, index in enumerate(statement.indices()):
            arrays[statement.storage][statement.base + i] = result(statement, index, arrays)
    return arrays


def outputs(loops: Loops, inputs: Sequence[float]) -> list[float]:
    """The outputs of a program for these inputs, as the tape has them."""
    arrays = run(loops, inputs)
    found = [0.0] * len(loops.tape.outputs)
    for statement in loops.statements:
        if statement.output:
            for i, index in enumerate(statement.indices()):
                found[statement.output.at(index)] = arrays[statement.storage][statement.base + i]
    for copy in loops.copies:
        for i in range(copy.count):
            found[copy.start + i * copy.stride] = arrays[copy.ref.array][copy.ref.at((i,))]
    return found


def result(statement: Statement, index: Sequence[int], arrays: Sequence[Sequence[float]]) -> float:
    """One result of a statement: its terms from left to right, joined by its fold."""
    terms = [term(run, index, k, arrays) for run in statement.runs for k in range(run.count)]
    if statement.fold is not ops.add:
        return statement.fold.forward(*terms)
    total = terms[0]
    for x in terms[1:]:
        total = total + x
    return total


def term(run: Run, index: Sequence[int], k: int, arrays: Sequence[Sequence[float]]) -> float:
    """The k-th term of a run."""
    numbers = [arrays[ref.array][ref.at(index) + delta * k] for ref, delta in zip(run.refs, run.deltas, strict=True)]
    return evaluate(run.tree, numbers)


def evaluate(tree: Tree, numbers: Sequence[float]) -> float:
    """A tree on the numbers of its refs."""
    if isinstance(tree, int):
        return numbers[tree]
    op, *parts = tree
    value: float = op.forward(*[evaluate(part, numbers) for part in parts])
    return value

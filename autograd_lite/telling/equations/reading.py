"""Statements as they are read: in the place of a part of a rule, by which it keeps its digits, what that is told as.

δ = u ⊙ (1 − a ⊙ a) computes tanh′ from z. Its instructions remain those of the tape.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from autograd_lite.backends.loops.runs import CONSTANTS, Ref, Run, Tree
from autograd_lite.backends.loops.statements import Loops
from autograd_lite.op import Number, Op
from autograd_lite.operators import Operators


@dataclass(frozen=True)
class ReadRun(Run):
    """A run of which a term is more, or less, to read than its `instructions` are."""

    instructions: int = 0

    @property
    def size(self) -> int:
        """The instructions of one term."""
        return self.instructions


def as_told(loops: Loops) -> Loops:
    """The same statements as they are read; the numbers of what is told stand behind the other constants.

    A sum that runs from its end to its beginning runs the other way.
    """
    constants = list(loops.constants)
    statements = tuple(
        replace(statement, runs=tuple(_ascending(_told(run, len(statement.dims), constants)) for run in statement.runs))
        for statement in loops.statements
    )
    return replace(loops, statements=statements, constants=tuple(constants))


def _told(run: Run, n_dims: int, constants: list[float]) -> Run:
    if not any(op.told is not None for op in _ops(run.tree)):
        return run
    places: dict[tuple[Ref, int], int] = {}

    def placed(tree: Any) -> Tree:
        if isinstance(tree, tuple):
            return (tree[0], *map(placed, tree[1:]))
        if isinstance(tree, int):
            place = run.refs[tree], run.deltas[tree]
        else:
            constants.extend([] if tree in constants else [tree])
            place = Ref(CONSTANTS, constants.index(tree), (0,) * n_dims), 0
        return places.setdefault(place, len(places))

    tree = placed(_read(run.tree).tree)
    refs, deltas = zip(*places, strict=True)
    return ReadRun(tree, run.count, refs, deltas, run.size)


def _ascending(run: Run) -> Run:
    if not any(run.deltas) or max(run.deltas) > 0:
        return run
    last = run.count - 1
    refs = [replace(ref, start=ref.start + last * delta) for ref, delta in zip(run.refs, run.deltas, strict=True)]
    return replace(run, refs=tuple(refs), deltas=tuple(-delta for delta in run.deltas))


def _ops(tree: Tree) -> Iterator[Op]:
    if isinstance(tree, tuple):
        yield tree[0]
        for part in tree[1:]:
            yield from _ops(part)


class _Reading(Operators):
    """An expression that is being read: a tree, in which a number that a formula states is a float."""

    def __init__(self, tree: Any) -> None:
        self.tree = tree

    @staticmethod
    def _apply(op: Op, *inputs: Number) -> _Reading:
        if op.told is not None:
            told: _Reading = op.told(*inputs)
            return told
        return _Reading((op, *[x.tree if isinstance(x, _Reading) else float(x) for x in inputs]))


def _read(tree: Tree) -> _Reading:
    return _Reading._apply(tree[0], *map(_read, tree[1:])) if isinstance(tree, tuple) else _Reading(tree)

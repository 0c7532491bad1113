"""Joining: statements in a row that differ by a fixed step only are one statement with more loops."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from math import prod

from autograd_lite.backends.loops.coding import Nest, nests
from autograd_lite.backends.loops.runs import Ref
from autograd_lite.backends.loops.statements import Statement


def joined(statements: Sequence[Statement]) -> Iterator[Statement]:
    """The statements in fewer; their bases have no meaning."""
    if len(statements) == 1:
        yield statements[0]
        return
    for _, alike in groupby(statements, _form):
        members = list(alike)
        for nest in nests([tuple(ref.start for ref in _refs(statement)) for statement in members]):
            count = prod(count for count, _ in nest.loops)
            yield _nested(members[:count], nest)
            members = members[count:]


def _refs(statement: Statement) -> list[Ref]:
    """The refs of a statement, that of its output among them."""
    outputs = [statement.output] if statement.output else []
    return outputs + [ref for run in statement.runs for ref in run.refs]


def _with_refs(statement: Statement, change: Callable[[int, Ref], Ref]) -> Statement:
    """The statement with its refs changed, each by its number in the order of `_refs`."""
    changed = iter([change(i, ref) for i, ref in enumerate(_refs(statement))])
    output = next(changed) if statement.output else None
    runs = tuple(replace(run, refs=tuple(next(changed) for _ in run.refs)) for run in statement.runs)
    return replace(statement, output=output, runs=runs)


def _form(statement: Statement) -> Statement:
    """What is equal in statements that differ in their places only."""
    return replace(_with_refs(statement, lambda _, ref: replace(ref, start=0)), base=0, numbers=())


def _nested(statements: Sequence[Statement], nest: Nest) -> Statement:
    """These statements as one, with the loops of the nest around its own."""

    def along(i: int, ref: Ref) -> Ref:
        return replace(ref, strides=(*[step[i] for _, step in nest.loops], *ref.strides))

    return replace(
        _with_refs(statements[0], along),
        dims=(*[count for count, _ in nest.loops], *statements[0].dims),
        numbers=tuple(number for statement in statements for number in statement.numbers),
    )

"""Primes: σ′ recognised in what the chain rule wrote, for any function of the table.

The pattern is made by the engine itself: the adjoint of u · f(z) by z is what the tape has wherever the gradient u of
f(z) is handed on to z. Nothing is known of any single function.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from autograd_lite import ops
from autograd_lite.backends.loops.recovery import recover
from autograd_lite.backends.loops.runs import CONSTANTS, INPUTS, Ref, Tree, contiguous
from autograd_lite.backends.loops.statements import Loops, Statement
from autograd_lite.ops import Op
from autograd_lite.tape import Instruction, Instructions, Tape
from autograd_lite.telling.equations.reading import as_told

# What an expression is made of: a ref, or an op and the expressions that it is applied to.
Node = Any
Z, UPSTREAM = Ref(INPUTS, 0, ()), Ref(INPUTS, 1, ())
TERMS = 4  # a sum of more is no part of a function's derivative


class Expander:
    """The expressions of statements, and of what they read place by place."""

    def __init__(self, loops: Loops) -> None:
        self.loops = loops
        self.makers: dict[int, list[Statement]] = {}  # the statements that fill each array
        for statement in loops.statements:
            self.makers.setdefault(statement.storage, []).append(statement)

    def expression(self, statement: Statement, index: tuple[int, ...] | None = None) -> Node | None:
        """The right-hand side of a statement place by place, or None for long sums and rows of many inputs.

        With an index, that of one result.
        """
        if statement.fold is not ops.add or statement.terms > TERMS:
            return None
        if any(any(run.deltas) for run in statement.runs):
            return None
        terms = [self._filled(run.tree, run.refs, index) for run in statement.runs for _ in range(run.count)]
        whole = terms[0]
        for term in terms[1:]:
            whole = (ops.add, whole, term)
        return whole

    def _filled(self, tree: Tree, refs: tuple[Ref, ...], index: tuple[int, ...] | None) -> Node:
        if isinstance(tree, int):
            ref = refs[tree]
            return ref if index is None else Ref(ref.array, ref.at(index), ())
        return (tree[0], *[self._filled(part, refs, index) for part in tree[1:]])

    def expanded(self, ref: Ref, dims: tuple[int, ...]) -> Node | None:
        """What made the array that a ref reads from end to end, or the one number that it reads; else None."""
        for statement in self.makers.get(ref.array, ()):
            if statement.base <= ref.start < statement.base + statement.size:
                if not dims:
                    return self.expression(statement, unravelled(ref.start - statement.base, statement.dims))
                if statement.dims == dims and (ref.start, ref.strides) == (statement.base, contiguous(dims)):
                    return self.expression(statement)
        return None

    def constant(self, node: Node) -> float | None:
        """The number that a ref reads everywhere."""
        if isinstance(node, Ref) and node.array == CONSTANTS and not any(node.strides):
            return self.loops.constants[node.start]
        return None


def unravelled(position: int, dims: tuple[int, ...]) -> tuple[int, ...]:
    """The values of the loops' variables at a position among a statement's results."""
    index = []
    for stride in contiguous(dims):
        index.append(position // stride)
        position %= stride
    return tuple(index)


@cache
def patterns(op: Op) -> tuple[tuple[Node, Callable[[Node], float | None]], ...]:
    """What the chain rule makes of a function of one input: with a gradient from above, and where that is 1."""
    found = []
    for has_upstream in (True, False):
        steps = [Instruction(op, (0,))] + [Instruction(ops.multiply, (2, 1))] * has_upstream
        tape = Tape(("z", "u"), (), Instructions.of(steps), (1 + len(steps),), len(steps), (0.5, 0.5))
        loops = as_told(recover(tape.adjoint(n_gradients=1)))
        made = Expander(loops)
        number = loops.tape.outputs[1]
        statement = next((s for s in loops.statements if number in s.numbers), None)
        if statement is not None:
            place = Ref(statement.storage, statement.numbers.index(number), ())
            found.append((_deep(made, place), made.constant))
    return tuple(found)


def _deep(made: Expander, node: Node) -> Node:
    """An expression with everything expanded down to the inputs."""
    if isinstance(node, Ref):
        inner = made.expanded(node, ())
        return node if inner is None else _deep(made, inner)
    return node[0], *[_deep(made, part) for part in node[1:]]


def upstream(made: Expander, statement: Statement, op: Op, z: Ref) -> tuple[bool, Node | None]:
    """Whether a statement hands a gradient on from f(z) to z; and that gradient, None if it is 1."""
    whole = made.expression(statement)
    if whole is None:
        return False, None
    for pattern, constant in patterns(op):
        bound: list[Node] = []
        if _matches(made, whole, pattern, statement.dims, z, constant, bound):
            return True, bound[0] if bound else None
    return False, None


def _matches(
    made: Expander,
    node: Node,
    pattern: Node,
    dims: tuple[int, ...],
    z: Ref,
    constant: Callable[[Node], float | None],
    bound: list[Node],
) -> bool:
    if pattern == UPSTREAM:
        bound.append(node)
        return all(other == node for other in bound)
    if isinstance(pattern, Ref):
        expected = constant(pattern)
        return node == z if expected is None else made.constant(node) == expected
    if isinstance(node, Ref):
        node = made.expanded(node, dims)
    if not isinstance(node, tuple) or isinstance(node, Ref) or node[0] is not pattern[0] or len(node) != len(pattern):
        return False
    return all(
        _matches(made, part, form, dims, z, constant, bound) for part, form in zip(node[1:], pattern[1:], strict=True)
    )

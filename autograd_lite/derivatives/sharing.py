"""Shared nodes: while a derivative is written as a graph, the same op on the same parents is one node.

Without it each order of a derivative would be several times as large as the order before. All that is done is exact:
x·1 is x and x + (−0) is x to the bit, while x + 0 is not (it makes 0 of −0), nor x·0 (it may be nan).
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from autograd_lite import ops
from autograd_lite.modes import entered
from autograd_lite.ops import Op
from autograd_lite.value import Constant, Value, Variable, made

COMMUTATIVE = {ops.add, ops.multiply}


@contextmanager
def sharing(nodes: Iterable[Value]) -> Iterator[None]:
    """Within `with sharing(nodes):` an op that was applied before, here or in one of the nodes, gives that node."""
    with entered(make=Sharer(nodes).make):
        yield


class Sharer:
    """Makes nodes and remembers them; of a number there is one constant."""

    def __init__(self, nodes: Iterable[Value]) -> None:
        self.known: dict[object, Value] = {}
        self.one, self.minus_one, self.zero, self.minus_zero = map(self.constant, (1.0, -1.0, 0.0, -0.0))
        for node in nodes:
            if type(node) is not Variable:
                self.known[_key(node.op, [self.shared(parent) for parent in node.parents])] = node

    def constant(self, x: float) -> Value:
        """The constant of these bits."""
        bits = struct.pack("<d", x)
        found = self.known.get(bits)
        if found is None:
            found = self.known[bits] = Constant(x)
        return found

    def shared(self, node: Value) -> Value:
        """The node itself, or the one constant that has its number."""
        return self.constant(node.data) if type(node) is Constant else node

    def make(self, op: Op, parents: list[Value]) -> Value:
        """The result of an op: a constant, a node that is there already, or a new one."""
        numbers = [type(parent) is Constant for parent in parents]
        if all(numbers):
            return self.constant(op.forward(*[parent.data for parent in parents]))
        if any(numbers) or op is ops.negate:
            parents = [self.shared(parent) for parent in parents]
            if op is ops.multiply and self.minus_one in parents:
                return self.make(ops.negate, [parent for parent in parents if parent is not self.minus_one])
            if op is ops.where and numbers[0]:
                return parents[1] if parents[0].data != 0.0 else parents[2]
            simpler = self._simpler(op, parents[0], parents[-1])
            if simpler is not None:
                return simpler
        key = _key(op, parents)
        node = self.known.get(key)
        if node is None:
            node = self.known[key] = made(op, parents)
        return node

    def _simpler(self, op: Op, a: Value, b: Value) -> Value | None:
        """What `a op b` is to the bit whatever the numbers are, where no op is needed to say it; None elsewhere."""
        if b is self.one and op in (ops.multiply, ops.divide, ops.power):
            return a
        if (b is self.minus_zero and op is ops.add) or (b is self.zero and op is ops.subtract):
            return a
        if (a is self.one and op is ops.multiply) or (a is self.minus_zero and op is ops.add):
            return b
        if op is ops.negate and a.op is ops.negate:
            return a.parents[0]
        return self.one if op is ops.power and b in (self.zero, self.minus_zero) else None


def _key(op: Op | None, parents: Iterable[Value]) -> tuple[object, ...]:
    """What makes two computations the same; a + b is b + a, and a·b is b·a."""
    return (op, *(sorted(parents, key=id) if op in COMMUTATIVE else parents))

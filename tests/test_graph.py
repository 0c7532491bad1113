"""`sweep`, the chain rule in four lines, held against its unrolled twin and against sums over paths in fractions."""

import math
import random
import struct
from fractions import Fraction

import pytest

from autograd_lite import Value
from autograd_lite.graph import downhill, edges, interior, reached, sweep, toposort, turned
from autograd_lite.ops import TABLE


def random_graph(seed, n=60):
    """A root above n random applications of all ops to three leaves and to one another."""
    generator = random.Random(seed)
    nodes = [Value(generator.uniform(-2, 2)) for _ in range(3)]
    for _ in range(n):
        op = generator.choice(list(TABLE.values()))
        inputs = [generator.choice([*nodes[-9:], generator.uniform(-2, 2)]) for _ in op.domain]
        y = op(*inputs)
        if isinstance(y, Value):
            nodes.append(y)
    return sum(nodes)


@pytest.mark.parametrize("seed", range(40))
def test_backward_leaves_what_sweep_has_in_its_table_to_the_bit(seed):
    y = random_graph(seed)
    table = sweep(reversed(interior([y])), {y: 1.0}, edges)
    y.backward()
    nodes = [node for node in toposort(y) if reached(node)]
    assert set(nodes) == table.keys()
    assert [bits(node.grad) for node in nodes] == [bits(table[node]) for node in nodes]


def bits(x):
    """The bits of a double; all nans are one, for which of two a processor keeps is its own affair."""
    return struct.pack("<d", math.nan if x != x else x)


def paths(node, down_to):
    """Σ over all paths of the product of the partials on them, in fractions."""
    if node is down_to:
        return Fraction(1)
    return sum((Fraction(partial) * paths(parent, down_to) for parent, partial in edges(node)), Fraction(0))


@pytest.mark.parametrize("seed", range(10))
def test_both_directions_are_the_sum_over_all_paths(seed):
    generator = random.Random(seed)
    leaves = [Value(generator.uniform(-2, 2)) for _ in range(3)]
    nodes = list(leaves)
    for _ in range(8):
        a, b = generator.choices(nodes[-4:], k=2)
        nodes.append(generator.choice([a * b, a - b, a.tanh(), a + b, a.relu()]))
    order = toposort(y := nodes[-1])
    exact = {node: [(parent, Fraction(partial)) for parent, partial in edges(node)] for node in order}
    down = sweep(reversed(order), {y: Fraction(1)}, exact.__getitem__)
    assert all(down.get(x, 0) == paths(y, x) for x in order)
    for x in leaves:
        up = sweep([*leaves, *interior([y])], {x: Fraction(1)}, turned(exact).__getitem__)
        assert up.get(y, 0) == paths(y, x)


def test_downhill_has_what_a_gradient_reaches():
    for seed in range(10):
        y = random_graph(seed)
        y.backward()
        assert downhill(y) == [node for node in interior([y]) if reached(node)]

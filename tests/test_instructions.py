"""The columns of a tape: a sequence of instructions of any number of arguments, and a gradient that is the graph's."""

import pickle

import pytest

from autograd_lite import Value, logsumexp, pick, record, where
from autograd_lite.graph import leaves, toposort
from autograd_lite.ops import TABLE
from autograd_lite.tape import Instruction, Instructions, trace
from nn import MLP
from nn.layers import ACTIVATIONS
from nn.losses import cross_entropy

STEPS = (
    Instruction(TABLE["exp"], (0,)),
    Instruction(TABLE["add"], (0, 1)),
    Instruction(TABLE["where"], (0, 1, 2)),
    Instruction(TABLE["logsumexp"], (0, 1, 2, 3)),
    Instruction(TABLE["logsumexp"], (3,)),
)


def test_columns_are_a_sequence_of_instructions():
    columns = Instructions.of(STEPS)
    assert tuple(columns) == tuple(columns[i] for i in range(len(STEPS))) == STEPS
    assert columns[-1] == STEPS[-1]
    assert columns[1:-1] == STEPS[1:-1]
    assert columns[::2] == STEPS[::2]
    assert columns == Instructions.of(STEPS) != Instructions.of(STEPS[:-1])
    assert hash(columns) == hash(Instructions.of(STEPS))
    assert repr(columns) == repr(STEPS)
    assert all(pickle.loads(pickle.dumps(columns, protocol)) == columns for protocol in range(6))
    assert columns.kinds == {(step.op, len(step.arguments)) for step in STEPS}
    with pytest.raises(IndexError):
        columns[len(STEPS)]


def test_a_tape_has_the_parents_of_the_graph_as_arguments():
    x, y = Value(0.5, "x"), Value(2.0, "y")

    def f(x, y):
        return logsumexp(x, y, x * y, 3.0) + where(x, y, 2.0) + pick(1.0, x, y, x) - x.exp()

    order = [node for node in toposort(f(x, y)) if node.op is not None]
    steps = record(f, 0.5, 2.0).instructions
    assert [step.op for step in steps] == [node.op for node in order]
    assert [len(step.arguments) for step in steps] == [len(node.parents) for node in order]


def test_leaves_come_by_first_use():
    a, b, c, d = map(Value, (1.0, 2.0, 3.0, 4.0))
    order = toposort(where(c, a, b) * a, d)
    assert order[:4] == [c, a, b, d]
    assert leaves(order[4:], (d,)) == [c, a, b, d]


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_a_gradient_is_written_out_as_it_would_be_afterwards(activation):
    def has(op):
        return op.definition is None

    model, x = MLP(3, [4, 2], activation, seed=1), list(map(Value, (0.3, -0.2, 0.5)))
    tape = trace([cross_entropy(model(x), 1)], [*model.parameters(), *x])
    at_once, after = tape.adjoint(n_gradients=26, has=has), tape.adjoint(n_gradients=26).inlined(has)
    assert all(map(has, at_once.instructions.ops))
    assert (len(at_once.instructions), at_once.n_primal) == (len(after.instructions), after.n_primal)
    found, expected = ([t.run(t.example)[i] for i in t.outputs] for t in (at_once, after))
    assert found == expected

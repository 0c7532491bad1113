"""The backward pass step by step is the backward pass, to the bit, and by hand it insists on topological order."""

import copy
import math
import random
from fractions import Fraction

import pytest
from hypothesis import given

from autograd_lite import Value, backward_steps, zero_grad
from autograd_lite.graph import edges, reached, toposort
from autograd_lite.ops import TABLE
from autograd_lite.telling.steps import adjoints
from nn import MLP
from tests.graphs import INPUTS, gradients, programs, run


def bits(root):
    """The gradients of the whole graph, to the bit."""
    grads = (node.grad for node in toposort(root))
    return [g if g is None else "nan" if math.isnan(g) else g.hex() for g in grads]


def random_graph(seed, size=40):
    """A graph of all ops on irrational numbers, in which leaves and results are used again and again."""
    generator = random.Random(seed)
    values = [Value(generator.uniform(0.2, 1.2), f"x{i}") for i in range(4)]
    for _ in range(size):
        op = generator.choice(list(TABLE.values()))
        values.append(op(*generator.choices(values, k=op.arity)))
    return sum(values[4:])


def chained():
    a = Value(1.0, "a")
    b = a + a
    b.label = "b"
    c = b + b
    c.label = "c"
    return a, b, c


@pytest.mark.parametrize("seed", range(30))
def test_all_steps_are_backward_to_the_bit_pass_after_pass(seed):
    y = random_graph(seed)
    twin = copy.deepcopy(y)
    for _ in range(3):  # leaves add up from pass to pass, interior nodes do not
        y.backward()
        for _ in backward_steps(twin):
            pass
        assert bits(twin) == bits(y)


def test_one_step_an_edge_in_the_order_of_the_pass():
    a, b, c = chained()
    steps = list(backward_steps(c))
    told = [(s.node, s.parent, s.upstream, s.local, s.contribution, s.before, s.after) for s in steps]
    assert told == [
        (c, b, 1.0, 1.0, 1.0, None, 1.0), (c, b, 1.0, 1.0, 1.0, 1.0, 2.0),
        (b, a, 2.0, 1.0, 2.0, None, 2.0), (b, a, 2.0, 1.0, 2.0, 2.0, 4.0),
    ]  # fmt: skip


def test_a_step_is_taken_when_it_is_asked_for():
    a, b, c = chained()
    steps = backward_steps(c)
    assert not any(map(reached, (b, c)))
    next(steps)
    assert (reached(a), b.grad, c.grad) == (False, 1.0, 1.0)
    assert list(backward_steps(a)) == []
    assert a.grad == 1.0


@given(programs(), INPUTS)
def test_every_number_of_every_step_is_the_exact_one(steps, inputs):
    results = run(steps, map(Value, map(float, inputs)))
    exact = dict(zip(results, gradients(steps, inputs), strict=True))
    reached = {results[-1]: Fraction(1)}
    for step in backward_steps(results[-1]):
        assert Fraction(step.upstream) == exact[step.node]
        assert Fraction(step.contribution) == Fraction(step.local) * exact[step.node]
        assert step.before is None or Fraction(step.before) == reached[step.parent]
        reached[step.parent] = reached.get(step.parent, 0) + Fraction(step.contribution)
        assert Fraction(step.after) == reached[step.parent]
    assert all(exact[node] == gradient for node, gradient in reached.items())


def test_adjoints_are_the_gradients_and_touch_none():
    y = random_graph(7)
    y.backward()
    before = bits(y)
    found = adjoints(y)
    assert bits(y) == before
    for node, gradient in found.items():
        node.grad = gradient
    told = bits(y)
    zero_grad(y)
    y.backward()
    assert told == bits(y)


def test_by_hand_in_order_is_backward_to_the_bit():
    y = random_graph(3)
    twin = copy.deepcopy(y)
    y.backward()
    twin.grad = 1.0
    for node in reversed([node for node in toposort(twin) if node.op is not None]):
        assert [step.node for step in node.backward_step()] == [node] * len(edges(node))
    assert bits(twin) == bits(y)


def test_by_hand_the_order_is_explained():
    a, b, c = chained()
    with pytest.raises(RuntimeError, match=r"c has no gradient yet; set root.grad = 1.0 and push from the root down"):
        c.backward_step()
    c.grad = 1.0
    c.backward_step()
    with pytest.raises(RuntimeError, match=r"gradient of a is not complete: b must push first \(topological order\)"):
        a.backward_step()
    assert (reached(a), b.grad) == (False, 2.0)
    b.backward_step()
    with pytest.raises(RuntimeError, match="b has pushed its gradient in this pass already"):
        b.backward_step()
    assert a.backward_step() == []
    assert a.grad == 4.0


def test_by_hand_every_user_that_is_missing_is_named():
    x = Value(2.0, "x")
    square = x * x
    square.label = "s"
    p, q = square + 1, square * 3
    y = p * q
    y.grad = 1.0
    y.backward_step()
    p.backward_step()
    with pytest.raises(RuntimeError, match=r"gradient of s is not complete: the result of × must push first"):
        square.backward_step()
    q.backward_step()
    square.backward_step()
    assert x.grad == (6 * 4 + 3) * 4  # y = 3s² + 3s, s = x²


def test_by_hand_a_second_pass_adds_to_the_leaves_only():
    a, b, c = chained()
    c.grad = 1.0
    for _ in range(2):
        c.backward_step()
        b.backward_step()
    assert (a.grad, b.grad) == (8.0, 2.0)


def test_by_hand_another_root_starts_another_pass():
    a, _b, c = chained()
    c.grad = 1.0
    c.backward_step()
    d = a * 3
    d.grad = 1.0
    d.backward_step()
    assert a.grad == 3.0
    with pytest.raises(RuntimeError, match="no gradient yet"):
        (a * 2).backward_step()


def test_a_pass_by_hand_keeps_no_graph_alive():
    import weakref

    _a, b, c = chained()
    c.grad = 1.0
    c.backward_step()
    gone = weakref.ref(b)
    del b, c
    assert gone() is None


def test_a_deep_chain_has_a_step_an_edge():
    x = y = Value(1.0)
    for _ in range(10_000):
        y = y + x
    assert sum(1 for _ in backward_steps(y)) == 20_000
    assert x.grad == 10_001


def test_a_network():
    model = MLP(3, [4, 4, 1], seed=0)
    y = model([1.0, -2.0, 0.5])
    for _ in backward_steps(y):
        pass
    stepped = [p.grad for p in model.parameters()]
    model.zero_grad()
    y.backward()
    assert [p.grad for p in model.parameters()] == stepped


def test_errors():
    with pytest.raises(TypeError, match=r"backward_steps: expected a Value, got 3.0 \(float\)"):
        backward_steps(3.0)


def test_gradients_cleared_in_the_middle_of_a_pass():
    x = Value(2.0, "x")
    y = x * x * x
    steps = backward_steps(y)
    next(steps)
    zero_grad(y)
    with pytest.raises(RuntimeError, match="backward_steps: the gradients were cleared in the middle of the pass"):
        list(steps)

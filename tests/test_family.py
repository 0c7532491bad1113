"""Programs of micrograd's family run on `Value`, and give the numbers that a plain engine of closures gives them.

The programs are written here, in the way of micrograd's notebook and lecture, of the EurekaLabs engine, and of
microgpt (tests/benchmarks/microgpt.py). `Plain` is the reference: a number, and a closure that hands its gradient on.
"""

import math
import random
from copy import copy
from itertools import pairwise

import pytest

from autograd_lite import Value
from demos.names import invent
from tests.benchmarks import microgpt


class Plain:
    def __init__(self, data, _prev=(), _op="", hand_on=lambda upstream: ()):
        self.data, self.grad, self._prev, self._op, self.hand_on, self.label = data, 0.0, _prev, _op, hand_on, ""

    def made(self, op, data, *edges):
        """A result with (parent, local derivative) for each of its parents."""
        return Plain(data, [p for p, _ in edges], op, lambda up: [(p, local * up) for p, local in edges])

    def lifted(self, x):
        return x if isinstance(x, Plain) else Plain(float(x))

    def __add__(self, other):
        other = self.lifted(other)
        return self.made("+", self.data + other.data, (self, 1.0), (other, 1.0))

    def __mul__(self, other):
        other = self.lifted(other)
        return self.made("*", self.data * other.data, (self, other.data), (other, self.data))

    def __pow__(self, n):
        return self.made(f"**{n}", self.data**n, (self, n * self.data ** (n - 1)))

    def __truediv__(self, other):
        return self * self.lifted(other) ** -1

    def exp(self):
        return self.made("exp", math.exp(self.data), (self, math.exp(self.data)))

    def log(self):
        return self.made("log", math.log(self.data), (self, 1.0 / self.data))

    def relu(self):
        return self.made("ReLU", max(0.0, self.data), (self, float(self.data > 0)))

    def tanh(self):
        return self.made("tanh", math.tanh(self.data), (self, 1.0 - math.tanh(self.data) ** 2))

    def __neg__(self):
        return self * -1.0

    def __sub__(self, other):
        return self + -self.lifted(other)

    def __rsub__(self, other):
        return self.lifted(other) + -self

    def __rtruediv__(self, other):
        return self.lifted(other) / self

    __radd__, __rmul__ = __add__, __mul__

    def __format__(self, form):
        return format(self.data, form)

    def backward(self):
        order, stack, met = [], [(self, False)], set()
        while stack:
            node, done = stack.pop()
            if done:
                order.append(node)
            elif node not in met:
                met.add(node)
                stack += [(node, True), *((p, False) for p in node._prev)]
        self.grad = 1.0
        for node in reversed(order):
            for parent, contribution in node.hand_on(node.grad):
                parent.grad += contribution


def the_lecture(Value):
    """A neuron's graph with labels, gone over as its drawing does, and the nodes that this finds."""
    x1, x2 = Value(2.0), Value(0.0)
    w1, w2, b = Value(-3.0), Value(1.0), Value(6.8813735870195432)
    x1w1, x2w2 = x1 * w1, x2 * w2
    n = x1w1 + x2w2 + b
    e = (2 * n).exp()
    o = (e - 1) / (e + 1)
    for value, label in [(x1, "x1"), (x2, "x2"), (w1, "w1"), (w2, "w2"), (b, "b"), (n, "n"), (o, "o")]:
        value.label = label
    before = [p.grad for p in (x1, w1, o)]
    o.backward()
    nodes, edges = set(), set()

    def build(v):
        if v not in nodes:
            nodes.add(v)
            for child in v._prev:
                edges.add((child, v))
                build(child)

    build(o)
    boxes = sorted("{ %s | data %.4f | grad %.4f }" % (v.label, v.data, v.grad) for v in nodes if v.label)  # noqa: UP031
    assert len(edges) > 10
    assert {bool(v._op) for v in nodes if v.label in ("x1", "b")} == {False}
    assert {bool(v._op) for v in nodes if v.label in ("n", "o")} == {True}
    assert all(p in nodes and v in nodes for p, v in edges)
    return [before, boxes, [x1.grad, x2.grad, w1.grad, w2.grad, b.grad]]


class Module:
    def zero_grad(self):
        for p in self.parameters():
            p.grad = 0


class Neuron(Module):
    def __init__(self, Value, draw, n_in, nonlin=True):
        self.w = [Value(draw.uniform(-1, 1)) for _ in range(n_in)]
        self.b = Value(0)
        self.nonlin = nonlin

    def __call__(self, x):
        act = sum((wi * xi for wi, xi in zip(self.w, x, strict=True)), self.b)
        return act.tanh() if self.nonlin else act

    def parameters(self):
        return [*self.w, self.b]


class Net(Module):
    def __init__(self, Value, sizes, draw):
        self.layers = [
            [Neuron(Value, draw, n_in, nonlin=i < len(sizes) - 2) for _ in range(n_out)]
            for i, (n_in, n_out) in enumerate(pairwise(sizes))
        ]

    def __call__(self, x):
        for layer in self.layers:
            x = [neuron(x) for neuron in layer]
        return x

    def parameters(self):
        return [p for layer in self.layers for neuron in layer for p in neuron.parameters()]


def the_exercise(Value):
    """Four points and a net of the program's own; gradients zeroed by hand, a dead input, and p.data += −lr·p.grad."""
    net = Net(Value, [3, 4, 4, 1], random.Random(7))
    xs, ys = [[2.0, 3.0, 0.0], [3.0, -1.0, 0.0], [0.5, 1.0, 0.0], [1.0, 1.0, 0.0]], [1.0, -1.0, -1.0, 1.0]
    unused, told = Value(1.0), []
    for _ in range(20):
        predictions = [net(x)[0] for x in xs]
        loss = sum((out - y) ** 2 for y, out in zip(ys, predictions, strict=True))
        for p in net.parameters():
            p.grad = 0.0
        loss.backward()
        for p in [*net.parameters(), unused]:
            p.data += -0.05 * p.grad
        told.append(f"{loss:.6f} {predictions[0]:+.3e}")
    return [told, [p.data for p in net.parameters()], [p.grad for p in net.parameters()], unused.grad, unused.data]


class AdamW:
    def __init__(self, parameters, lr=0.1, weight_decay=0.0):
        self.parameters, self.lr, self.weight_decay, self.t = parameters, lr, weight_decay, 0
        for p in parameters:
            p.m = p.v = 0

    def step(self):
        self.t += 1
        for p in self.parameters:
            if p.grad is None:
                continue
            p.m = 0.9 * p.m + 0.1 * p.grad
            p.v = 0.95 * p.v + 0.05 * p.grad**2
            m_hat, v_hat = p.m / (1 - 0.9**self.t), p.v / (1 - 0.95**self.t)
            p.data -= self.lr * (m_hat / (v_hat**0.5 + 1e-8) + self.weight_decay * p.data)

    def zero_grad(self):
        for p in self.parameters:
            p.grad = 0


def three_colours(Value):
    """Points of three classes, a net with logits, −ln softmax by hand, and AdamW with its moments on the parameters."""
    draw = random.Random(42)
    net = Net(Value, [2, 5, 3], draw)
    points = [[draw.uniform(-2, 2), draw.uniform(-2, 2)] for _ in range(12)]
    classes = [0 if x < 0 else 1 if y < 0 else 2 for x, y in points]
    optimizer, losses = AdamW(net.parameters(), lr=0.1, weight_decay=1e-4), []
    for _ in range(10):
        total = Value(0.0)
        for x, y in zip(points, classes, strict=True):
            logits = net(x)
            largest = max(value.data for value in logits)
            powers = [(value - largest).exp() for value in logits]
            denominator = sum(powers)
            total = total + -((powers[y] / denominator).log())
        loss = total * (1.0 / len(points))
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        losses.append(loss.data)
    return [losses, [p.data for p in net.parameters()]]


def flat(x):
    return [leaf for item in x for leaf in flat(item)] if isinstance(x, list) else [x]


@pytest.mark.parametrize("program", [the_lecture, the_exercise, three_colours])
def test_a_program_gives_the_numbers_of_the_plain_engine(program):
    ours, plain = flat(program(Value)), flat(program(Plain))
    assert len(ours) == len(plain) > 10
    for a, b in zip(ours, plain, strict=True):
        assert a == b if isinstance(a, str) else a == pytest.approx(b, rel=1e-9, abs=1e-14)


def test_a_small_gpt_gives_the_numbers_of_the_plain_engine():
    names, runs = invent(6, seed=3), []
    for engine in (Value, Plain):
        model = microgpt.GPT("".join(sorted(set("".join(names)))), width=4, heads=2, length=14, engine=engine)
        losses = microgpt.learn(model, names)
        runs.append([*losses, *(p.data for p in model.parameters), *(p.data for p in model(0, []))])
    assert runs[0] == pytest.approx(runs[1], rel=1e-8, abs=1e-12)
    assert runs[0][5] < runs[0][0]


def test_parents_and_op_by_micrograds_names():
    a, b = Value(2.0), Value(3.0)
    product = a * b
    assert set(product._prev) == {a, b}
    assert (a._prev, a._op) == ((), "")
    assert (product._op, (-a)._op, a.tanh()._op) == ("×", "−", "tanh")


def test_attributes_of_ones_own_cost_nothing_until_there_are_some():
    p = Value(2.0)
    p.m = 0.5
    assert p.m == copy(p).m == 0.5
    with pytest.raises(AttributeError):
        _ = (p * p).m

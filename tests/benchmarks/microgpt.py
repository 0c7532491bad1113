"""A GPT in the way of Karpathy's microgpt, which is the most copied program on a scalar engine: token by token, each
number a Value, on a small engine of its own or on any other that has its operators.

`Number` keeps its children and the slope toward each; `GPT` is the model of demos.gpt with keys and values of the
tokens before; `learn` is a step of Adam for each name. It is the peer of tests.benchmarks.gpt_step, and tests run it on
`Value`. Its softmax takes the largest logit off as a number, so a tape of it would not be the program.
"""

import math
import random
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

Row = list[Any]


class Number:
    """A scalar, what it was made of, and the slope toward each of these."""

    __slots__ = ("children", "data", "grad", "slopes")

    def __init__(self, data: float, children: tuple[Any, ...] = (), slopes: tuple[float, ...] = ()) -> None:
        self.data, self.grad, self.children, self.slopes = data, 0.0, children, slopes

    def __add__(self, other: Any) -> Any:
        other = other if isinstance(other, Number) else Number(other)
        return Number(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other: Any) -> Any:
        other = other if isinstance(other, Number) else Number(other)
        return Number(self.data * other.data, (self, other), (other.data, self.data))

    def __pow__(self, n: float) -> Any:
        return Number(self.data**n, (self,), (n * self.data ** (n - 1),))

    def log(self) -> Any:
        """ln of it."""
        return Number(math.log(self.data), (self,), (1.0 / self.data,))

    def exp(self) -> Any:
        """e to it."""
        return Number(math.exp(self.data), (self,), (math.exp(self.data),))

    def relu(self) -> Any:
        """It, or 0 where it is negative."""
        return Number(max(0.0, self.data), (self,), (float(self.data > 0.0),))

    def __neg__(self) -> Any:
        return self * -1.0

    def __sub__(self, other: Any) -> Any:
        return self + -other

    def __truediv__(self, other: Any) -> Any:
        return self * other**-1

    __radd__, __rmul__ = __add__, __mul__

    def backward(self) -> None:
        """The chain rule, from here to everything below."""
        order: list[Number] = []
        met = set[Number]()
        stack: list[tuple[Number, bool]] = [(self, False)]
        while stack:
            node, is_done = stack.pop()
            if is_done:
                order.append(node)
            elif node not in met:
                met.add(node)
                stack.append((node, True))
                stack += [(child, False) for child in node.children]
        self.grad = 1.0
        for node in reversed(order):
            for child, slope in zip(node.children, node.slopes, strict=True):
                child.grad += slope * node.grad


def linear(matrix: Iterable[Row], x: Row) -> Row:
    """The matrix times x."""
    return [sum(w * a for w, a in zip(row, x, strict=True)) for row in matrix]


def normalised(x: Row) -> Row:
    """x with a mean square of 1."""
    scale = (sum(a * a for a in x) / len(x) + 1e-5) ** -0.5
    return [a * scale for a in x]


def softmax(logits: Row) -> Row:
    """Shares that add up to 1."""
    largest = max(z.data for z in logits)
    powers = [(z - largest).exp() for z in logits]
    total = sum(powers)
    return [power / total for power in powers]


class GPT:
    """The model of demos.gpt for an engine of scalars; `parameters` are in the order of that model's."""

    def __init__(self, letters: str, width: int, heads: int, length: int, engine: Any = Number) -> None:
        draw, self.letters, self.end, self.parameters = random.Random(0), letters, len(letters), Row()

        def matrix(rows: int, columns: int = width) -> list[Row]:
            made = [[engine(draw.gauss(0.0, 0.1)) for _ in range(columns)] for _ in range(rows)]
            self.parameters += [p for row in made for p in row]
            return made

        self.heads = [range(i, i + width // heads) for i in range(0, width, width // heads)]
        self.tokens, self.places = matrix(self.end + 1), matrix(length)
        self.query, self.key, self.value, self.mix = (matrix(width) for _ in range(4))
        self.widen, self.narrow, self.out = matrix(4 * width), matrix(width, 4 * width), matrix(self.end + 1)

    def __call__(self, token: int, past: list[tuple[Row, Row]]) -> Row:
        """The probability of each token to come next; `past`, a key and a value for each token, grows by one."""
        x = [t + p for t, p in zip(self.tokens[token], self.places[len(past)], strict=True)]
        h, mixed = normalised(x), Row()
        past.append((linear(self.key, h), linear(self.value, h)))
        query = linear(self.query, h)
        for head in self.heads:
            weights = softmax([sum(query[i] * key[i] for i in head) / math.sqrt(len(head)) for key, _ in past])
            mixed += [sum(w * value[i] for w, (_, value) in zip(weights, past, strict=True)) for i in head]
        x = [a + b for a, b in zip(x, linear(self.mix, mixed), strict=True)]
        hidden = [a.relu() for a in linear(self.widen, normalised(x))]
        return softmax(linear(self.out, [a + b for a, b in zip(x, linear(self.narrow, hidden), strict=True)]))

    def loss(self, name: str) -> Any:
        """The mean of −ln p over the letters of a name and its end."""
        tokens, past = [self.end, *map(self.letters.index, name), self.end], Row()
        return sum(-self(token, past)[after].log() for token, after in pairwise(tokens)) / len(tokens[1:])


def learn(model: GPT, names: Iterable[str], lr: float = 0.02) -> list[float]:
    """The loss of one name after the other, with a step of Adam after each."""
    losses, mean, square = [], [0.0] * len(model.parameters), [0.0] * len(model.parameters)
    for step, name in enumerate(names, start=1):
        loss = model.loss(name)
        loss.backward()
        for i, p in enumerate(model.parameters):
            mean[i] = 0.9 * mean[i] + 0.1 * p.grad
            square[i] = 0.99 * square[i] + 0.01 * p.grad**2
            root = math.sqrt(square[i] / (1.0 - 0.99**step)) + 1e-8
            p.data -= lr * mean[i] / (1.0 - 0.9**step) / root
            p.grad = 0
        losses.append(loss.data)
    return losses

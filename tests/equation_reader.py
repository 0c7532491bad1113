"""A reader of printed equations: what the right-hand side of a line is in numbers, by the rules of matrices alone.

It knows nothing of how equations are written, and reads text as a student does: names, blocks of them, products.
"""

import re

import numpy as np

from autograd_lite import grad
from autograd_lite.ops import TABLE

NUMBER, NAME = r"\d+\.?\d*(?:e[-+]?\d+)?", r"(?:∂C/∂)?[^\W\d_ᵀ][^\Wᵀ]*′?|∇C"
TOKEN = re.compile(rf"\s*(?:{NUMBER}|{NAME}|\*\*|\S)")
FUNCTIONS = {op.symbol: op for op in TABLE.values()} | {op.name: op for op in TABLE.values()}


class Row:
    """A vector that was turned."""

    def __init__(self, numbers):
        self.numbers = numbers


class OneHot:
    """1[k], of whatever length; times numbers."""

    __array_ufunc__ = None

    def __init__(self, place, factor=1.0):
        self.place, self.factor = place, factor

    def __mul__(self, factor):
        return OneHot(self.place, self.factor * factor)

    __rmul__ = __mul__

    def __radd__(self, other):
        return other + self.factor * np.eye(len(other))[self.place]


def tokens(text):
    """The words of an equation, each with whether a space stands before it."""
    found = []
    for match in TOKEN.finditer(text):
        found.append((match.group().strip(), match.group()[:1].isspace()))
    return found


class Reader:
    """One equation; `numbers` has an array for each name."""

    def __init__(self, text, numbers):
        self.tokens, self.numbers, self.at = tokens(text), numbers, 0

    def value(self):
        found = self.sum()
        assert self.at == len(self.tokens), self.tokens[self.at :]
        return found.numbers if isinstance(found, Row) else found

    def next(self, is_close=False):
        """The word that comes next, or "" at the end; `is_close` if no space may stand before it."""
        word, is_apart = self.tokens[self.at] if self.at < len(self.tokens) else ("", True)
        return "" if is_close and is_apart else word

    def take(self, word=None):
        found = self.next()
        assert word in (None, found), (word, self.tokens, self.at)
        self.at += 1
        return found

    def sum(self):
        total = self.signed()
        while self.next() in ("+", "-"):
            sign, term = 1.0 if self.take() == "+" else -1.0, self.product()
            total = total + sign * term
        return total

    def signed(self):
        if self.next() != "-":
            return self.product()
        self.take()
        return -1.0 * self.product()

    def product(self):
        found = self.power()
        while True:
            word = self.next()
            if word in ("⊙", "·", "*", "/"):
                self.take()
                other = self.power()
                found = scaled(found, other) if word in ("·", "*") else found * other if word == "⊙" else found / other
            elif word and word not in ("+", "-", ")", ",", "]"):
                found = matrix_product(found, self.power())
            else:
                return found

    def power(self):
        found = self.turned()
        if self.next() == "**":
            self.take()
            found = np.power(found, self.signed_atom())
        return found

    def signed_atom(self):
        if self.next() != "-":
            return self.turned()
        self.take()
        return -self.turned()

    def turned(self):
        found = self.atom()
        while self.next(is_close=True) == "ᵀ":
            self.take()
            found = found.T if np.ndim(found) == 2 else Row(found)
        return found

    def atom(self):
        word = self.take()
        if word == "(":
            found = self.sum()
            self.take(")")
            return found
        if word == "Σ":
            return np.sum(self.turned())
        if word == "1" and self.next(is_close=True) == "[":
            return self.one_hot()
        if word[0].isdigit():
            return float(word)
        if self.next(is_close=True) == "(":
            return self.applied(word)
        return self.block(word)

    def one_hot(self):
        self.take("[")
        place = int(self.sum().item())
        self.take("]")
        return OneHot(place)

    def block(self, name):
        if self.next(is_close=True) != "[":
            return self.numbers[name]
        self.take("[")
        text = ""
        while self.next() != "]":
            text += self.take()
        self.take("]")
        if f"{name}[{text}]" in self.numbers:
            return self.numbers[f"{name}[{text}]"]
        ways = [slice(*[int(x) if x else None for x in way.split(":")]) if ":" in way else int(way)
                for way in text.split(",")]  # fmt: skip
        return self.numbers[name][tuple(ways)]

    def applied(self, name):
        self.take("(")
        arguments = [self.sum()]
        while self.next() == ",":
            self.take()
            arguments.append(self.sum())
        self.take(")")
        if name.endswith("′"):
            return np.vectorize(grad(FUNCTIONS[name[:-1]]))(*arguments)
        if name == "softmax":
            powers = np.exp(arguments[0])
            return powers / powers.sum(axis=-1, keepdims=True)
        op = FUNCTIONS[name]
        if op.variadic:
            is_by_rows = any(np.ndim(x) > 1 for x in arguments)
            columns = [x[..., None] if is_by_rows and np.ndim(x) == 1 else np.atleast_1d(x) for x in arguments]
            return np.apply_along_axis(lambda row: op.forward(*row), -1, np.concatenate(columns, axis=-1))
        return np.vectorize(op.forward)(*arguments)


def scaled(a, b):
    assert np.size(a) == 1 or np.size(b) == 1
    return a * b


def matrix_product(a, b):
    """W a, aᵀ b, a bᵀ and A B; what has one place only is a vector of one, too."""
    if isinstance(b, float):
        assert b == 0.0
        return 0.0 if isinstance(a, Row) else np.zeros(np.shape(a)[:-1])
    if isinstance(b, Row):
        return np.outer(a, b.numbers)
    if isinstance(a, Row):
        product = np.dot(np.ravel(a.numbers), np.atleast_1d(b))
        return Row(product) if np.ndim(b) == 2 else product
    assert np.ndim(a) == 2
    return np.matmul(a, np.atleast_1d(b))

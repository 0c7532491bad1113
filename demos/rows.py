"""What a GPT does with rows of Values: a matrix times one, two added up, one scaled, and rows that attend to others."""

import math
from collections.abc import Sequence
from typing import Any

from autograd_lite import softmax

Row = list[Any]  # of Values


def linear(matrix: Sequence[Row], x: Row) -> Row:
    """The matrix times x."""
    return [sum(w * a for w, a in zip(row, x, strict=True)) for row in matrix]


def added(x: Row, y: Row) -> Row:
    """The sum of two rows."""
    return [a + b for a, b in zip(x, y, strict=True)]


def normalised(x: Row) -> Row:
    """x with a mean square of 1 (rmsnorm)."""
    scale = (sum(a * a for a in x) / len(x) + 1e-5) ** -0.5
    return [a * scale for a in x]


def attention(rows: Sequence[Row], heads: int) -> list[Row]:
    """Rows that hold queries, keys and values side by side, of each head in turn, as what their heads found."""
    size = len(rows[0]) // (3 * heads)
    parts = [[row[i : i + size] for row in rows] for i in range(0, 3 * heads * size, size)]
    found = [attended(*parts[head::heads]) for head in range(heads)]
    return [sum(mixed, Row()) for mixed in zip(*found, strict=True)]


def attended(queries: list[Row], keys: list[Row], values: list[Row]) -> list[Row]:
    """For each query the mean of the values so far, each weighed by how well its key answers the query.

    What comes later has a score of −∞, and with it no weight; so every row is computed in the same way.
    """
    mixed = []
    for t, query in enumerate(queries):
        scores = [sum(q * k for q, k in zip(query, key, strict=True)) / math.sqrt(len(query)) for key in keys]
        weights = softmax([score + (0.0 if s <= t else -math.inf) for s, score in enumerate(scores)])
        mixed.append([sum(w * v for w, v in zip(weights, column, strict=True)) for column in zip(*values, strict=True)])
    return mixed

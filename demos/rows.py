"""What a GPT does with a row of Values: a matrix times it, the row scaled to a mean square of 1, and shares."""

from typing import Any

Row = list[Any]  # of Values


def linear(matrix: list[Row], x: Row) -> Row:
    """The matrix times x."""
    return [sum(w * a for w, a in zip(row, x, strict=True)) for row in matrix]


def normalised(x: Row) -> Row:
    """x with a mean square of 1 (rmsnorm)."""
    scale = (sum(a * a for a in x) / len(x) + 1e-5) ** -0.5
    return [a * scale for a in x]


def softmax(logits: Row) -> Row:
    """Shares that add up to 1; the largest logit is taken off as a number, so that nothing overflows."""
    largest = max(z.data for z in logits)
    powers = [(z - largest).exp() for z in logits]
    total = sum(powers)
    return [e / total for e in powers]

"""What the demos on real data share: how many test rows a trained classifier gets right."""

from collections.abc import Sequence

from autograd_lite import no_grad
from nn import MLP


def accuracy(model: MLP, xs: Sequence[Sequence[float]], ys: Sequence[int]) -> float:
    """The share of rows whose largest output is that of their class."""
    with no_grad():
        outputs = [[output.data for output in model(x)] for x in xs]
    return sum(row.index(max(row)) == y for row, y in zip(outputs, ys, strict=True)) / len(ys)

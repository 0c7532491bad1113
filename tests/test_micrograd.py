"""micrograd's demo program, run with its two imports changed, gives micrograd's numbers."""

import random
import sys

import pytest

import autograd_lite
import nn

# Printed by micrograd 0.1.0 for the program below (losses and accuracies of the first ten steps).
LOSSES = [
    0.9039563693450143, 1.5489378498551936, 0.6992244626310467, 0.9684464555698289, 0.38783662016798565,
    0.31441965685670414, 0.26909803990305603, 0.2214200275374776, 0.21205965101000246, 0.22690167233172848,
]  # fmt: skip
ACCURACIES = [0.5, 0.81, 0.8, 0.83, 0.81, 0.88, 0.88, 0.89, 0.93, 0.95]


def demo(Value, MLP, steps):
    random.seed(1337)
    model = MLP(2, [16, 16, 1])
    X, y = nn.data.moons(n=100, noise=0.1, seed=1)
    y = [2 * label - 1 for label in y]
    losses, accuracies = [], []
    for k in range(steps):
        inputs = [list(map(Value, row)) for row in X]
        scores = list(map(model, inputs))
        margins = [(1 + -yi * score).relu() for yi, score in zip(y, scores, strict=True)]
        data_loss = sum(margins) * (1.0 / len(margins))
        total = data_loss + 1e-4 * sum(p * p for p in model.parameters())
        model.zero_grad()
        total.backward()
        for p in model.parameters():
            p.data -= (1.0 - 0.9 * k / 100) * p.grad
        losses.append(total.data)
        accuracies.append(sum((yi > 0) == (s.data > 0) for yi, s in zip(y, scores, strict=True)) / len(y))
    return losses, accuracies


@pytest.mark.parametrize("steps", [2, pytest.param(10, marks=pytest.mark.slow)])
def test_the_demo_gives_micrograds_numbers(steps):
    losses, accuracies = demo(autograd_lite.Value, nn.MLP, steps)
    assert losses == pytest.approx(LOSSES[:steps], rel=1e-12)
    assert accuracies == ACCURACIES[:steps]


def test_the_demo_beside_micrograd_itself():
    engine = pytest.importorskip("micrograd.engine", reason="micrograd is not installed (the peers extra)")
    peer = pytest.importorskip("micrograd.nn")
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(20_000)  # micrograd sorts its graph by recursion
    try:
        theirs = demo(engine.Value, peer.MLP, 2)
    finally:
        sys.setrecursionlimit(limit)
    ours = demo(autograd_lite.Value, nn.MLP, 2)
    assert ours[0] == pytest.approx(theirs[0], rel=1e-12)
    assert ours[1] == theirs[1]


def test_fit_walks_the_same_road():
    """`fit` averages sample by sample what the demo differentiates as one graph."""
    random.seed(1337)
    model = nn.MLP(2, [16, 16, 1])
    X, y = nn.data.moons(n=100, noise=0.1, seed=1)
    history = nn.fit(
        model, X, [2 * label - 1 for label in y], loss="hinge", l2=1e-4, epochs=2,
        optimizer=nn.optim.SGD(model.parameters(), lr=1.0), backend="eager",
    )  # fmt: skip
    assert history.loss == pytest.approx(LOSSES[:2], rel=1e-12)
    assert history.accuracy == ACCURACIES[:2]

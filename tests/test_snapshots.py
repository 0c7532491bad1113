"""Snapshots of weights and gradients during training."""

import pytest

from nn import MLP, Snapshots, data, fit, losses, optim

XS, YS = data.xor()


def test_the_weights_after_each_epoch():
    model = MLP(2, [3, 1], "tanh", "sigmoid", seed=1)
    before = [p.data for p in model.parameters()]
    snapshots = Snapshots(model)
    fit(model, XS, YS, epochs=4, optimizer=optim.SGD(model.parameters(), lr=0.5), callback=snapshots)
    assert snapshots.epochs == [0, 1, 2, 3, 4]
    assert [number for layer in snapshots.weights[0] for number in layer] == before
    assert [number for layer in snapshots.weights[-1] for number in layer] == [p.data for p in model.parameters()]
    assert [len(layer) for layer in snapshots.weights[0]] == [9, 4]
    assert snapshots.gradients == []


def test_the_gradients_explain_the_step():
    model = MLP(2, [3, 1], "tanh", "sigmoid", seed=1)
    snapshots = Snapshots(model, XS, YS, "quadratic")
    fit(model, XS, YS, "quadratic", epochs=2, optimizer=optim.SGD(model.parameters(), lr=0.5), callback=snapshots)
    for layer in (0, 1):
        old, new, gradient = (x[layer] for x in (*snapshots.weights[:2], snapshots.gradients[0]))
        assert new == pytest.approx([w - 0.5 * g for w, g in zip(old, gradient, strict=True)], rel=1e-12)


def test_the_gradients_of_the_model_stay():
    model = MLP(2, [1], seed=0)
    losses.mse(model(XS[0]), 1.0).backward()
    held = [p.grad for p in model.parameters()]
    Snapshots(model, XS, YS)
    assert [p.grad for p in model.parameters()] == held


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: Snapshots([1.0]), TypeError, "Snapshots: expected model to be a Module"),
        (lambda: Snapshots(MLP(2, [1]), XS, YS[1:]), ValueError, "as many ys as xs, got 4 xs and 3 ys"),
        (lambda: Snapshots(MLP(2, [1]), XS, YS, "none"), ValueError, "none"),
        (lambda: Snapshots(MLP(2, [1]), 5, 5), TypeError, "Snapshots: expected xs to be a list, got 5"),
    ],
)
def test_errors(call, error, message):
    with pytest.raises(error, match=message):
        call()

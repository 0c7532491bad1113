"""Schedules that keep or see a state: each epoch is asked for once, when it begins, on every backend."""

import itertools
import random

import pytest

from nn import MLP, data, fit
from tests.test_train import BACKENDS, numbers

XS, YS = data.moons(n=23, noise=0.1, seed=4)


def told(model, xs, ys, backend, schedule, **options):
    """Everything that a run with a schedule leaves."""
    history = fit(model, xs, ys, epochs=8, batch_size=5, lr=0.3, schedule=schedule, backend=backend, **options)
    return [*numbers(model), *history.loss, *history.lr]


def counting(model):
    calls = itertools.count(1)
    return lambda epoch: 1 / next(calls)


def drawing(model):
    generator = random.Random(1)
    return lambda epoch: generator.random()


def looking(model):
    return lambda epoch: 1 / (1 + abs(model.parameters()[0].data))


def reading(model):
    return lambda epoch: 0.5 if model.history and model.history.epochs > 2 else 1.0


@pytest.mark.parametrize("make", [counting, drawing, looking, reading])
def test_a_schedule_is_asked_once_an_epoch_in_their_order_when_it_begins(make):
    runs = []
    for backend in BACKENDS:
        model = MLP(2, [2, 1], "tanh", seed=1)
        runs.append(told(model, XS, YS, backend, make(model)))
    assert len({round(lr, 9) for lr in runs[0][-8:]}) > 1
    assert all(run == pytest.approx(runs[0], rel=1e-9) for run in runs)


strength = 1.0


def test_a_schedule_that_changes_what_a_loss_sees_is_noticed_between_two_epochs(monkeypatch):
    def weaker(epoch):
        global strength
        strength = 1 / (1 + epoch)
        return 1.0

    def run(backend):
        monkeypatch.setitem(globals(), "strength", 1.0)
        return told(MLP(2, [2, 1], "tanh", seed=1), XS, YS, backend, weaker, loss=lambda a, y: strength * (a - y) ** 2)

    with pytest.warns(RuntimeWarning, match=r"on the eager engine, .* strength changes when the schedule is asked"):
        assert run("auto") == pytest.approx(run("eager"), rel=1e-12)
    with pytest.raises(ValueError, match=r"another program: .*strength changes when the schedule"):
        run("python")

"""`Guard` tells a trainer of another program from one that rounds otherwise."""

import math
import subprocess
import sys

import pytest

from nn import MLP, optim
from nn.train.eager import Eager
from nn.train.epochs import Schedule
from nn.train.guard import Guard
from nn.train.problem import FixedError, pose

XS, YS = [[0.0, 0.5], [1.0, -0.5], [0.3, 0.9]], [0.0, 1.0, 1.0]


class Changed(Eager):
    """The eager engine with something done to its costs and gradients."""

    change = staticmethod(lambda cost, gradient, parameters: (cost, gradient))

    def gradient(self, index):
        return self.change(*super().gradient(index), self.parameters)


def guarded(change, model=None, loss="quadratic"):
    model = model or MLP(2, [3, 1], "tanh", seed=0)
    optimizer = optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    problem = pose(model, XS, YS, loss, 0.0)
    problem.seconds = 0.001
    trainer = Changed(problem, optimizer, Schedule(3, 1, 1, False, 0, False).batches(problem.samples))
    trainer.change = change
    return Guard(problem, trainer, optimizer)


def rounded(cost, gradient, parameters):
    return cost * (1 + 2.0**-50), [g * (1 + 2.0**-50) + 2.0**-54 for g in gradient]


START = [p.data for p in MLP(2, [3, 1], "tanh", seed=0).parameters()]


def a_kink(cost, gradient, parameters):
    """At one point, and nowhere else, another subgradient."""
    return cost, [g + 1.0 for g in gradient] if parameters == START else gradient


@pytest.mark.parametrize("change", [Changed.change, rounded, a_kink])
def test_what_only_rounds_otherwise_is_the_same_program(change):
    guard = guarded(change)
    guard.look()
    assert [p.data for p in guard.optimizer.params] == START
    assert not any(p.grad for p in guard.optimizer.params)


@pytest.mark.parametrize("start", [0.0, 0.125, -0.125, 1.0, -3.0])
def test_every_parameter_is_moved_aside_wherever_it_is(start):
    """So that the kink of one of them is no other program."""
    model = MLP(2, [3, 1], "tanh", seed=0)
    for p in model.parameters():
        p.data = start
    guard = guarded(lambda cost, gradient, at: (cost, [g + 1.0 for g in gradient] if start in at else gradient), model)
    guard.look()
    assert {p.data for p in model.parameters()} == {start}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda cost, gradient, parameters: (cost * 1.001, gradient), "the cost of sample 0"),
        (lambda cost, gradient, parameters: (cost, [2 * g for g in gradient]), "the gradient .* of sample 0 by w1"),
        (lambda cost, gradient, parameters: (cost, [*gradient[:-1], 0.0]), "the gradient .* of sample 0 by .*b"),
        (lambda cost, gradient, parameters: (cost, [math.nan] * len(gradient)), "as recorded, nan"),
    ],
)
def test_another_program_is_found_and_nothing_has_moved(change, message):
    guard = guarded(change)
    with pytest.raises(FixedError, match=message):
        guard.look()
    assert [p.data for p in guard.optimizer.params] == START


def test_where_every_gradient_is_0_there_is_no_difference():
    guarded(lambda cost, gradient, parameters: (cost, [0.0] * len(gradient)), loss=lambda a, y: a * 0.0).look()


def test_every_parameter_is_moved_a_little_and_no_more():
    met = []

    def elsewhere(cost, gradient, parameters):
        met.append([p.data for p in guard.optimizer.params])
        return cost, [g + 1.0 for g in gradient]

    guard = guarded(elsewhere)
    with pytest.raises(FixedError):
        guard.look()
    for start, moved in zip(*met, strict=True):
        assert 0.0 < abs(moved - start) <= 2.0**-10 * (abs(start) + 0.125)


def test_it_looks_while_there_is_time_or_anyhow():
    guard = guarded(lambda cost, gradient, parameters: (cost + 1.0, gradient))
    guard.spent = 100.0
    guard.look()
    with pytest.raises(FixedError):
        guard.look(anyhow=True)


def test_it_stops_before_the_sample_for_which_there_is_no_time(monkeypatch):
    looked = []
    guard = guarded(lambda cost, gradient, parameters: (looked.append(cost) or cost, gradient))
    guard.indices = [0, 1, 2] * 2
    seconds = iter(range(100, 200))
    monkeypatch.setattr("nn.train.guard.clock", lambda: float(next(seconds)))
    guard._hold(4.9, True)
    assert len(looked) == 4  # a second each, by this clock: a fifth would take it to 5


@pytest.mark.parametrize("is_loaded", [True, False])
def test_a_trainer_is_given_the_numbers_of_the_model_unless_it_has_them(is_loaded):
    guard, loaded = guarded(Changed.change), []
    guard.trainer.load = lambda numbers, states: loaded.append(numbers)
    guard.look(is_loaded=is_loaded)
    assert loaded == ([] if is_loaded else [START])


def test_a_large_net_is_looked_at_after_the_first_epoch_only():
    guard = guarded(lambda cost, gradient, parameters: (cost + 1.0, gradient))
    guard.problem.seconds = 1.0
    guard.look_before()
    with pytest.raises(FixedError):
        guard.look()


def test_of_a_very_large_net_the_cost_alone_is_held_until_the_run_is_long():
    guard = guarded(lambda cost, gradient, parameters: (cost, [2 * g for g in gradient]))
    guard.problem.seconds = 1.0
    guard.look()
    guard.started -= 1_000.0
    with pytest.raises(FixedError, match="the gradient"):
        guard.look()


def test_a_loss_that_looks_at_the_graph_of_a_very_large_net():
    """Its cost is taken again with the graph where it is another without; gradients are held no more than of others."""
    twice = lambda cost, gradient, parameters: (cost, [2 * g for g in gradient])  # noqa: E731
    guard = guarded(twice, loss=lambda a, y: (a - y) * (a - y) + (0.0 if a.op else 1.0))
    guard.problem.seconds = 1.0
    guard.look()
    guard.trainer.change = lambda cost, gradient, parameters: (cost + 2.0, gradient)
    with pytest.raises(FixedError, match="the cost"):
        guard.look()


def test_where_no_clock_counts_the_processor_it_looks_all_the_same():
    program = (
        "import time; del time.thread_time\n"
        "from nn import MLP, data, fit\n"
        "print(fit(MLP(2, [1], seed=0), *data.xor(), epochs=1, backend='python').backend)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "python\n"

"""A step by blocks of the gradient: the step by the whole gradient, for every optimizer, option, batch and width."""

import math
from array import array

import pytest

pytest.importorskip("llvmlite")

from autograd_lite import record
from autograd_lite.backends import Batches
from autograd_lite.backends.llvm import blocks, machine
from autograd_lite.backends.llvm import rows as rows_module
from autograd_lite.backends.llvm.training import Training
from nn import MLP, fit, optim
from tests.halves import chosen
from tests.nets import numbers

SMALL, NEVER = 12, 1 << 40  # doubles of a block


class Own(optim.Optimizer):
    """A rule without states."""

    def __init__(self, params, lr=0.1):
        super().__init__(params, {"lr": lr})

    def rule(self, settings, p, gradient, state):
        return p - settings[0] * gradient, []


OPTIMIZERS = {
    "plain": lambda ps: optim.SGD(ps, lr=0.1),
    "momentum": lambda ps: optim.SGD(ps, lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.01),
    "adam": lambda ps: optim.Adam(ps, lr=0.01, weight_decay=0.01),
    "adamw": lambda ps: optim.AdamW(ps, lr=0.01),
    "rmsprop": lambda ps: optim.RMSprop(ps, lr=0.01, momentum=0.5, centered=True, weight_decay=0.01),
    "own": Own,
}
OPTIONS = {
    "none": {},
    "l2": {"l2": 0.01},
    "clip_value": {"clip_value": 0.05},
    "schedule": {"schedule": optim.exponential(0.5)},
    "several": {"l2": 0.01, "clip_value": 0.05, "schedule": optim.exponential(0.5)},
    "clip_norm": {"clip_norm": 0.3, "l2": 0.01},
}


@pytest.fixture(params=[2, 4, 8])
def lanes(request, monkeypatch):
    monkeypatch.setattr(machine, "width", lambda: request.param)
    return request.param


def trained(make, batch_size, options, block, monkeypatch):
    """Parameters, states and losses after two epochs of 23 samples."""
    monkeypatch.setattr(blocks, "BLOCK", block)
    monkeypatch.setattr(rows_module, "ROLLED", -1.0)
    model = MLP(13, [9, 3], "relu", seed=4)
    optimizer = make(model.parameters())
    xs = [numbers(13, seed) for seed in range(23)]
    ys = [numbers(3, seed) for seed in range(23)]
    history = fit(
        model, xs, ys, "quadratic", optimizer, 2, batch_size, seed=7, backend="llvm", **options
    )  # fmt: skip
    return [p.data for p in optimizer.params], [list(state) for state in optimizer.states], history.loss


CASES = [(name, "none", 5, 4) for name in OPTIMIZERS]
CASES += [("momentum", option, 5, 8) for option in OPTIONS if option != "none"]
CASES += [("adam", "l2", 1, 2), ("adam", "clip_norm", 23, 2), ("plain", "l2", 7, 8)]
OFTEN = [("own", "none", 5, 4), *(("momentum", options, 5, 8) for options in ("several", "clip_norm")),
         ("adam", "l2", 1, 2)]  # fmt: skip  # every option and width


@pytest.mark.parametrize("case", chosen(CASES, *OFTEN), ids=lambda case: "-".join(map(str, case)))
def test_a_step_by_blocks_is_the_step_as_a_whole(case, monkeypatch):
    """To the bit; a sum over all parameters, the penalties or the squares of a norm, is added up in another order."""
    name, options, batch_size, lanes = case
    monkeypatch.setattr(machine, "width", lambda: lanes)
    given = OPTIMIZERS[name], batch_size, OPTIONS[options]
    parameters, states, losses = trained(*given, SMALL, monkeypatch)
    whole, whole_states, whole_losses = trained(*given, NEVER, monkeypatch)
    if options == "clip_norm":
        assert parameters == pytest.approx(whole, rel=1e-12)
        for state, whole_state in zip(states, whole_states, strict=True):
            assert state == pytest.approx(whole_state, rel=1e-11, abs=1e-15)
    else:
        assert (parameters, states) == (whole, whole_states)
    assert losses == (pytest.approx(whole_losses, rel=1e-13) if "l2" in OPTIONS[options] else whole_losses)


def training_of(tape, n_shared, rows, monkeypatch, block=SMALL):
    """A tape's cost, right and gradient trained by plain descent on these rows at once."""
    monkeypatch.setattr(blocks, "BLOCK", block)
    monkeypatch.setattr(rows_module, "ROLLED", -1.0)
    penalty = record(lambda p: 0.0 * p, 1.0).adjoint()
    update = record(lambda lr, p, gradient: [p - lr * gradient], 1.0, 1.0, 1.0)
    data = array("d", [x for row in rows for x in row])
    sample = tape.adjoint(output=0, n_gradients=n_shared)
    return Training(sample, penalty, update, Batches(data, len(rows), len(rows)))


def n_blocks(training):
    """How many gradients it gives by blocks."""
    return len(training.sums._blocks)


@pytest.mark.parametrize("lanes", [4], indirect=True)
def test_which_gradients_go_by_blocks(lanes, monkeypatch):
    """All weights that are many enough; none where a batch comes in several parts."""
    tape = record(lambda w, x: [sum(sum(w[9 * k + j] * x[k] for k in range(13)) ** 2 for j in range(9)), 0.0 * x[0]],
                  numbers(117, 1), numbers(13, 2))  # fmt: skip
    rows = [numbers(13, seed) for seed in range(100)]
    assert n_blocks(training_of(tape, 117, rows[:7], monkeypatch)) == 1
    assert n_blocks(training_of(tape, 117, rows[:7], monkeypatch, block=116)) == 1
    assert n_blocks(training_of(tape, 117, rows[:7], monkeypatch, block=117)) == 0
    assert n_blocks(training_of(tape, 117, rows, monkeypatch)) == 0


def test_a_gradient_that_depends_on_parameters_is_summed_before_any_of_them_moves(lanes, monkeypatch):
    n = 40
    tape = record(
        lambda w, x: [sum(w[i] * w[(i + 1) % n] * x[i] for i in range(n)), 0.0 * x[0]], numbers(n, 1), numbers(n, 2)
    )
    rows = [numbers(n, seed) for seed in range(5)]
    training, start = training_of(tape, n, rows, monkeypatch), numbers(n, 9)
    assert n_blocks(training) == 0
    training.load(start, [])
    training.settings[:] = [0.5]
    training.advance(1)
    means = [
        math.fsum(start[(i + 1) % n] * row[i] + start[i - 1] * row[i - 1] for row in rows) / len(rows) for i in range(n)
    ]
    assert training.parameters == pytest.approx(
        [p - 0.5 * mean for p, mean in zip(start, means, strict=True)], rel=1e-12
    )


def test_the_gradient_of_one_sample_is_read_by_blocks(lanes, monkeypatch):
    tape = record(lambda w, x: [sum(w[i] * x[i] for i in range(40)) ** 2, 0.0 * x[0]], numbers(40, 1), numbers(40, 2))
    rows, start = [numbers(40, seed) for seed in range(5)], numbers(40, 9)
    training = training_of(tape, 40, rows, monkeypatch)
    assert n_blocks(training) == 1
    training.load(start, [])
    cost, gradient = training.gradient(3)
    product = math.fsum(w * x for w, x in zip(start, rows[3], strict=True))
    assert cost == pytest.approx(product**2, rel=1e-12)
    assert gradient == pytest.approx([2 * product * x for x in rows[3]], rel=1e-12)
    assert training.parameters == start

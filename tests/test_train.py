"""`fit`: what it computes, what it reports, and that a failed or interrupted run leaves a model one can go on with."""

import math
import time
from collections import Counter
from importlib.util import find_spec

import numpy as np
import pytest

from autograd_lite import Value, no_grad
from autograd_lite.backends import BACKENDS as KNOWN
from autograd_lite.backends import Shuffler
from autograd_lite.graph import reached
from nn import MLP, data, fit, optim
from nn.losses import cross_entropy
from nn.train.progress import Progress

BACKENDS = ["eager", *(name for name, package in KNOWN.items() if not package or find_spec(package))]


def numbers(model):
    return [p.data for p in model.parameters()]


def test_one_batch_is_one_gradient_step_of_the_mean_cost_plus_the_penalty():
    xs, ys = [[0.5, -1.0], [2.0, 0.25], [1.0, 1.0]], [1.0, 0.0, -1.0]
    model, twin = MLP(2, [3, 1], "tanh", seed=0), MLP(2, [3, 1], "tanh", seed=0)
    history = fit(model, xs, ys, optimizer=optim.SGD(model.parameters(), lr=0.5), epochs=1, l2=0.01)
    cost = sum(0.5 * (twin(x) - y) ** 2 for x, y in zip(xs, ys, strict=True)) / 3
    cost = cost + 0.01 * sum(p * p for p in twin.parameters())
    cost.backward()
    assert history.loss == pytest.approx([cost.data], rel=1e-14)
    for p, q in zip(model.parameters(), twin.parameters(), strict=True):
        assert p.data == pytest.approx(q.data - 0.5 * q.grad, rel=1e-13, abs=1e-15)


def test_history():
    xs, ys = data.moons(n=20)
    model = MLP(2, [4, 1], output="sigmoid", seed=0)
    history = fit(model, xs, ys, "binary_cross_entropy", epochs=3, batch_size=8)
    assert (history.epochs, len(history.loss), len(history.accuracy)) == (3, 3, 3)
    assert history.seconds > 0
    assert history.backend == ("llvm" if find_spec("llvmlite") else "python")
    assert fit(model, xs, ys, epochs=1, backend="eager").backend == "eager"
    assert not any(map(reached, model.parameters()))
    assert "epoch 3: loss" in str(history)
    assert fit(MLP(2, [1], seed=0), xs, ys, epochs=1).accuracy == []


def test_the_same_seed_is_the_same_run_and_another_is_not():
    xs, ys = data.moons(n=20)

    def losses(seed, shuffle=True):
        model = MLP(2, [3, 1], seed=0)
        return fit(model, xs, ys, epochs=3, batch_size=4, seed=seed, shuffle=shuffle, backend="python").loss

    assert losses(1) == losses(1) != losses(2)
    assert losses(1, shuffle=False) == losses(2, shuffle=False)


def test_a_shuffle_gives_every_order_its_share():
    shuffler, counts = Shuffler(1), Counter()
    for _ in range(6000):
        order = [0, 1, 2]
        shuffler.shuffle(order)
        counts[tuple(order)] += 1
    assert len(counts) == 6
    assert all(abs(count - 1000) < 150 for count in counts.values())  # five standard deviations


def test_numpy_arrays_tuples_and_single_numbers():
    rows, targets = [[0.0], [1.0], [2.0]], [1.0, 2.0, 3.0]
    expected = fit(MLP(1, [1], seed=0), rows, targets, epochs=2).loss
    for xs, ys in [
        (np.array(rows), np.array(targets)),
        ((0.0, 1.0, 2.0), (1.0, 2.0, 3.0)),
        (np.array([0, 1, 2]), np.array([[1], [2], [3]])),
    ]:
        assert fit(MLP(1, [1], seed=0), xs, ys, epochs=2).loss == expected


def test_classes_and_a_loss_of_ones_own():
    xs, ys = data.spirals(n=30, classes=3)
    assert fit(MLP(2, [4, 3], seed=0), xs, ys, "cross_entropy", epochs=2).accuracy
    history = fit(MLP(2, [2, 1], seed=0), xs, ys, lambda a, y: abs(a - y), epochs=5)
    assert history.loss[-1] < history.loss[0]


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"callback": 3}, TypeError, r"fit: expected callback to be a function of the History, got 3 \(int\)"),
        ({"loss": "binary_cross_entropy", "ys": [0, 1, 2, 1]}, ValueError, "expected targets from 0 to 1, got 2"),
    ],
)
@pytest.mark.parametrize("backend", ["eager", "python"])
def test_a_call_that_cannot_work_trains_nothing(backend, options, error, message):
    xs, ys = data.xor()
    model = MLP(2, [2, 1], "tanh", "sigmoid", seed=0)
    before = [p.data for p in model.parameters()]
    with pytest.raises(error, match=message):
        fit(model, **{"xs": xs, "ys": ys, "epochs": 2, "batch_size": 1, "backend": backend, **options})
    assert [p.data for p in model.parameters()] == before


def test_a_callback_sees_the_model_and_stops_it():
    xs, ys = data.moons(n=10)
    model = MLP(2, [2, 1], seed=0)
    seen = []

    def callback(history):
        with no_grad():
            seen.append((history.epochs, model(xs[0]).data))
        return history.epochs == 3

    assert fit(model, xs, ys, epochs=10, callback=callback).epochs == 3
    assert [epoch for epoch, _ in seen] == [1, 2, 3]
    assert len({output for _, output in seen}) == 3


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_loss_that_is_not_finite_names_epoch_sample_and_op_and_restores_what_was(backend):
    model = MLP(1, [2, 1], init="normal", seed=0)
    before = model.state_dict()
    sgd = optim.SGD(model.parameters(), lr=1e5, momentum=0.1)
    with pytest.raises(
        FloatingPointError, match=r"fit: epoch \d+, sample 1: the loss became (inf|nan): \w+\(.*\) gave"
    ):
        fit(model, [[1.0], [1e200]], [0.0, 1.0], optimizer=sgd, epochs=50, backend=backend)
    assert model.state_dict() == before
    assert sgd.velocities == [0.0] * len(sgd.params)


def test_ctrl_c_keeps_what_was_learned():
    xs, ys = data.moons(n=10)
    model = MLP(2, [2, 1], seed=0)
    before = model.state_dict()

    def interrupt(history):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit(model, xs, ys, callback=interrupt)
    assert model.state_dict() != before


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"xs": []}, ValueError, "fit: expected as many ys as xs and at least one, got 0 xs and 2 ys"),
        ({"ys": [1.0]}, ValueError, "got 2 xs and 1 ys"),
        ({"xs": [[1.0, 2.0], [1.0]]}, ValueError, r"fit: expected 2 numbers in xs\[1\], as in xs\[0\], got 1"),
        ({"xs": [[1.0, 2.0], ["a", 1.0]]}, TypeError, r"fit: xs\[1\]: expected a"),
        ({"xs": [[1.0], [2.0]]}, ValueError, "MLP: expected 2 inputs, got 1"),
        ({"ys": [None, 1.0]}, TypeError, r"fit: ys\[0\]: expected a number or a row of numbers, got None"),
        ({"xs": 5}, TypeError, r"fit: expected xs to be a list of rows or numbers, got 5 \(int\)"),
        ({"ys": [1.0, [2.0]]}, ValueError, r"fit: expected ys\[1\] to be a number or a row as ys\[0\] is"),
        ({"optimizer": "sgd"}, TypeError, "fit: expected optimizer to be .* like optim.Adam.*, got 'sgd'"),
        ({"loss": "best"}, ValueError, "loss: expected a function or one of"),
        ({"batch_size": 0}, ValueError, "fit: expected batch_size to be at least 1, got 0"),
        ({"epochs": 2.5}, TypeError, "fit: expected epochs to be an int, got 2.5"),
        ({"l2": -1.0}, ValueError, "fit: expected l2 to be 0 or more, got -1.0"),
        ({"l2": math.nan}, ValueError, "fit: expected l2 to be 0 or more, got nan"),
        ({"l2": "a"}, TypeError, "fit: l2: expected a real number"),
        ({"backend": "gpu"}, ValueError, "fit: expected backend to be auto, eager, .*python, llvm, got 'gpu'"),
    ],
)
def test_errors_leave_the_model_as_it_was(options, error, message):
    model = MLP(2, [2, 1], seed=0)
    before = model.state_dict()
    arguments = {"xs": [[1.0, 2.0], [0.0, 1.0]], "ys": [0.0, 1.0], "epochs": 1} | options
    with pytest.raises(error, match=message):
        fit(model, arguments.pop("xs"), arguments.pop("ys"), **arguments)
    assert model.state_dict() == before


def test_progress_is_silent_where_it_is_quick_or_not_wanted(capsys):
    with Progress(3, "steps", shown=True) as progress:
        progress.step()
    with Progress(3, "steps", shown=False) as progress:
        progress._next = -math.inf
        progress.step()
    assert capsys.readouterr() == ("", "")


def test_progress_says_what_time_is_left(capsys):
    with Progress(3, "steps", shown=True) as progress:
        progress._next, progress._started = -math.inf, progress._started - 10.0
        progress.step("loss 0.5")
    assert capsys.readouterr().err == "steps 1/3 loss 0.5, 20 s left\n"


def test_progress_is_a_plain_line_where_there_is_no_terminal(capsys):
    with Progress(3, "steps", shown=True) as progress:
        progress._next = -math.inf
        progress.step("loss 0.5")
    assert capsys.readouterr().err == "steps 1/3 loss 0.5\n"


def test_progress_says_what_comes_before_the_first_step(capsys, monkeypatch):
    monkeypatch.setattr("nn.train.progress.FIRST_SECONDS", 0.0)
    with Progress(3, "steps", shown=True, first="compiling") as progress:
        progress._waiting.join()  # a step that takes for ever
        progress._next = -math.inf
        progress.step("loss 0.5")
    assert capsys.readouterr().err == "steps 0/3 compiling\nsteps 1/3 loss 0.5\n"
    with pytest.raises(ZeroDivisionError), Progress(3, "steps", shown=True, first="compiling") as progress:
        raise ZeroDivisionError
    assert not progress._waiting.is_alive()


@pytest.mark.parametrize("backend", BACKENDS)
def test_fit_says_what_comes_before_the_first_epoch(backend, capsys, monkeypatch):
    monkeypatch.setattr("nn.train.progress.FIRST_SECONDS", 0.0)

    class Slow(MLP):
        def __call__(self, x):
            time.sleep(0.05)
            return super().__call__(x)

    fit(Slow(1, [1], seed=0), [[1.0]], [0.0], epochs=1, backend=backend, progress=True)
    first = {"eager": "the first epoch", "python": "recording"}.get(backend, "recording and compiling")
    assert f"epochs 0/1 {first}\n" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("loss", "activation", "output", "n_out", "batch_size", "l2"),
    [
        ("hinge", "relu", "linear", 1, None, 1e-3), ("quadratic", "sigmoid", "sigmoid", 1, 7, 0.0),
        ("binary_cross_entropy", "gelu", "sigmoid", 1, 1, 0.0), ("cross_entropy", "tanh", "linear", 3, 4, 0.01),
        ("mse", "elu", "linear", 1, 5, 0.0), (lambda a, y: abs(a - y) * 1.0, "silu", "linear", 1, 6, 0.0),
    ],
)  # fmt: skip
def test_the_backends_walk_the_same_road(loss, activation, output, n_out, batch_size, l2):
    """Eager and python to the bit; native code fuses multiply-adds and adds samples up in another order."""
    xs, ys = data.spirals(n=20, classes=3) if n_out > 1 else data.moons(n=20)
    ys = [2 * y - 1 for y in ys] if loss == "hinge" else ys
    runs = {}
    for backend in BACKENDS:
        model = MLP(2, [5, n_out], activation, output, init="xavier", seed=3)
        sgd = optim.SGD(model.parameters(), lr=0.1, momentum=0.5)
        history = fit(model, xs, ys, loss, sgd, epochs=8, batch_size=batch_size, l2=l2, seed=5, backend=backend)
        runs[backend] = [*numbers(model), *history.loss, *sgd.velocities], history.accuracy
    assert runs["eager"] == runs["python"]
    for numbers_then, accuracy in runs.values():
        assert numbers_then == pytest.approx(runs["eager"][0], rel=1e-9, abs=1e-13)
        assert accuracy == runs["eager"][1]


@pytest.mark.slow
@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid"])
def test_fifty_steps_of_the_demo_net(activation):
    xs, labels = data.moons(n=100, noise=0.1, seed=1)
    runs = {}
    for backend in set(BACKENDS) - {"eager"}:
        model = MLP(2, [16, 16, 1], activation, seed=1)
        sgd = optim.SGD(model.parameters(), lr=0.05)
        history = fit(model, xs, [2 * y - 1 for y in labels], "hinge", sgd, 50, l2=1e-4, backend=backend)
        runs[backend] = numbers(model), history.loss
    for parameters, losses in runs.values():
        assert losses == pytest.approx(runs["python"][1], rel=1e-9, abs=0)
        assert parameters == pytest.approx(runs["python"][0], rel=1e-9, abs=1e-12)


SIZES = [  # in the quick half each size meets one of the settings, on every backend
    pytest.param(settings, size, id=f"{name}-{size}", marks=pytest.mark.slow if (i + j) % 2 else [])
    for i, (name, settings) in enumerate(
        {"plain": {}, "everything": {"momentum": 0.9, "nesterov": True, "weight_decay": 0.1}}.items()
    )
    for j, size in enumerate([1, 2, 3, 7, 8, 16, 50])
]


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(("settings", "batch_size"), SIZES)
def test_every_size_of_batch_and_setting(backend, batch_size, settings):
    """Beside a graph of each batch, differentiated as a whole and stepped by hand."""
    xs, ys = data.moons(n=17, seed=2)
    model, twin = MLP(2, [3, 1], "tanh", seed=1), MLP(2, [3, 1], "tanh", seed=1)
    fit(
        model, xs, ys, optimizer=optim.SGD(model.parameters(), 0.2, **settings), epochs=2, batch_size=batch_size,
        l2=0.01, shuffle=False, backend=backend,
    )  # fmt: skip
    sgd = optim.SGD(twin.parameters(), 0.2, **settings)
    for start in 2 * list(range(0, 17, batch_size)):
        batch = list(zip(xs, ys, strict=True))[start : start + batch_size]
        cost = sum(0.5 * (twin(x) - y) ** 2 for x, y in batch) / len(batch)
        cost = cost + 0.01 * sum(p * p for p in twin.parameters())
        twin.zero_grad()
        cost.backward()
        sgd.step()
    assert numbers(model) == pytest.approx(numbers(twin), rel=1e-10)


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_callback_may_change_the_learning_rate(backend):
    model = MLP(2, [2, 1], seed=0)
    sgd = optim.SGD(model.parameters(), lr=0.1)
    seen = []

    def callback(history):
        seen.append(model.state_dict())
        sgd.lr = 0.0

    fit(model, *data.moons(n=10), optimizer=sgd, epochs=4, callback=callback, backend=backend)
    assert seen[0] == seen[1] == seen[3] == model.state_dict()


@pytest.mark.parametrize("backend", BACKENDS)
def test_parameters_that_the_optimizer_does_not_have_stay(backend):
    model = MLP(2, [2, 1], seed=0)
    before = numbers(model)
    last = model.layers[-1].parameters()
    fit(model, *data.moons(n=10), optimizer=optim.SGD(last, lr=0.1), epochs=4, backend=backend)
    changed = [p for p, number in zip(model.parameters(), before, strict=True) if p.data != number]
    assert changed == last


@pytest.mark.parametrize("backend", BACKENDS)
def test_gradients_of_other_passes_are_no_part_of_a_step(backend):
    """Neither those from before, nor a callback's own, nor those of parameters that an earlier run did not train."""
    xs, ys = data.moons(n=10)
    model, twin = MLP(2, [2, 1], "tanh", seed=0), MLP(2, [2, 1], "tanh", seed=0)

    def callback(_):
        model(xs[0]).backward()

    for net in (model, twin):
        fit(net, xs, ys, optimizer=optim.SGD(net.layers[-1].parameters(), lr=0.1), epochs=1, backend=backend)
        assert {p.grad for p in net.parameters()} == {0.0}
    (model(xs[1]) * 1e6).backward()
    fit(model, xs, ys, epochs=3, callback=callback, backend=backend)
    fit(twin, xs, ys, epochs=3, callback=lambda _: None, backend=backend)
    assert numbers(model) == numbers(twin)


@pytest.mark.parametrize("epochs", [3, 9])
@pytest.mark.parametrize("backend", BACKENDS)
def test_a_callback_may_change_parameters_and_velocities(backend, epochs):
    model = MLP(2, [2, 1], seed=0)
    sgd = optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    runs = []

    def callback(history):
        runs.append(list(sgd.velocities))
        sgd.velocities[:] = [0.0] * len(sgd.velocities)
        for p in model.parameters():
            p.data = 0.5
        return len(runs) == 3

    fit(model, *data.moons(n=10), optimizer=sgd, epochs=epochs, callback=callback, backend=backend)
    assert {p.data for p in model.parameters()} == {0.5}
    assert runs[1] == runs[2] != runs[0]


@pytest.mark.parametrize("backend", BACKENDS)
def test_within_no_grad_it_trains_all_the_same(backend):
    xs, ys = data.moons(n=10)
    model, twin = MLP(2, [2, 1], seed=0), MLP(2, [2, 1], seed=0)
    with no_grad():
        inside = fit(model, xs, ys, epochs=2, backend=backend)
    assert inside.loss == fit(twin, xs, ys, epochs=2, backend=backend).loss
    assert model.state_dict() == twin.state_dict()


def test_a_weight_in_two_places_is_one_parameter():
    runs = {}
    for backend in BACKENDS:
        model = MLP(2, [3, 1], seed=0)
        model.again = model.layers[0].neurons[0].w[0]
        runs[backend] = fit(model, *data.moons(n=20), epochs=3, l2=0.1, backend=backend).loss
        assert len(model.parameters()) == 13
    for losses in runs.values():
        assert losses == pytest.approx(runs["eager"], rel=1e-12)


class Clipped(optim.SGD):
    def step(self):
        for p in self.params:
            p.grad = max(-0.01, min(0.01, p.grad))
        super().step()


class TwoStates(optim.Optimizer):
    """Velocities of two speeds."""

    def __init__(self, params, lr):
        super().__init__(params, {"lr": lr}, {"fast": 0.0, "slow": 0.0})

    def rule(self, settings, p, gradient, state):
        fast, slow = 0.5 * state[0] + gradient, 0.9 * state[1] + gradient
        return p - settings[0] * (fast + slow), [fast, slow]


def test_optimizers_of_ones_own():
    xs, ys = data.moons(n=20)
    runs = {}
    for backend in BACKENDS:
        model = MLP(2, [3, 1], seed=0)
        sgd = TwoStates(model.parameters(), 0.1)
        runs[backend] = [*fit(model, xs, ys, optimizer=sgd, epochs=4, backend=backend).loss, *sgd.slow]
    for numbers in runs.values():
        assert numbers == pytest.approx(runs["eager"], rel=1e-12)
    model = MLP(2, [3, 1], seed=0)
    assert fit(model, xs, ys, optimizer=Clipped(model.parameters(), 1.0), epochs=1).backend == "eager"
    for backend in BACKENDS:
        if backend != "eager":
            with pytest.raises(ValueError, match=f"Optimizer's step for backend='{backend}', got Clipped"):
                fit(model, xs, ys, optimizer=Clipped(model.parameters(), 1.0), backend=backend)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(
    ("loss", "options", "message"),
    [
        (lambda a, y: (a - a).sqrt(), {}, r"fit: epoch 2, \w+\[?.* became nan: its gradient was inf or nan"),
        ("mse", {"lr": 0.0, "xs": [[1e154, 0.0]] * 20}, "fit: epoch 1, the costs of a batch add up to inf"),
        ("mse", {"lr": 0.0, "l2": 1e305, "weight": 1e3}, r"fit: epoch 1, l2·Σp² became inf"),
    ],
    ids=["gradient", "sum", "penalty"],
)
def test_what_is_not_finite_is_reported_and_undone(backend, loss, options, message):
    model = MLP(2, [1], seed=0)
    model.parameters()[0].data = options.get("weight", 0.5)
    before = model.state_dict()
    xs = options.get("xs", [[0.5, 1.0]] * 20)
    epochs = 2 if loss == "mse" else 1
    sgd = optim.SGD(model.parameters(), lr=options.get("lr", 0.1))
    with pytest.raises(FloatingPointError, match=message.replace("epoch 2", f"epoch {epochs}")):
        fit(model, xs, [1.0] * 20, loss, sgd, epochs, l2=options.get("l2", 0.0), backend=backend)
    assert model.state_dict() == before


@pytest.mark.parametrize("backend", BACKENDS)
def test_what_is_not_finite_after_many_epochs_names_sample_and_op_as_well(backend):
    """Nobody looks at the parameters then, so that native code has to hand them back for the sake of the message."""
    model = MLP(1, [1], seed=0)
    message = r"fit: epoch \d\d+, sample 0: the loss became inf: .* gave inf; a smaller lr"
    with pytest.raises(FloatingPointError, match=message):
        fit(model, [[1.0]], [1.0], "mse", optim.SGD(model.parameters(), lr=3.0), epochs=2_000, backend=backend)


@pytest.mark.parametrize("backend", BACKENDS)
def test_large_weights_without_a_penalty(backend):
    model = MLP(1, [1, 1], "tanh", seed=0)
    model.parameters()[0].data = 1e200
    assert all(map(math.isfinite, fit(model, [[1.0]], [1.0], epochs=2, backend=backend).loss))


@pytest.mark.parametrize("backend", BACKENDS)
def test_any_failure_undoes_the_training(backend):
    """A linear output leaves [0, 1] on the way; the parameters that only the loss knows go back as well."""
    model, extra = MLP(2, [1], seed=0), Value(0.5, "extra")
    before = model.state_dict()

    def loss(a, y):
        if len(calls) == 30 and backend == "eager":
            raise ValueError("mine")
        calls.append(1)
        return (a * extra - y) ** 2 * (1e3 if backend == "eager" else 1e300)

    calls = []
    sgd = optim.SGD([*model.parameters(), extra], lr=0.1)
    with pytest.raises((ValueError, FloatingPointError)):
        fit(model, *data.moons(n=8), loss, sgd, epochs=50, backend=backend)
    assert model.state_dict() == before
    assert extra.data == 0.5


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_callbacks_own_error_is_its_own(backend):
    model = MLP(2, [1], seed=0)
    before = model.state_dict()

    def callback(history):
        raise FloatingPointError("mine")

    with pytest.raises(FloatingPointError, match=r"^mine$"):
        fit(model, *data.moons(n=8), callback=callback, backend=backend)
    assert model.state_dict() != before


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("wrong", [3.0, [Value(1.0)], None])
def test_a_loss_that_gives_no_value(backend, wrong):
    with pytest.raises(TypeError, match="fit: expected loss to return a Value, got"):
        fit(MLP(2, [1], seed=0), *data.moons(n=8), lambda a, y: wrong, backend=backend)


@pytest.mark.skipif("llvm" not in BACKENDS, reason="llvmlite is not installed (the jit extra)")
def test_ctrl_c_while_native_code_runs(monkeypatch):
    from autograd_lite.backends.llvm.training import Training

    xs, ys = data.moons(n=10)
    model, twin = MLP(2, [2, 1], seed=0), MLP(2, [2, 1], seed=0)
    advance, calls = Training.advance, []

    def interrupted(self, n_batches):
        calls.append(n_batches)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return advance(self, n_batches)

    monkeypatch.setattr(Training, "advance", interrupted)
    with pytest.raises(KeyboardInterrupt):
        fit(model, xs, ys, epochs=10_000, backend="llvm")
    monkeypatch.undo()
    fit(twin, xs, ys, epochs=sum(calls[:2]), backend="llvm")
    assert model.state_dict() == twin.state_dict()
    assert sum(calls[:2]) > 1


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(
    ("loss", "output", "wrong", "message"),
    [
        ("hinge", "linear", 0, "expected target -1 or 1, got 0"),
        ("cross_entropy", "linear", 3, "expected a class from 0 to 1"),
    ],
)
def test_a_target_that_the_loss_does_not_know(backend, loss, output, wrong, message):
    model = MLP(2, [1 if loss == "hinge" else 2], output=output, seed=0)
    with pytest.raises(ValueError, match=message):
        fit(model, [[1.0, 2.0], [0.0, 1.0]], [1, wrong], loss, epochs=1, backend=backend)


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_number_of_a_target_that_the_loss_does_not_know(backend):
    """Each number is met at each place of a target, in whatever row it first stands."""
    model = MLP(2, [4], output="linear", seed=0)

    def loss(z, classes):
        return cross_entropy(z[:2], classes[0]) + cross_entropy(z[2:], classes[1])

    ys = [[i, k] for i in (0, 1) for k in (0, 1)] * 8
    fit(model, [[1.0, 2.0]] * 32, ys, loss, epochs=1, backend=backend)
    for row in ([1, 2], [2, 1]):
        with pytest.raises(ValueError, match="expected a class from 0 to 1, got 2"):
            fit(model, [[1.0, 2.0]] * 33, [*ys, row], loss, epochs=1, backend=backend)


def test_values_are_recorded_per_sample_only():
    """The penalty and each sample's graph are separate: no graph holds the whole batch."""
    sizes = []

    def loss(a, y):
        from autograd_lite.graph import toposort

        cost = (a - y) * (a - y)
        sizes.append(len(toposort(cost)))
        return cost

    fit(MLP(2, [2, 1], seed=0), [[1.0, 2.0]] * 8, [1.0] * 8, loss, epochs=1, backend="eager")
    assert len(set(sizes)) == 1
    assert isinstance(MLP(2, [1], seed=0)([1, 2]), Value)

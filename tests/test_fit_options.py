"""fit's options on every backend: resumed runs, schedules, clipping, validation and patience, against steps by hand."""

import csv
import math
from itertools import chain

import pytest

from autograd_lite import no_grad
from autograd_lite.backends import Shuffler
from nn import MLP, data, fit, load, losses, optim, save
from tests.halves import some
from tests.test_train import BACKENDS, numbers

XS, YS = data.moons(n=23, noise=0.1, seed=4)
CHOSEN = {
    optim.SGD: {"lr": 0.1, "momentum": 0.9, "nesterov": True, "weight_decay": 0.01},
    optim.Adam: {"lr": 0.02, "weight_decay": 0.01}, optim.AdamW: {"lr": 0.02},
    optim.RMSprop: {"lr": 0.01, "momentum": 0.5, "centered": True},
}  # fmt: skip
MADE = [x for x in vars(optim).values() if isinstance(x, type) and issubclass(x, optim.Optimizer)]
OPTIMIZERS = [(make, CHOSEN.get(make, {"lr": 0.02})) for make in MADE if make is not optim.Optimizer]


def net(seed=1):
    return MLP(2, [4, 1], "tanh", "sigmoid", init="xavier", seed=seed)


@pytest.mark.parametrize(
    ("optimizer", "backend"),
    some(OPTIMIZERS, BACKENDS, often=lambda i, k: i % len(BACKENDS) == k),
    ids=lambda x: x if isinstance(x, str) else x[0].__name__,
)
def test_a_run_that_is_resumed_from_files_is_one_run(optimizer, backend, tmp_path):
    make, options = optimizer
    arguments = {
        "loss": "binary_cross_entropy", "batch_size": 5, "l2": 1e-3, "seed": 7, "backend": backend,
        "schedule": optim.warmup(3, optim.cosine(9)), "clip_norm": 0.5, "clip_value": 0.2,
    }  # fmt: skip
    whole = net()
    optimizer = make(whole.parameters(), **options)
    history = fit(whole, XS, YS, optimizer=optimizer, epochs=12, **arguments)
    first = net()
    started = make(first.parameters(), **options)
    early = fit(first, XS, YS, optimizer=started, epochs=5, **arguments)
    save(first, tmp_path / "model.json", started)
    second = load(tmp_path / "model.json")
    resumed = make(second.parameters(), **options)
    resumed.load_state_dict(second.optimizer_state)
    late = fit(second, XS, YS, optimizer=resumed, epochs=7, start=5, **arguments)
    one = [*numbers(whole), *history.loss, *chain(*optimizer.states), *history.lr]
    two = [*numbers(second), *early.loss, *late.loss, *chain(*resumed.states), *early.lr, *late.lr]
    if backend == "llvm":
        assert two == pytest.approx(one, rel=1e-9, abs=1e-15)
    else:
        assert two == one


CLIPS = [{}, {"clip_norm": 0.05}, {"clip_value": 0.01}, {"clip_norm": 0.05, "clip_value": 0.02}]
RUNS = [  # in the quick half every optimizer, every clip and both sizes of batch
    pytest.param(
        *optimizer, clip, size, id=f"{optimizer[0].__name__}-{'-'.join(clip) or 'no clip'}-{size}",
        marks=[] if i == j and i % 2 == k else pytest.mark.slow,
    )
    for i, optimizer in enumerate(OPTIMIZERS) for j, clip in enumerate(CLIPS) for k, size in enumerate((None, 4))
]  # fmt: skip


@pytest.mark.parametrize(("make", "options", "clip", "batch_size"), RUNS)
def test_every_optimizer_schedule_and_clip_is_steps_by_hand(make, options, batch_size, clip):
    """Eager and python to the bit with each other; both, and native code, beside one graph a batch."""
    schedule = optim.step(2, 0.5)
    twin = net()
    by_hand = make(twin.parameters(), **options)
    order, shuffler = list(range(len(XS))), Shuffler(0)
    for epoch in range(6):
        by_hand.lr = options["lr"] * schedule(epoch)
        if batch_size:
            shuffler.shuffle(order)
        for start in range(0, len(XS), batch_size or len(XS)):
            batch = order[start : start + (batch_size or len(XS))]
            cost = sum(losses.binary_cross_entropy(twin(XS[i]), YS[i]) for i in batch) / len(batch)
            cost = cost + 0.01 * sum(p * p for p in twin.parameters())
            twin.zero_grad()
            cost.backward()
            if "clip_norm" in clip:
                norm = math.sqrt(sum(p.grad**2 for p in twin.parameters()))
                for p in twin.parameters():
                    p.grad = p.grad * min(1.0, clip["clip_norm"] / (norm + 1e-6))
            for p in twin.parameters():
                p.grad = min(max(p.grad, -clip.get("clip_value", 1e9)), clip.get("clip_value", 1e9))
            by_hand.step()
    runs = {}
    for backend in BACKENDS:
        model = net()
        optimizer = make(model.parameters(), **options)
        history = fit(
            model, XS, YS, "binary_cross_entropy", optimizer, 6, batch_size, l2=0.01, schedule=schedule,
            backend=backend, **clip,
        )  # fmt: skip
        runs[backend] = [*numbers(model), *history.loss]
        assert history.lr == [options["lr"] * schedule(epoch) for epoch in range(6)]
        assert (optimizer.lr, optimizer.lr_factor) == (options["lr"], 1.0)
        assert numbers(model) == pytest.approx(numbers(twin), rel=1e-9, abs=1e-12)
    assert runs["eager"] == runs["python"]
    assert all(run == pytest.approx(runs["eager"], rel=1e-9, abs=1e-13) for run in runs.values())


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_schedule_over_many_epochs_is_asked_for_each_and_no_other(backend):
    """Native code runs many epochs in one call; each has a learning rate of its own."""
    asked = set()

    def schedule(epoch):
        asked.add(epoch)
        return [1.0, 0.0][epoch % 2]

    model = MLP(1, [1], "linear", seed=0)
    path = []
    n = 40 if backend == "eager" else 700
    fit(model, [[1.0]], [1.0], epochs=n, lr=1e-3, schedule=schedule, backend=backend)
    path.append(model([1.0]).data)
    twin = MLP(1, [1], "linear", seed=0)
    fit(twin, [[1.0]], [1.0], epochs=n // 2, lr=1e-3, backend=backend)
    assert path[0] == pytest.approx(twin([1.0]).data, rel=1e-12)
    assert asked == set(range(n))


@pytest.mark.parametrize("backend", BACKENDS)
def test_validation_is_measured_after_each_epoch(backend):
    model, seen = net(), []
    held = data.moons(n=11, noise=0.3, seed=9)

    def callback(history):
        with no_grad():
            costs = [losses.binary_cross_entropy(model(x), y).data for x, y in zip(*held, strict=True)]
            rights = [(model(x).data > 0.5) == y for x, y in zip(*held, strict=True)]
        seen.append((sum(costs) / 11, sum(rights) / 11))
        assert history.validation_loss[-1] == pytest.approx(seen[-1][0], rel=1e-12)

    history = fit(
        model, XS, YS, "binary_cross_entropy", epochs=4, lr=1.0, l2=0.1, validation=held, backend=backend,
        callback=callback,
    )  # fmt: skip
    assert history.validation_accuracy == pytest.approx([accuracy for _, accuracy in seen])
    assert "validation loss" in str(history)
    twin = net()
    assert fit(twin, XS, YS, "binary_cross_entropy", epochs=4, lr=1.0, l2=0.1, backend=backend).loss == history.loss


def test_a_share_is_what_split_sets_aside():
    train_xs, train_ys, held_xs, held_ys = data.split(XS, YS, 0.25, seed=3)
    runs = [
        fit(net(), XS, YS, epochs=3, seed=3, validation=0.25, backend="python"),
        fit(net(), train_xs, train_ys, epochs=3, seed=3, validation=(held_xs, held_ys), backend="python"),
    ]
    assert runs[0].loss == runs[1].loss
    assert runs[0].validation_loss == runs[1].validation_loss
    assert runs[0].samples == len(train_xs) == 17


@pytest.mark.parametrize("backend", BACKENDS)
def test_patience_ends_training_and_the_best_comes_back(backend):
    model, kept = net(), []
    optimizer = optim.SGD(model.parameters(), lr=0.5, momentum=0.5)
    rates = optim.step(4, 10.0)  # which makes it worse in the end

    def callback(history):
        kept.append((numbers(model), list(optimizer.velocities)))

    history = fit(
        model, XS, YS, "binary_cross_entropy", optimizer, 60, validation=data.moons(n=9, noise=0.6, seed=1),
        patience=3, schedule=rates, backend=backend, callback=callback,
    )  # fmt: skip
    assert history.best + 3 == history.epochs < 60
    assert min(history.validation_loss) == history.validation_loss[history.best - 1]
    assert (numbers(model), optimizer.velocities) == kept[history.best - 1]


@pytest.mark.parametrize("backend", BACKENDS)
def test_ctrl_c_leaves_a_history(backend):
    model = net()

    def callback(history):
        if history.epochs == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit(model, XS, YS, backend=backend, callback=callback)
    assert model.history.epochs == len(model.history.lr) == 3
    twin = net()
    fit(twin, XS, YS, epochs=3, backend=backend)
    assert numbers(model) == numbers(twin)


def test_the_order_of_an_epoch_depends_on_seed_and_number_alone():
    def orders(epoch, n):
        shuffler, order, found = Shuffler("a", epoch), list(range(9)), []
        for _ in range(n):
            shuffler.shuffle(order)
            found.append(list(order))
        return found

    assert orders(0, 6)[4:] == orders(4, 2)
    assert len({tuple(order) for order in orders(0, 6)}) == 6


def test_a_history_is_saved_whole(tmp_path):
    history = fit(net(), XS, YS, "binary_cross_entropy", epochs=3, validation=0.2, schedule=optim.exponential(0.9),
                  backend="eager")  # fmt: skip
    history.save(tmp_path / "history.csv")
    with open(tmp_path / "history.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [int(row["epoch"]) for row in rows] == [1, 2, 3]
    for name in ("loss", "accuracy", "validation_loss", "validation_accuracy", "lr"):
        assert [float(row[name]) for row in rows] == getattr(history, name)
    assert history.samples_per_second == pytest.approx(3 * history.samples / history.seconds)
    with pytest.raises(TypeError, match=r"History.save: expected path to be a str"):
        history.save(3)


def test_the_plot_has_both_losses():
    pytest.importorskip("matplotlib", reason="matplotlib is not installed (the plot extra)")
    ax = fit(net(), XS, YS, "binary_cross_entropy", epochs=3, validation=0.2, backend="eager").plot()
    assert [line.get_label() for line in ax.lines] == ["loss", "validation loss"]


def test_class_names_come_along():
    xs, ys = data.iris()
    model = MLP(4, [3], seed=0)
    fit(model, xs, ys, "cross_entropy", epochs=1, validation=0.2)
    assert model.class_names == ["setosa", "versicolor", "virginica"]
    assert model.answers == "same_class"


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"lr": -1.0}, ValueError, "expected lr to be 0 or more"),
        ({"lr": 0.1, "optimizer": True}, ValueError, r"fit: expected lr or optimizer, .* got both, lr=0\.1"),
        ({"schedule": 0.5}, TypeError, r"fit: expected schedule to be a function of the epoch, got 0\.5"),
        ({"schedule": lambda epoch: -1.0}, ValueError, "fit: expected schedule to give a number of 0 or more, got -1"),
        ({"schedule": lambda epoch: "a"}, TypeError, "fit: what schedule gives: expected a real number"),
        ({"clip_norm": 0.0}, ValueError, "fit: clip_norm: expected a finite number above 0, got 0"),
        ({"clip_value": math.nan}, ValueError, "fit: clip_value: expected a finite number above 0, got nan"),
        ({"clip_value": "a"}, TypeError, "fit: clip_value: expected a real number"),
        ({"start": -1}, ValueError, "fit: expected start to be at least 0, got -1"),
        ({"patience": 2}, ValueError, "fit: expected validation, as patience waits"),
        ({"patience": 0, "validation": 0.2}, ValueError, "fit: expected patience to be at least 1, got 0"),
        ({"validation": 1.5}, ValueError, r"fit: expected validation to be \(xs, ys\) or a share between 0 and 1"),
        ({"validation": "a"}, TypeError, r"fit: expected validation to be a pair \(xs, ys\)"),
        ({"validation": ([[1.0]], [1.0])}, ValueError, "fit: expected validation samples of the shape"),
        ({"validation": ([], [])}, ValueError, "fit: validation: expected as many ys as xs and at least one"),
    ],
)
def test_errors_leave_the_model_as_it_was(options, error, message):
    model = net()
    before = model.state_dict()
    if options.pop("optimizer", None):
        options["optimizer"] = optim.SGD(model.parameters(), 0.1)
    with pytest.raises(error, match=message):
        fit(model, XS, YS, epochs=2, **options)
    assert model.state_dict() == before
    assert model.history is None

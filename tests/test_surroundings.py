"""What model and loss can see: a change is noticed wherever it is, and `fit` looks when a callback made one."""

import logging
import random
import warnings
from array import array
from collections import UserDict, deque
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache, partial
from threading import local
from types import SimpleNamespace
from weakref import ref

import pytest

from autograd_lite import Value, backends
from nn import MLP, Module, Parameter, fit, optim
from nn.train import guard
from nn.train.surroundings import Surroundings

XS = [[0.1 * i, 0.2 * i - 0.5] for i in range(8)]
YS = [a * b for a, b in XS]
weight = 1.0


class Kept:
    beta = 0.5


class Other(Kept):
    pass


linked = Kept()


@dataclass(slots=True)
class Slotted:
    beta: float


strength = ContextVar("strength", default=1.0)


def with_attributes(d):
    return d * with_attributes.by


with_attributes.by = 2.0


@lru_cache
def remembered(k):
    return remembered_numbers[k]


remembered_numbers = [1.0]


class Scaled(Module):
    factor = 1.0

    def __init__(self):
        self.net = MLP(2, [2, 1], "tanh", seed=0)
        self.training, self.sizes, self.table = True, {"deep": [1.0, 2.0]}, array("d", [1.0, 2.0])
        self.setting, self.frozen, self.many = Value(1.0) + 0.0, Parameter(0.5), [Parameter(0.5), Parameter(1.5)]
        self.options = SimpleNamespace(beta=0.5)
        self.generator, self.calls = random.Random(0), 0
        self.slotted, self.recent, self.chosen = Slotted(0.5), deque([1.0]), {1.0}
        self.rates, self.ahead, self.local = UserDict(beta=0.5), iter([1.0, 2.0]), local()
        self.local.beta, self.kept = 0.5, Kept()
        self.own = self.scale

    def scale(self, y):
        return y * self.factor * (0.5 if self.training else 1.0) * weight

    def __call__(self, x):
        return with_attributes(self.own(self.net(x))) * strength.get() * remembered(0)


def loss_of(box, bound):
    return lambda a, y: bound(a - y) * box[0]


def squared(d, by=1.0):
    return d * d * by


def set_global(model, box, bound):
    globals()["weight"] = 2.0


CHANGES = {
    "model.training": lambda model, box, bound: setattr(model, "training", False),
    "model.sizes['deep'][1]": lambda model, box, bound: model.sizes["deep"].__setitem__(1, 3.0),
    "model.table": lambda model, box, bound: model.table.append(3.0),
    "model.frozen": lambda model, box, bound: setattr(model.frozen, "data", 2.0),
    "model.many": lambda model, box, bound: setattr(model.many[1], "data", 2.0),
    "model.options.beta": lambda model, box, bound: setattr(model.options, "beta", 0.25),
    "model.generator": lambda model, box, bound: model.generator.random(),
    "model.factor": lambda model, box, bound: setattr(Scaled, "factor", 3.0),
    "model.slotted.beta": lambda model, box, bound: setattr(model.slotted, "beta", 0.25),
    "model.recent[0]": lambda model, box, bound: model.recent.__setitem__(0, 2.0),
    "model.chosen[1]": lambda model, box, bound: model.chosen.add(2.0),
    "model with_attributes.by": lambda model, box, bound: setattr(with_attributes, "by", 3.0),
    "model strength": lambda model, box, bound: strength.set(0.5),
    "model remembered remembered_numbers[0]": lambda model, box, bound: remembered_numbers.__setitem__(0, 2.0),
    "model.rates['beta']": lambda model, box, bound: model.rates.update(beta=0.25),
    "model.ahead": lambda model, box, bound: next(model.ahead),
    "model.local.beta": lambda model, box, bound: setattr(model.local, "beta", 0.25),
    "model.link.beta": lambda model, box, bound: setattr(model.link(), "beta", 0.25),
    "model.kept.__class__": lambda model, box, bound: setattr(model.kept, "__class__", Other),
    "model weight": set_global,
    "loss box[0]": lambda model, box, bound: box.__setitem__(0, 0.5),
    "loss bound['by']": lambda model, box, bound: bound.keywords.update(by=3.0),
}


@pytest.fixture
def seen(monkeypatch):
    monkeypatch.setattr(Scaled, "factor", 1.0)
    monkeypatch.setitem(globals(), "weight", 1.0)
    monkeypatch.setattr(with_attributes, "by", 2.0)
    strength.set(1.0)
    linked.beta = 0.5
    remembered_numbers[0] = 1.0
    model, bound = Scaled(), partial(squared, by=2.0)
    model.link = ref(linked)
    box = [1.0]
    return (model, box, bound), Surroundings({"model": model, "loss": loss_of(box, bound)}, model.net.parameters())


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_seen_and_named(name, seen):
    things, around = seen
    assert around.are_as_they_were()
    CHANGES[name](*things)
    assert not around.are_as_they_were()
    assert name in [changed for changed, _, _ in around.changes()]
    assert around.are_as_they_were()
    assert around.changes() == []


def test_what_an_object_of_python_itself_has_is_its_own_affair():
    logger = logging.Logger("mine")
    around = Surroundings({"loss": lambda a, y: a - y if logger else y}, [])
    logger.level = logging.DEBUG
    assert around.changes() == []


class Refusing:
    def __getattr__(self, name):
        raise RuntimeError(f"nothing of that name: {name}")


def test_what_cannot_be_looked_into_is_left_alone():
    model = Scaled()
    model.odd = [Refusing(), memoryview(array("d", [1.0])), memoryview(b"1").cast("B", ()), random.SystemRandom()]
    model.odd.append(model.odd)
    around = Surroundings({"model": model}, ())
    assert around.are_as_they_were()
    model.odd[1][0] = 2.0
    assert [name for name, _, _ in around.changes()] == ["model.odd[1]"]


def test_what_training_itself_changes_is_no_change(seen):
    (model, *_), around = seen
    for p in model.net.parameters():
        p.data += 1.0
    model.history, model.answers = object(), "same_half"
    assert around.changes() == []


@pytest.fixture
def no_time(monkeypatch):
    """After the first epoch the guard has no time left."""
    monkeypatch.setattr(guard, "SECONDS", 1e-9)
    monkeypatch.setattr(guard, "SHARE", 0.0)


def trained(backend, flip, epochs=4):
    model = Scaled()

    def after(history):
        if history.epochs == flip:
            model.training = False

    optimizer = optim.SGD(model.net.parameters(), lr=0.1)
    history = fit(model, XS, YS, optimizer=optimizer, epochs=epochs, backend=backend, callback=after)
    return history, [p.data for p in model.net.parameters()]


@pytest.mark.usefixtures("no_time")
def test_what_a_callback_changes_is_trained_from_then_on(monkeypatch):
    monkeypatch.setattr(backends, "BACKENDS", {"python": ""})  # which is there at once
    written, expected = trained("eager", 3)
    with pytest.warns(RuntimeWarning, match="fit: trains on the eager engine, .* as recorded"):
        history, numbers = trained("auto", 3)
    assert numbers == pytest.approx(expected, rel=1e-12)
    assert history.loss == pytest.approx(written.loss, rel=1e-12)
    with pytest.raises(ValueError, match="backend='python' would train another program"):
        trained("python", 3)


@pytest.mark.usefixtures("no_time")
def test_what_changes_after_the_last_epoch_is_no_matter():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert trained("python", 4)[0].backend == "python"


class Counting(Scaled):
    def __call__(self, x):
        self.calls += 1
        return self.net(x) if self.calls < 100 else 0.5 * self.net(x)


class Drawing(Scaled):
    def __call__(self, x):
        return self.net(x) * (1.0 if self.generator.random() > 0.01 else 0.0)


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (Counting, r"model\.calls changes from 1 to 2 when a sample is computed; draw or read it outside"),
        (Drawing, r"model\.generator changes when a sample is computed"),
    ],
)
def test_a_model_that_counts_or_draws_is_not_recorded(model, message):
    made = model()
    with pytest.raises(ValueError, match=message):
        fit(made, XS, YS, optimizer=optim.SGD(made.net.parameters(), lr=0.1), epochs=2, backend="python")


class Softened(optim.SGD):
    """A rule of one's own, with a number that is no setting."""

    softness, met = 1.0, ()

    def rule(self, settings, p, gradient, state):
        return super().rule(settings, p, gradient * self.softness * weight, state)


def soften(sgd):
    sgd.softness = 0.5


def lookahead(sgd):
    sgd.nesterov = True


def change_global(sgd):
    globals()["weight"] = 0.5


@pytest.mark.parametrize("change", [soften, lookahead, change_global])
def test_a_rule_that_a_callback_changes_is_another_program(change, no_time, monkeypatch):
    def run(backend):
        monkeypatch.setitem(globals(), "weight", 1.0)
        model = MLP(2, [2, 1], "tanh", seed=0)
        sgd = Softened(model.parameters(), lr=0.1, momentum=0.9)
        history = fit(model, XS, YS, optimizer=sgd, epochs=6, batch_size=4, backend=backend,
                      callback=lambda history: change(sgd) if history.epochs == 3 else None)  # fmt: skip
        return [*[p.data for p in model.parameters()], *history.loss]

    with pytest.warns(
        RuntimeWarning, match="trains on the eager engine, .*the rule of Softened has become another; make"
    ):
        assert run("auto") == pytest.approx(run("eager"), rel=1e-12)
    with pytest.raises(ValueError, match="another program: the rule of Softened has become another"):
        run("python")


def test_settings_and_what_the_rule_does_not_use_may_change(no_time):
    model = MLP(2, [2, 1], "tanh", seed=0)
    sgd = Softened(model.parameters(), lr=0.1)

    def callback(history):
        sgd.lr, sgd.met = 0.1 / history.epochs, (*sgd.met, history.epochs)

    assert fit(model, XS, YS, optimizer=sgd, epochs=4, callback=callback, backend="python").backend == "python"


def test_an_iterator_that_does_not_say_how_much_is_left():
    class Endless:
        def __iter__(self):
            return self

        def __next__(self):
            return 1.0

        def __len__(self):
            raise RuntimeError("without end")

    assert Surroundings({"steps": Endless()}, ()).changes() == []

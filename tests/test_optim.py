"""Optimizers against PyTorch, step by step, and against recurrences written out; schedules against their formulas."""

import math
import random

import pytest

from autograd_lite import Value
from autograd_lite.graph import reached
from nn import MLP, load, optim, save
from nn.optim import SGD, Adam, AdamW, Optimizer, RMSprop


def run(gradients, make=SGD, start=1.0, **options):
    p = Value(start)
    optimizer = make([p], **options)
    path = []
    for gradient in gradients:
        p.grad = gradient
        optimizer.step()
        path.append(p.data)
    return path


def test_it_shows_what_it_goes_by():
    shown = repr(SGD(MLP(2, [1]).parameters(), lr=0.1, momentum=0.9))
    assert shown == "SGD(3 parameters, lr=0.1, momentum=0.9, weight_decay=0.0, nesterov=False)"


def test_plain_steps():
    assert run([2.0, -1.0], lr=0.25) == [0.5, 0.75]


def test_momentum_nesterov_and_decay():
    assert run([1.0, 1.0, 1.0], lr=0.5, momentum=0.5) == [0.5, -0.25, -1.125]
    assert run([1.0, 1.0], lr=0.5, momentum=0.5, nesterov=True) == [0.25, -0.625]
    assert run([0.0, 0.0], lr=0.5, weight_decay=0.5) == [0.75, 0.5625]


def test_the_first_step_of_adam_is_lr_in_the_direction_of_the_gradient():
    for gradient in (1e-3, -5.0, 1e6):
        assert run([gradient], Adam, lr=0.25, eps=1e-300) == pytest.approx(
            [1.0 - math.copysign(0.25, gradient)], rel=1e-15
        )


OPTIONS = [
    (SGD, {"lr": 0.05}),
    (SGD, {"lr": 0.05, "weight_decay": 0.1}),
    (SGD, {"lr": 0.05, "momentum": 0.9}),
    (SGD, {"lr": 0.05, "momentum": 0.9, "nesterov": True, "weight_decay": 0.01}),
    (Adam, {}),
    (Adam, {"lr": 0.02, "betas": (0.8, 0.99), "eps": 1e-4, "weight_decay": 0.1}),
    (Adam, {"betas": (0.0, 0.5)}),
    (AdamW, {}),
    (AdamW, {"lr": 0.02, "betas": (0.95, 0.9), "eps": 1e-3, "weight_decay": 0.3}),
    (RMSprop, {}),
    (RMSprop, {"lr": 0.003, "alpha": 0.9, "eps": 1e-5, "weight_decay": 0.1}),
    (RMSprop, {"momentum": 0.7}),
    (RMSprop, {"centered": True}),
    (RMSprop, {"centered": True, "momentum": 0.9, "alpha": 0.8, "weight_decay": 0.01}),
]


@pytest.mark.parametrize(("make", "options"), OPTIONS, ids=lambda x: getattr(x, "__name__", str(x)))
def test_two_hundred_steps_are_pytorchs(make, options):
    """The gradients are given, not of the parameters, so that nothing damps or magnifies a difference."""
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    generator = random.Random(1)
    for start, size in ((0.5, 1.0), (-3.0, 1e-6), (40.0, 1e4)):
        gradients = [size * (generator.gauss(0.2, 1.0)) for _ in range(200)]
        p = torch.tensor([start], dtype=torch.float64, requires_grad=True)
        optimizer = getattr(torch.optim, make.__name__)([p], **options)
        path = []
        for gradient in gradients:
            p.grad = torch.tensor([gradient], dtype=torch.float64)
            optimizer.step()
            path.append(p.item())
        ours = run(gradients, make, start, **options)
        scale = max(map(abs, path))  # on its way the parameter may pass through 0
        assert ours == pytest.approx(path, rel=1e-12, abs=1e-12 * scale)


def test_the_defaults_are_pytorchs():
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    for make in (Adam, AdamW, RMSprop):
        theirs = getattr(torch.optim, make.__name__)([torch.zeros(1)]).defaults
        theirs["beta1"], theirs["beta2"] = theirs.get("betas", (None, None))
        assert all(theirs[name] == x for name, x in make([Value(1.0)]).state_dict()["settings"].items())


def test_what_no_gradient_reached_stays():
    p, q = Value(1.0), Value(2.0)
    optimizer = SGD([p, q, p], lr=1.0)
    p.grad = 0.5
    optimizer.step()
    assert (p.data, q.data) == (0.5, 2.0)
    optimizer.zero_grad()
    assert not reached(p)
    adam = Adam([p, q])
    p.grad = 0.5
    adam.step()
    assert adam.powers1 == [0.9, 1.0]


@pytest.mark.parametrize(("make", "options"), OPTIONS[::2], ids=lambda x: getattr(x, "__name__", str(x)))
def test_a_state_that_is_saved_goes_on_to_the_bit(make, options, tmp_path):
    def steps(optimizer, n):
        for k in range(n):
            for i, p in enumerate(optimizer.params):
                p.grad = math.sin(k + 2 * i + p.data)
            optimizer.step()

    model, twin = MLP(2, [2, 1], seed=0), MLP(2, [2, 1], seed=0)
    first, whole = make(model.parameters(), **options), make(twin.parameters(), **options)
    steps(first, 7)
    save(model, tmp_path / "model.json", first)
    back = load(tmp_path / "model.json")
    second = make(
        back.parameters(),
        **({"lr": 1.0} | {k: options[k] for k in ("nesterov", "centered", "momentum") if k in options}),
    )
    second.load_state_dict(back.optimizer_state)
    assert second.state_dict() == first.state_dict()
    for optimizer, n in ((whole, 7), (whole, 5), (second, 5)):
        steps(optimizer, n)
    assert back.state_dict() == twin.state_dict()


WRONG_STATES = [
    (lambda s: 3, TypeError, "expected a dict, got 3"),
    (lambda s: s | {"type": "Adam"}, ValueError, "expected the state of SGD, got one of 'Adam'"),
    (lambda s: s | {"more": 1}, ValueError, "expected type, settings, states, got"),
    (lambda s: s | {"settings": []}, TypeError, "expected a dict in settings"),
    (lambda s: s | {"settings": {"lr": 1.0}}, ValueError, "expected lr, momentum, weight_decay, nesterov in settings"),
    (lambda s: s | {"settings": s["settings"] | {"lr": -1.0}}, ValueError, "expected lr to be 0 or more, got -1.0"),
    (lambda s: s | {"settings": s["settings"] | {"nesterov": True}}, ValueError, "expected nesterov=False, as here"),
    (lambda s: s | {"states": {"velocities": 1.0}}, TypeError, "expected velocities to be a list of numbers, got 1.0"),
    (lambda s: s | {"states": {"velocities": [1.0]}}, ValueError, "expected 2 numbers as velocities, got 1"),
    (lambda s: s | {"states": {"velocities": [1.0, "a"]}}, TypeError, r"velocities\[1\]: expected a real number"),
]


@pytest.mark.parametrize(("change", "error", "message"), WRONG_STATES)
def test_a_state_that_does_not_fit_changes_nothing(change, error, message):
    optimizer = SGD([Value(1.0), Value(2.0)], lr=0.5, momentum=0.5)
    optimizer.velocities[:] = [3.0, 4.0]
    before = optimizer.state_dict()
    with pytest.raises(error, match=message):
        optimizer.load_state_dict(change(SGD([Value(1.0), Value(2.0)], lr=0.1).state_dict()))
    assert optimizer.state_dict() == before


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: SGD([], lr=1), ValueError, "SGD: expected one parameter or more in params, got none"),
        (lambda: SGD([1.0], lr=1), TypeError, r"SGD: expected Values as params, got 1\.0"),
        (
            lambda: SGD(MLP(2, [1]), lr=1),
            TypeError,
            r"SGD: expected Values as params, got .*; give model\.parameters\(\)$",
        ),
        (lambda: SGD(1.0, lr=1), TypeError, r"SGD: expected Values as params, got 1\.0"),
        (lambda: SGD([Value(1.0)], lr=-1), ValueError, r"SGD: expected lr to be 0 or more, got -1\.0"),
        (lambda: SGD([Value(1.0)], lr=float("nan")), ValueError, "SGD: expected lr"),
        (lambda: SGD([Value(1.0)], lr=float("inf")), ValueError, "SGD: expected lr"),
        (lambda: SGD([Value(1.0)], lr="1"), TypeError, "SGD: lr: expected a real number"),
        (lambda: SGD([Value(1.0)], lr=1, nesterov=True), ValueError, "momentum > 0 with nesterov"),
        (lambda: Adam([Value(1.0)], betas=(0.9, 1.0)), ValueError, r"Adam: expected beta2 to be at least 0, below 1"),
        (lambda: Adam([Value(1.0)], betas=0.9), TypeError, r"Adam: expected betas to be two numbers, got 0\.9"),
        (lambda: AdamW([Value(1.0)], betas=(0.9,)), TypeError, "AdamW: expected betas to be two numbers"),
        (lambda: RMSprop([Value(1.0)], eps=0.0), ValueError, r"RMSprop: expected eps to be above 0, got 0\.0"),
        (lambda: run([1.0], Optimizer, settings={}), NotImplementedError, "a subclass of Optimizer has a rule"),
        (lambda: optim.step(0), ValueError, "step: expected every to be at least 1, got 0"),
        (lambda: optim.cosine(2.5), TypeError, r"cosine: expected epochs to be an int, got 2\.5"),
        (lambda: optim.exponential(-0.1), ValueError, "exponential: expected factor to be 0 or more"),
        (lambda: optim.warmup(2, then=3), TypeError, "warmup: expected then to be a function of the epoch, got 3"),
    ],
)
def test_errors(make, error, message):
    with pytest.raises(error, match=message):
        make()


def test_schedules():
    def factors(schedule, n):
        return [schedule(epoch) for epoch in range(n)]

    assert factors(optim.step(2, 0.5), 6) == [1.0, 1.0, 0.5, 0.5, 0.25, 0.25]
    assert factors(optim.exponential(0.5), 3) == [1.0, 0.5, 0.25]
    assert factors(optim.cosine(4, least=0.2), 6) == pytest.approx(
        [1.0, 0.6 + 0.4 * 0.5**0.5, 0.6, 0.6 - 0.4 * 0.5**0.5, 0.2, 0.2]
    )
    assert factors(optim.warmup(4, optim.step(1, 0.5)), 7) == [0.25, 0.5, 0.75, 1.0, 1.0, 0.5, 0.25]
    assert factors(optim.warmup(2), 4) == [0.5, 1.0, 1.0, 1.0]


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (optim.step(7, 0.3), lambda s, o: s.StepLR(o, 7, 0.3)),
        (optim.exponential(0.9), lambda s, o: s.ExponentialLR(o, 0.9)),
        (optim.cosine(30, least=0.1), lambda s, o: s.CosineAnnealingLR(o, 30, eta_min=0.1)),
    ],
    ids=["step", "exponential", "cosine"],
)
def test_schedules_are_pytorchs(ours, theirs):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=1.0)
    schedule = theirs(torch.optim.lr_scheduler, optimizer)
    for epoch in range(30):
        assert ours(epoch) == pytest.approx(optimizer.param_groups[0]["lr"], rel=1e-12)
        optimizer.step()
        schedule.step()

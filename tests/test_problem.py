"""`fit` trains the program that was written: what a recording would fix runs on the eager engine, or is refused."""

import itertools
import math
import random
import warnings
from importlib.util import find_spec

import pytest

from autograd_lite import Value, grad, log, maximum, no_grad, where
from nn import MLP, Module, Parameter, data, fit, optim
from tests.halves import some

RECORDING = ["python"] + ["llvm"] * bool(find_spec("llvmlite"))
XS, YS = data.moons(n=20, seed=1)
strength, own, counter = Value(0.3, "strength"), random.Random(0), itertools.count()


def by_class(p, t):
    return -log(p) if t == 1 else -log(1 - p)


def huber(p, t):
    d = p - t
    return 0.5 * d * d if abs(d.data) < 1 else abs(d) - 0.5


def absolute(p, t):
    return p - t if p > t else t - p


def straight_through(p, t):
    return (p + round(p) - p.data - t) ** 2


def detached(p, t):
    with no_grad():
        weight = p * p
    return weight * (p - t) ** 2


def noisy(p, t):
    return (p - t) ** 2 * (1 + random.random())


def noisy_by_its_own(p, t):
    return (p - t) ** 2 * (1 + own.random())


def counted(p, t):
    return (p - t) ** 2 * (1 + next(counter))


def of_numbers(p, t):
    return (p - math.cos(t)) ** 2


def by_kind(p, t):
    return (p - t) ** 2 if isinstance(t, float) else abs(p - t)


def with_a_derivative_of_numbers(p, t):
    slope = grad(lambda x: p * x * x)(0.5)
    return (p - t) ** 2 * (slope + 1.0)


def with_a_derivative_by_the_target(p, t):
    return (p - t) ** 2 + grad(lambda x: p * x)(t)


WHY = {
    by_class: r"test_problem\.py:\d+: y == 1 is fixed in the tape as it is now; where\(\), maximum",
    huber: r"test_problem\.py:\d+: data of \S+ is fixed in the tape as it is now; where\(\), maximum",
    absolute: r"test_problem\.py:\d+: a\S+ > y is fixed in the tape as it is now; where\(\), maximum",
    straight_through: r"test_problem\.py:\d+: round\(a\S+\) is fixed in the tape .*where",
    detached: r"test_problem\.py:\d+: multiply under no_grad is fixed in the tape .*where",
    noisy: r"test_problem\.py:\d+: a random number is fixed in the tape as it was drawn; draw or read it outside",
    noisy_by_its_own: "the cost of sample 0 is .* and, as recorded, .* something that changes .* pass it",
    counted: "the cost of sample 0 is .* and, as recorded, .* something that changes .* pass it",
    of_numbers: r"with Values in their place fail: float: expected a number, got Value.*autograd_lite\.sin",
    with_a_derivative_of_numbers: "what grad makes of numbers is fixed in the tape",
    by_kind: "the cost of sample 0 is",
    with_a_derivative_by_the_target: "the gradient of the cost of sample 0 by .*, as recorded, .* by Values",
}


def model():
    return MLP(2, [3, 1], "tanh", "sigmoid", seed=0)


def trained(loss, backend, net=None, **options):
    own.seed(0)
    random.seed(0)
    return fit(net or model(), XS, YS, loss, epochs=3, batch_size=5, backend=backend, **options)


@pytest.mark.parametrize("loss", WHY, ids=lambda loss: loss.__name__)
def test_a_loss_that_fixes_something_runs_on_the_eager_engine_and_says_so_once(loss):
    net, twin = model(), model()
    with pytest.warns(RuntimeWarning, match=f"^fit: trains on the eager engine, .*: .*{WHY[loss]}") as found:
        history = trained(loss, "auto", net)
    assert history.backend == "eager"
    assert [warning.filename for warning in found] == [__file__]
    if loss not in (counted, noisy_by_its_own):  # these go on from where the recording left them
        assert history.loss == trained(loss, "eager", twin).loss
        assert net.state_dict() == twin.state_dict()


@pytest.mark.parametrize("backend", RECORDING)
@pytest.mark.parametrize("loss", WHY, ids=lambda loss: loss.__name__)
def test_a_backend_that_was_asked_for_refuses_with_the_same_sentence(loss, backend):
    net = model()
    before = net.state_dict()
    with pytest.raises(ValueError, match=f"^fit: backend='{backend}' would train another program: .*{WHY[loss]}"):
        trained(loss, backend, net)
    assert net.state_dict() == before


class Dropout(Module):
    def __init__(self):
        self.body = MLP(2, [4, 1], "tanh", seed=0)

    def __call__(self, x):
        hidden = self.body.layers[0](x)
        return self.body.layers[1]([h * (random.random() < 0.5) for h in hidden])


class Gate(Module):
    def __init__(self):
        self.w, self.b = Parameter(0.5), Parameter(0.1)

    def __call__(self, x):
        z = self.w * x[0] + self.b
        return z if z.data > 0 else 0.1 * z


@pytest.mark.parametrize("kind", [Dropout, Gate])
def test_a_model_that_fixes_something(kind):
    with pytest.warns(RuntimeWarning, match="trains on the eager engine") as found:
        history = trained("quadratic", "auto", kind())
    assert history.loss == trained("quadratic", "eager", kind()).loss
    assert len(found) == 1


def of_a_setting(p, t):
    return (p - t) ** 2 * strength.data if strength > 0 else abs(p - t)


def anew(p, t):
    return where(t, -log(p), -log(1 - p)) + maximum(p - 0.5, 0.0)


WITHOUT_A_WORD = [of_a_setting, anew, abs, "quadratic", "mse", "hinge", "binary_cross_entropy"]


@pytest.mark.parametrize(
    ("loss", "backend"),
    some(WITHOUT_A_WORD, ["auto", *RECORDING], often=lambda loss, k: k == 1 or (k == 0 and loss < 2)),
    ids=lambda x: x if isinstance(x, str) else x.__name__,
)
def test_what_fixes_nothing_is_recorded_without_a_word(loss, backend):
    loss = (lambda p, t: abs(p - t)) if loss is abs else loss
    net, twin = model(), model()
    targets = [2 * y - 1 for y in YS] if loss == "hinge" else YS
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        history = fit(net, XS, targets, loss, epochs=3, batch_size=5, backend=backend)
    assert history.backend != "eager"
    assert history.loss == pytest.approx(fit(twin, XS, targets, loss, epochs=3, batch_size=5, backend="eager").loss)


def test_a_model_may_keep_what_it_has_met():
    class Keeping(MLP):
        def __call__(self, x):
            met.append("a sample")
            return super().__call__(x)

    met = []
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        history = fit(Keeping(2, [2, 1], seed=0), XS, YS, "mse", epochs=2, backend="python")
    assert history.backend == "python"
    assert 2 <= len(met) < len(XS)  # and not once a sample and epoch


def test_the_probabilities_of_binary_cross_entropy_are_checked_on_every_backend():
    """Its check reads data, of the sample that is recorded; where another sample fails it the run says so."""
    for backend in ["eager", *RECORDING]:
        net = MLP(1, [1], seed=0)
        for p in net.parameters():
            p.data = 0.5
        with pytest.raises(ValueError, match=r"expected a probability, got 2\.5"):
            fit(net, [[0.5], [0.2], [4.0]], [1.0, 1.0, 1.0], "binary_cross_entropy", backend=backend)


class Moody:
    """A loss that changes after so many samples, which it counts where nobody sees it."""

    def __init__(self, after):
        self.left = (k for k in range(after - 1))

    def __call__(self, p, t):
        return abs(p - t) if next(self.left, None) is None else (p - t) ** 2


@pytest.mark.parametrize("backend", RECORDING)
def test_a_change_in_the_first_epoch_is_found_after_it_and_nothing_has_happened(backend):
    loss, net = Moody(2 + 2 + 3 + 1), model()  # two looks at the targets, the recording, two samples held, and one more
    before = net.state_dict()

    def change(history):
        raise AssertionError("no callback sees what is undone")

    with pytest.raises(ValueError, match=r"another program: the cost of sample \d is"):
        fit(net, XS, YS, loss, epochs=3, backend=backend, callback=change)
    assert net.state_dict() == before


def test_auto_begins_again_when_the_first_epoch_was_another_program():
    loss = Moody(8)
    net, twin = model(), model()
    with pytest.warns(RuntimeWarning, match=r"another program: the cost of sample \d is"):
        history = fit(net, XS, YS, loss, epochs=3)
    assert history.backend == "eager"
    assert history.loss == fit(twin, XS, YS, Moody(0), epochs=3, backend="eager").loss
    assert net.state_dict() == twin.state_dict()


@pytest.mark.parametrize("after", [1, 3])
def test_a_change_that_a_callback_makes_is_found_and_auto_goes_on_from_there_on_the_eager_engine(after):
    """As an eager run of the whole: the order of the samples goes on, and so do the parameters that were changed."""
    runs = []
    for backend in ("auto", "eager"):
        net, factor = model(), [1.0]

        def change(history, net=net, factor=factor):
            if history.epochs == after:
                factor[0] = 2.0
                net.parameters()[0].data = 0.25

        def loss(p, t, factor=factor):
            return factor[0] * (p - t) ** 2

        with warnings.catch_warnings(record=True) as found:
            warnings.simplefilter("always")
            history = fit(net, XS, YS, loss, epochs=5, batch_size=3, seed=4, backend=backend, callback=change)
        assert history.backend == "eager"
        assert [str(warning.message)[:41] for warning in found] == ["fit: trains on the eager engine, since a "][
            : backend == "auto"
        ]
        runs.append([*history.loss, *(p.data for p in net.parameters())])
    assert runs[0] == pytest.approx(runs[1], rel=1e-9)


def test_a_model_that_prints_a_value_prints_it_for_every_sample_and_says_why_it_is_slow(capsys):
    class Printing(MLP):
        def __call__(self, x):
            answer = super().__call__(x)
            print("answer:", answer)
            return answer

    with pytest.warns(RuntimeWarning, match=r"trains on the eager engine, .*; a print shows it at recording alone"):
        history = fit(Printing(2, [1], seed=0), *data.xor(), epochs=3)
    assert history.backend == "eager"
    assert capsys.readouterr().out.count("answer: Value(data=") == 4 * 3 + 2  # a look at the first, and one recorded
    with pytest.raises(ValueError, match=r"another program: .*a print shows it at recording alone: take it out"):
        fit(Printing(2, [1], seed=0), *data.xor(), epochs=3, backend="python")


def test_a_frozen_value_that_a_callback_changes():
    net, frozen = model(), Value(1.0)

    def change(history):
        frozen.data = 3.0

    with pytest.raises(ValueError, match="another program: the cost of sample 0"):
        fit(net, XS, YS, lambda p, t: frozen * (p - t) ** 2, epochs=5, backend="python", callback=change)


class Signed(optim.SGD):
    """An optimizer whose rule branches on a number."""

    def rule(self, settings, p, gradient, state):
        return p - settings[0] * (1.0 if gradient > 0 else -1.0), list(state)


def test_an_optimizers_rule_that_fixes_something():
    runs = []
    for backend in ("auto", "eager"):
        net = model()
        with warnings.catch_warnings(record=True) as found:
            warnings.simplefilter("always")
            fit(net, XS, YS, optimizer=Signed(net.parameters(), lr=0.01), epochs=3, backend=backend)
        assert len(found) == (backend == "auto")
        runs.append(net.state_dict())
    assert runs[0] == runs[1]
    net = model()
    with pytest.raises(ValueError, match=r"test_problem\.py:\d+: gradient > 0 is fixed in the tape"):
        fit(net, XS, YS, optimizer=Signed(net.parameters(), lr=0.01), epochs=3, backend="python")


@pytest.mark.parametrize("backend", RECORDING)
def test_a_loss_meets_every_target_before_anything_is_recorded(backend):
    """Each number of the row that it refuses is at its place in other rows, too, of which there are many."""

    def of_shares(p, t):
        if not any(isinstance(share, Value) for share in t) and abs(sum(t) - 1.0) > 1e-9:
            raise ValueError("of_shares: expected shares that add up to 1")
        return sum((a - b) ** 2 for a, b in zip(p, t, strict=True))

    shares = [[k / 16, 1.0 - k / 16] for k in range(17)]
    model = MLP(2, [4, 2], seed=0)
    before = model.state_dict()
    with pytest.raises(ValueError, match="of_shares: expected shares that add up to 1"):
        fit(model, [[0.1, k / 18] for k in range(18)], [*shares, [1.0, 1.0]], of_shares, epochs=1, backend=backend)
    assert model.state_dict() == before

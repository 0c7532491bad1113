"""Modules of one's own: a residual net, tied weights and a recurrent net, trained on every backend."""

import pytest

from autograd_lite import tanh
from nn import Layer, Module, Neuron, Parameter, data, fit, optim
from tests.test_train import BACKENDS, numbers


class Residual(Module):
    """Blocks a ← a + block(a) between a layer that widens and one that answers."""

    def __init__(self, width=4, depth=3):
        self.first = Layer(2, width, "tanh", init="xavier", seed=1)
        self.blocks = [Layer(width, width, "tanh", init="xavier", seed=2 + k) for k in range(depth)]
        self.last = Neuron(width, "sigmoid", init="xavier", seed=9)

    def __call__(self, x):
        a = self.first(x)
        for block in self.blocks:
            a = [old + new for old, new in zip(a, block(a), strict=True)]
        return self.last(a)


class Tied(Module):
    """An autoencoder whose decoder is the encoder's transpose: each weight is used twice, and is one parameter."""

    def __init__(self, n=4, hidden=2):
        self.encoder = Layer(n, hidden, "tanh", init="xavier", seed=1)
        self.biases = [Parameter(0.0) for _ in range(n)]

    def __call__(self, x):
        code = self.encoder(x)
        columns = zip(*[neuron.w for neuron in self.encoder.neurons], strict=True)
        rows = zip(self.biases, columns, strict=True)
        return [b + sum(w * a for w, a in zip(column, code, strict=True)) for b, column in rows]


class Recurrent(Module):
    """h ← tanh(w h + u x + b) over the numbers of a row; the last h, weighed, is the answer."""

    def __init__(self):
        self.weights = {"w": Parameter(0.5), "u": Parameter(0.3), "b": Parameter(0.0), "out": Parameter(1.0)}

    def __call__(self, xs):
        p, h = self.weights, 0.0
        for x in xs:
            h = (p["w"] * h + p["u"] * x + p["b"]).tanh()
        return p["out"] * h


XS, YS = data.moons(n=40, noise=0.1, seed=1)
FLOWERS = data.standardize(data.iris()[0][::5])[0]
SERIES = [[((k * 7 + i * 3) % 11) / 5 - 1 for i in range(6)] for k in range(20)]
CASES = [
    pytest.param(Residual, XS, YS, "binary_cross_entropy", 77, marks=pytest.mark.slow),
    (Tied, FLOWERS, FLOWERS, "mse", 14),
    (Recurrent, SERIES, [sum(row) / 4 for row in SERIES], "mse", 4),
]  # fmt: skip


@pytest.mark.parametrize(("make", "xs", "ys", "loss", "n_parameters"), CASES, ids=["residual", "tied", "recurrent"])
def test_own_models_learn_the_same_on_every_backend(make, xs, ys, loss, n_parameters):
    runs = {}
    for backend in BACKENDS:
        model = make()
        assert len(model.parameters()) == n_parameters
        adam = optim.Adam(model.parameters(), lr=0.02)
        history = fit(model, xs, ys, loss, adam, epochs=20, batch_size=10, seed=2, backend=backend)
        runs[backend] = [*numbers(model), *history.loss]
        assert history.backend == backend
        assert history.loss[-1] < 0.8 * history.loss[0]
    assert runs["eager"] == runs["python"]
    assert all(run == pytest.approx(runs["eager"], rel=1e-9, abs=1e-12) for run in runs.values())


class Spare(Module):
    """Parameters before all others that nothing depends on, and a loss without right answers."""

    def __init__(self):
        self.spare = [Parameter(0.5) for _ in range(40)]
        self.body, self.last = Layer(2, 9, "tanh", seed=1), Neuron(9, "linear", seed=2)

    def __call__(self, x):
        return self.last(self.body(x))


def test_parameters_that_nothing_depends_on_stay_on_every_backend():
    runs = []
    for backend in BACKENDS:
        model = Spare()
        history = fit(model, XS[:8], YS[:8], "mae", epochs=2, batch_size=4, backend=backend)
        assert numbers(model)[:40] == [0.5] * 40
        runs.append([*numbers(model), *history.loss])
    assert all(run == pytest.approx(runs[0], rel=1e-12) for run in runs)


class Token(Module):
    """A learnt number stands before the inputs, and what is done to these is done to it: one loop over both."""

    def __init__(self):
        self.last, self.token = Neuron(9, "linear", seed=2), Parameter(0.25)

    def __call__(self, x):
        return self.last([tanh(1.5 * z) for z in (self.token, *x)])


def test_a_loop_over_parameters_and_inputs_on_every_backend():
    xs, runs = [[0.1 * i * k - 0.5 for i in range(8)] for k in range(6)], []
    for backend in BACKENDS:
        model = Token()
        history = fit(model, xs, [0.3] * 6, epochs=2, batch_size=4, backend=backend, validation=(xs, [0.2] * 6))
        runs.append([*numbers(model), *history.loss, *history.validation_loss])
    assert all(run == pytest.approx(runs[0], rel=1e-12) for run in runs)


class Closed(Module):
    """A line whose slope is where no Module looks."""

    def __init__(self, slope):
        self.slope, self.b = lambda: slope, Parameter(0.0)

    def __call__(self, x):
        return self.slope() * x[0] + self.b


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_parameter_that_is_not_found_is_told_and_may_be_given_to_the_optimizer(backend):
    slope = Parameter(0.5)
    model, xs, ys = Closed(slope), [1.0, 2.0], [2.0, 4.0]
    with pytest.warns(
        RuntimeWarning, match="fit: does not train 1 of the Parameters that the cost depends on"
    ) as found:
        fit(model, xs, ys, epochs=3, batch_size=1, backend=backend)
    assert [warning.filename for warning in found] == [__file__]
    assert slope.data == 0.5
    fit(model, xs, ys, optimizer=optim.SGD([*model.parameters(), slope], lr=0.1), epochs=3, backend=backend)
    assert slope.data != 0.5
    kept = model.b.data
    fit(model, xs, ys, optimizer=optim.SGD([slope], lr=0.1), epochs=3, backend=backend)  # b is known, and stays
    assert model.b.data == kept


def test_what_they_are_called_in_a_state():
    assert list(Residual().state_dict())[:2] == ["first.neurons.0.w.0", "first.neurons.0.w.1"]
    assert "blocks.2.neurons.3.b" in Residual().state_dict()
    assert list(Recurrent().state_dict()) == ["weights.w", "weights.u", "weights.b", "weights.out"]
    assert len(Tied().state_dict()) == 14

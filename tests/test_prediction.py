"""predict, predict_proba and score: for every loss, in every form of data, eager and compiled."""

import math
import random

import pytest

from nn import MLP, Module, Parameter, data, fit, load, metrics, prediction, save

XS, YS = data.moons(n=60, noise=0.1, seed=1)
IRIS, SPECIES = data.iris()


def net(n_in=2, n_out=1, output="linear"):
    return MLP(n_in, [6, n_out], "tanh", output, init="xavier", seed=1)


def raw(model, x):
    a = model(x)
    return [z.data for z in a] if isinstance(a, list) else [a.data]


@pytest.mark.parametrize(
    ("loss", "output", "n_out", "ys", "answer"),
    [
        ("binary_cross_entropy", "sigmoid", 1, YS, lambda a: int(a[0] > 0.5)),
        ("binary_cross_entropy_with_logits", "linear", 1, YS, lambda a: int(a[0] > 0)),
        ("hinge", "linear", 1, [2 * y - 1 for y in YS], lambda a: 1 if a[0] > 0 else -1),
        ("cross_entropy", "linear", 2, YS, lambda a: int(a[1] > a[0])),
        ("quadratic", "sigmoid", 2, [[1.0 - y, float(y)] for y in YS], lambda a: int(a[1] > a[0])),
        ("quadratic", "linear", 1, YS, lambda a: a[0]),
        ("binary_cross_entropy", "sigmoid", 2, [[1.0 - y, 1.0] for y in YS], lambda a: [int(x > 0.5) for x in a]),
    ],
)
def test_answers_are_read_as_the_loss_means_them(loss, output, n_out, ys, answer):
    model = net(2, n_out, output)
    history = fit(model, XS, ys, loss, epochs=30, lr=0.5, backend="python")
    expected = [answer(raw(model, x)) for x in XS]
    assert model.predict(XS) == expected
    assert model.predict(XS[:3]) == expected[:3]
    score = model.score(XS, ys)
    if history.accuracy:
        right = ys if not isinstance(ys[0], list) or loss == "binary_cross_entropy" else YS
        assert score == sum(a == y for a, y in zip(expected, right, strict=True)) / len(ys) > 0.7
    else:
        assert score == metrics.r2(expected, ys) > 0.3


@pytest.mark.parametrize(
    ("loss", "output", "n_out", "probability"),
    [
        ("binary_cross_entropy", "sigmoid", 1, lambda a: [1 - a[0], a[0]]),
        (
            "binary_cross_entropy_with_logits",
            "linear",
            1,
            lambda a: [1 / (1 + math.exp(a[0])), 1 / (1 + math.exp(-a[0]))],
        ),
        ("cross_entropy", "linear", 2, lambda a: [math.exp(z) / sum(map(math.exp, a)) for z in a]),
    ],
)
def test_probabilities(loss, output, n_out, probability):
    model = net(2, n_out, output)
    fit(model, XS, YS, loss, epochs=3, backend="eager")
    for row, x in zip(model.predict_proba(XS), XS, strict=True):
        assert row == pytest.approx(probability(raw(model, x)), rel=1e-12)
    with pytest.raises(ValueError, match="predict_proba: expected a model that fit trained with cross_entropy"):
        net().predict_proba(XS)


def test_class_names_come_back_also_from_a_file(tmp_path):
    model = net(4, 3)
    fit(model, IRIS, SPECIES, "cross_entropy", epochs=60, batch_size=10)
    names = model.predict(IRIS)
    assert set(names) <= {"setosa", "versicolor", "virginica"}
    assert names[0] == "setosa"
    right = sum(name == SPECIES.classes[y] for name, y in zip(names, SPECIES, strict=True)) / 150
    assert model.score(IRIS, SPECIES) == model.score(IRIS, [SPECIES.classes[y] for y in SPECIES]) == right > 0.9
    save(model, tmp_path / "iris.json")
    assert load(tmp_path / "iris.json").predict(IRIS) == names
    with pytest.raises(ValueError, match="score: expected ys out of"):
        model.score(IRIS, ["rose"] * 150)


def test_a_class_that_has_no_name_is_told_by_its_index():
    model = Counted()
    model.answers, model.class_names = "same_largest", ["low"]
    assert model.predict([[3.0], [1.0]]) == ["low", 1]


def test_numpy_in_numpy_out():
    numpy = pytest.importorskip("numpy")
    model = net(4, 3)
    fit(model, IRIS, SPECIES, "cross_entropy", epochs=3)
    found = model.predict(numpy.array(IRIS))
    assert isinstance(found, numpy.ndarray)
    assert found.tolist() == model.predict(IRIS) == model.predict(tuple(map(tuple, IRIS)))
    assert model.predict_proba(numpy.array(IRIS)).shape == (150, 3)
    assert model.score(numpy.array(IRIS), numpy.array(SPECIES)) == model.score(IRIS, SPECIES)
    assert net(1).predict(numpy.array([0.5, 1.0])).shape == (2,)


def test_every_way_to_compute_gives_the_same(monkeypatch):
    model, rows = net(2, 3), data.moons(n=200, seed=2)[0]
    expected = [raw(model, x) for x in rows]
    assert model.predict(rows) == expected
    monkeypatch.setattr(prediction, "PYTHON_INSTRUCTIONS", 0)
    for row, other in zip(model.predict(rows), expected, strict=True):
        assert row == pytest.approx(other, rel=1e-14)


class Branching(Module):
    """What a recording would fix."""

    def __init__(self):
        self.p = Parameter(2.0)

    def __call__(self, x):
        return self.p * x[0] if x[0] > 0 else -self.p * x[0]


def test_a_model_that_no_tape_can_be_runs_all_the_same():
    rows = [[0.1 * k - 2.0] for k in range(40)]
    assert Branching().predict(rows) == [pytest.approx(2 * abs(x)) for (x,) in rows]


class Unseen(Module):
    """A model that decides by what nobody sees it read."""

    def __init__(self):
        self.w = Parameter(2.0)

    def is_negative(self, x):
        return getattr(x, "_data", x) < 0.0

    def __call__(self, x):
        return self.w * x[0] if self.is_negative(x[0]) else 3.0 * self.w * x[0]


class ByText(Unseen):
    """One that decides by the text of a Value, which is seen."""

    def is_negative(self, x):
        return "-" in str(x)


@pytest.mark.parametrize(("kind", "place"), [(Unseen, 20), (Unseen, 39), (ByText, 7), (ByText, 20)])
def test_a_program_is_held_against_the_model_on_other_rows_than_the_first(kind, place):
    rows = [[-1.0]] * 40
    rows[place] = [1.0]
    assert kind().predict(rows) == [-2.0] * place + [6.0] + [-2.0] * (39 - place)


class Settled(Unseen):
    """A model whose answer is put in the place of what its op computed."""

    def __call__(self, x):
        a = self.w * x[0]
        a.data = 1.0
        return a


def test_a_program_is_held_against_the_model_on_the_first_row_too():
    assert Settled().predict([[3.0]] + [[0.5]] * 39) == [1.0] * 40


class Counted(Unseen):
    """A model that counts how often it is asked."""

    asked = 0

    def __call__(self, x):
        Counted.asked += 1
        return [self.w * x[0], self.w + x[0]]


@pytest.mark.parametrize("most", [3_000_000, 40])
def test_a_model_that_a_tape_can_be_is_asked_for_few_rows(most, monkeypatch):
    """All others are the program's: of generated Python, or of the fastest backend where that would run long."""
    chosen = []
    monkeypatch.setattr(prediction, "PYTHON_INSTRUCTIONS", most)
    monkeypatch.setattr(prediction, "choose", lambda *asked, needs: chosen.append(asked) or "python")
    Counted.asked = 0
    assert Counted().predict([[float(i)] for i in range(40)]) == [[2.0 * i, 2.0 + i] for i in range(40)]
    assert Counted.asked == 4  # recorded by the first row, and held against the program on this and two others
    assert bool(chosen) == (most == 40)


class Noisy(Unseen):
    """A model that draws at each call."""

    def __call__(self, x):
        return self.w * x[0] * random.random()


def test_a_model_that_draws_is_asked_once_a_row():
    model, rows = Noisy(), [[float(i)] for i in range(40)]
    random.seed(1)
    written = [model(row).data for row in rows]
    random.seed(1)
    assert model.predict(rows) == written


def test_a_model_may_have_more_outputs_for_another_row():
    class Twice(Unseen):
        def __call__(self, x):
            return [self.w * x[0]] * (1 if self.is_negative(x[0]) else 2)

    assert Twice().predict([[-1.0]] * 39 + [[1.0]]) == [-2.0] * 39 + [[2.0, 2.0]]


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: net().predict(3), TypeError, "predict: expected xs to be a list of rows or numbers, got 3"),
        (
            lambda: net().predict([[1.0, 2.0], [1.0]]),
            ValueError,
            r"predict: expected 2 numbers in xs\[1\], as in xs\[0\], got 1",
        ),
        (
            lambda: net().predict([[1.0, "a"]]),
            TypeError,
            r"predict: xs\[0\]: expected a number or a row of numbers, got \[1.0, 'a'\]",
        ),
        (lambda: net().predict([[1.0]]), ValueError, "MLP: expected 2 inputs, got 1"),
        (
            lambda: net().predict([None]),
            TypeError,
            r"predict: xs\[0\]: expected a number or a row of numbers, got None",
        ),
        (lambda: net().score(XS, 3), TypeError, "score: expected ys to be a list, got 3"),
        (lambda: net().score(XS, YS[:3]), ValueError, "as many of each, got 60 and 3"),
    ],
)
def test_errors(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_an_empty_list_has_no_answers():
    assert net().predict([]) == []

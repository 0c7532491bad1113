"""The toy sets against their curves, the shipped sets against what their publishers say, split and standardize."""

import math
import random
import statistics
import subprocess
import sys
import zipfile
from array import array
from collections import Counter
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn
from nn import data

ROOT = Path(__file__).parent.parent

# ---- toy sets ----

TOYS = [data.moons, data.circles, data.spirals]


def distance_to_moon(point, label):
    """From a point to the half circle of its class: centre (0, 0) and upper, or centre (1, ½) and lower."""
    x, y = point if label == 0 else (point[0] - 1.0, 0.5 - point[1])
    return abs(math.hypot(x, y) - 1.0) + max(-y, 0.0)


def distance_to_circle(point, label):
    return abs(math.hypot(*point) - (1.0, 0.5)[label])


def distance_to_spiral(point, label):
    """The angle of a point of radius r is that of its arm plus one turn times r."""
    r = math.hypot(*point)
    turned = (math.atan2(point[1], point[0]) / math.tau - label / 2.0 - r) % 1.0
    return min(turned, 1.0 - turned) + max(r - 1.0, 0.0)


CURVES = [(data.moons, distance_to_moon), (data.circles, distance_to_circle), (data.spirals, distance_to_spiral)]


def test_xor_is_the_truth_table():
    xs, ys = data.xor()
    assert [(a, b) for a, b in xs] == [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert ys == [int(a) ^ int(b) for a, b in xs]
    assert all(type(x) is float for row in xs for x in row)


def test_a_set_is_made_anew_each_time():
    data.xor()[0][0][0] = 9.0
    data.iris()[0][0][0] = 9.0
    assert data.xor()[0][0][0] == 0.0
    assert data.iris()[0][0][0] == 5.1


@pytest.mark.parametrize(("make", "distance"), CURVES)
@pytest.mark.parametrize("n", [2, 3, 101])
def test_without_noise_points_lie_on_their_curve(make, distance, n):
    xs, ys = make(n, noise=0)
    assert len(xs) == len(ys) == n
    assert max(map(distance, xs, ys)) < 1e-12
    assert len({tuple(x) for x in xs}) == n


@pytest.mark.parametrize(("make", "distance"), CURVES)
def test_noise_is_the_standard_deviation_in_each_coordinate(make, distance):
    clean, noisy = make(4000, noise=0)[0], make(4000, noise=0.3)[0]
    for axis in (0, 1):
        offsets = [b[axis] - a[axis] for a, b in zip(clean, noisy, strict=True)]
        assert statistics.fmean(offsets) == pytest.approx(0.0, abs=0.02)
        assert statistics.pstdev(offsets) == pytest.approx(0.3, rel=0.05)


@pytest.mark.parametrize("make", TOYS)
def test_toy_sets_are_rows_of_floats_in_turn_by_class(make):
    xs, ys = make(7)
    assert ys == [0, 1, 0, 1, 0, 1, 0]
    assert all(type(x) is float for row in xs for x in row)
    assert all(type(y) is int for y in ys)


def test_moons_reach_from_end_to_end():
    xs, _ = data.moons(7, noise=0)
    assert [xs[0], xs[1], xs[-1], xs[-2]] == [pytest.approx(end) for end in ([1, 0], [0, 0.5], [-1, 0], [2, 0.5])]


def test_spirals_have_any_number_of_arms():
    xs, ys = data.spirals(10, noise=0, classes=3)
    assert ys == [0, 1, 2, 0, 1, 2, 0, 1, 2, 0]
    assert xs[-1] == pytest.approx([1.0, 0.0])
    assert xs[7] == pytest.approx([math.cos(math.tau / 3), math.sin(math.tau / 3)])


def test_the_inner_circle_has_the_radius_asked_for():
    xs, ys = data.circles(10, noise=0, inner_radius=0.25)
    assert [math.hypot(*x) for x, y in zip(xs, ys, strict=True) if y == 1] == pytest.approx([0.25] * 5)


@pytest.mark.parametrize("make", TOYS)
def test_the_seed_decides_and_the_global_random_state_is_untouched(make):
    random.seed(5)
    before = random.getstate()
    assert make(20, seed=1) == make(20, seed=1) != make(20, seed=2)
    assert random.getstate() == before


@pytest.mark.parametrize("make", TOYS)
def test_a_seed_means_the_same_noise_on_every_python(make):
    """`Random.random` is guaranteed to stay as it is, `Random.gauss` is not: here is Box and Muller's formula."""
    source = random.Random(3)
    angle, radius = math.tau * source.random(), math.sqrt(-2.0 * math.log(1.0 - source.random()))
    x, y = make(2, noise=0, seed=3)[0][0]
    wanted = [x + 0.5 * radius * math.cos(angle), y + 0.5 * radius * math.sin(angle)]
    assert make(2, noise=0.5, seed=3)[0][0] == pytest.approx(wanted, rel=1e-12)


# ---- real sets ----


def test_iris_is_fishers():
    xs, ys = data.iris()
    assert ys == [0] * 50 + [1] * 50 + [2] * 50
    assert [statistics.fmean(column) for column in zip(*xs, strict=True)] == pytest.approx(
        [5.843, 3.057, 3.758, 1.199], abs=5e-4
    )
    # The two rows that the UCI repository's file has wrong, by its own notes.
    assert xs[34] == [4.9, 3.1, 1.5, 0.2]
    assert xs[37] == [4.9, 3.6, 1.4, 0.1]
    assert xs[0] == [5.1, 3.5, 1.4, 0.2]
    assert xs[-1] == [5.9, 3.0, 5.1, 1.8]


def test_digits_are_the_test_set_of_optdigits():
    xs, ys = data.digits()
    # Class distribution of the testing set, as the UCI repository prints it.
    assert Counter(ys) == dict(enumerate([178, 182, 177, 183, 181, 182, 181, 179, 174, 180]))
    assert {len(x) for x in xs} == {64}
    assert {pixel for x in xs for pixel in x} == {k / 16 for k in range(17)}
    assert [pixel * 16 for pixel in xs[0][:8]] == [0, 0, 5, 13, 9, 1, 0, 0]
    assert ys[:10] == list(range(10))


def test_every_data_file_has_its_source_and_licence_beside_it():
    folder = ROOT / "nn" / "data" / "datasets"
    told = (folder / "SOURCES.md").read_text(encoding="utf-8")
    sections = {part.split("\n", 1)[0]: part for part in told.split("\n## ")}
    for file in folder.glob("*.csv*"):
        assert "**Source.**" in sections[file.name]
        assert "CC BY 4.0" in sections[file.name]


def test_shipped_sets_load_from_a_zip(tmp_path):
    archive = tmp_path / "packages.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for package in ("autograd_lite", "nn"):
            for file in (ROOT / package).rglob("*"):
                if file.suffix in (".py", ".csv", ".gz"):
                    packed.write(file, file.relative_to(ROOT))
    program = (
        "import sys; sys.path.insert(0, sys.argv[1]); from nn import data; print(data.__file__, len(data.iris()[0]))"
    )
    run = subprocess.run(
        [sys.executable, "-c", program, archive], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert run.stdout.split() == [str(archive / "nn" / "data" / "__init__.py"), "150"]


# ---- split ----


@given(
    st.lists(st.integers(0, 3), min_size=2, max_size=60),
    st.fractions(Fraction(1, 50), Fraction(49, 50)),
    st.integers(0, 99),
)
def test_split_keeps_every_row_once_with_its_target_and_shares_each_class(ys, test, seed):
    size = round(len(ys) * float(test))
    xs = [[float(i), float(y)] for i, y in enumerate(ys)]
    if not 0 < size < len(ys):
        with pytest.raises(ValueError, match="split: expected test to leave rows on both sides"):
            data.split(xs, ys, test, seed)
        return
    train_xs, train_ys, test_xs, test_ys = data.split(xs, ys, test, seed)
    assert len(test_xs) == size
    assert sorted(train_xs + test_xs) == xs
    assert [x[1] for x in train_xs + test_xs] == train_ys + test_ys
    for label, count in Counter(ys).items():
        assert abs(test_ys.count(label) - Fraction(count * size, len(ys))) < 1


def test_split_shuffles_by_its_seed_alone():
    xs, ys = data.iris()
    random.seed(5)
    before = random.getstate()
    assert data.split(xs, ys, seed=1) == data.split(xs, ys, seed=1) != data.split(xs, ys, seed=2)
    train_ys, test_ys = data.split(xs, ys)[1::2]
    assert train_ys != sorted(train_ys)
    assert Counter(test_ys) == {0: 10, 1: 10, 2: 10}
    assert random.getstate() == before


def test_split_draws_at_random_within_a_class():
    drawn = [frozenset(data.split(range(30), [0, 1] * 15, seed=seed)[2]) for seed in range(100)]
    assert frozenset.union(*drawn) == set(range(30))
    assert len(set(drawn)) > 90


@pytest.mark.parametrize(
    "ys",
    [[0.5, 1.5, 2.5, 3.5], ["a", "b", "a", "b"], [[0, 1], [1, 0], [0, 1], [1, 0]], np.array([[1, 0], [0, 1]] * 2)],
    ids=["measurements", "names", "rows", "arrays"],
)
def test_split_takes_any_targets_with_an_order(ys):
    train_xs, train_ys, test_xs, test_ys = data.split([0, 1, 2, 3], ys, test=0.5)
    assert [len(train_xs), len(test_xs)] == [2, 2]
    assert all(ys[i] is y or (ys[i] == y).all() for i, y in zip(train_xs + test_xs, train_ys + test_ys, strict=True))


# ---- standardize ----


def test_standardize_uses_the_training_rows_only():
    train, test = data.standardize([[1, 10], [3, 10]], [[5, 11]])
    assert train == [[-1.0, 0.0], [1.0, 0.0]]
    assert test == [[3.0, 1.0]]


@given(st.integers(1, 12).flatmap(lambda n: st.lists(st.lists(st.integers(-999, 999), min_size=n, max_size=n))))
def test_standardized_columns_have_mean_0_and_deviation_1(columns):
    if not columns:
        return
    rows = [list(row) for row in zip(*columns, strict=True)]
    for column, scaled in zip(columns, zip(*data.standardize(rows)[0], strict=True), strict=True):
        assert statistics.fmean(scaled) == pytest.approx(0.0, abs=1e-9)
        assert statistics.pstdev(scaled) == pytest.approx(1.0 if len(set(column)) > 1 else 0.0)


@pytest.mark.parametrize("x", [0.1, 1e308, 5e-324])
def test_standardize_only_shifts_a_constant_column(x):
    assert data.standardize([[x]] * 3) == ([[0.0]] * 3, [])


def test_standardize_survives_numbers_at_the_ends_of_the_range():
    assert data.standardize([[1.5e308], [1.7e308]])[0] == [[pytest.approx(-1)], [pytest.approx(1)]]
    assert all(math.isfinite(row[0]) for row in data.standardize([[0.0], [0.0], [0.0], [5e-324]])[0])


# ---- scaled ----


@pytest.mark.parametrize("divisor", [255, 255.0, -3, 0.1, 5e-324])
@pytest.mark.parametrize("n", [1, 5, 300])
def test_scaled_divides_every_number_of_any_rows(n, divisor):
    bytewise = [array("B", [(7 * i + k) % 256 for k in range(4)]) for i in range(n)]
    for rows in (bytewise, [list(row) for row in bytewise], [array("h", row) for row in bytewise], np.array(bytewise)):
        found = data.scaled(rows, divisor)
        wanted = [[float(x) / float(divisor) for x in row] for row in bytewise]
        assert len(found) == n
        assert [list(row) for row in found] == wanted  # by portions
        assert [list(found[i]) for i in range(-n, n)] == wanted * 2  # one by one
        assert [list(row) for row in found[1::2]] == wanted[1::2]
        assert type(found[0]) is array


def test_bytes_are_looked_up_whatever_holds_them(monkeypatch):
    """And not divided one by one."""
    pixels = np.arange(60, dtype="u1").reshape(6, 10)
    monkeypatch.setattr("nn.data.scaling.as_float", lambda x, what: float(x) if what == "scaled: divisor" else 1 / 0)
    of_bytes, turned = [bytes(row) for row in pixels], [memoryview(row[::-1])[::-1] for row in pixels]
    for held in (pixels, memoryview(pixels), of_bytes, [bytearray(row) for row in of_bytes], turned):
        found = data.scaled(held, 255)
        assert [list(row) for row in found] == [[x / 255 for x in row] for row in pixels.tolist()]
        assert len(found[1:3]) == 2


@pytest.mark.parametrize("held", [np.arange(12.0).reshape(6, 2), np.arange(12.0).reshape(2, 6).T])
def test_a_memoryview_of_two_dimensions_has_rows(held):
    held, numbers = memoryview(held), held.tolist()
    train, _, test, _ = data.split(held, [0, 1] * 3, test=0.5)
    assert sorted(map(list, [*train, *test])) == sorted(numbers)
    assert data.standardize(held) == data.standardize(numbers)
    assert list(map(list, data.scaled(held, 2))) == [[x / 2 for x in row] for row in numbers]
    runs = [
        nn.fit(nn.MLP(2, [1], seed=0), xs, [0, 1] * 3, epochs=2, validation=0.5, backend="eager")
        for xs in (held, numbers)
    ]
    assert runs[0].validation_loss == runs[1].validation_loss


def test_rows_of_unequal_length_are_scaled_and_left_to_whoever_minds():
    rows = data.scaled([array("B", [1]), array("B", [2, 3]), array("B")], 2)
    assert list(map(list, rows)) == [[0.5], [1.0, 1.5], []]
    with pytest.raises(ValueError, match=r"expected 1 numbers in xs\[1\], as in xs\[0\], got 2"):
        nn.fit(nn.MLP(1, [1]), rows, [0, 1, 0])


def test_a_net_trains_on_scaled_bytes_as_on_the_numbers():
    images = [array("B", [0, 51, 255 * (i % 2)]) for i in range(200)]
    ys = [i % 2 for i in range(200)]
    runs = [
        nn.fit(nn.MLP(3, [2, 1], seed=0), xs, ys, epochs=2, validation=0.2)
        for xs in (data.scaled(images, 255), [[x / 255 for x in image] for image in images])
    ]
    assert runs[0].loss == runs[1].loss
    assert runs[0].validation_loss == runs[1].validation_loss


# ---- errors ----

BAD_VALUES = [
    (lambda: data.moons(1), "moons: expected n to be at least 2, got 1"),
    (lambda: data.moons(-5), "moons: expected n to be at least 2, got -5"),
    (lambda: data.moons(noise=-0.1), "moons: expected noise to be a finite number of at least 0, got -0.1"),
    (lambda: data.circles(noise=math.nan), "circles: expected noise to be a finite number of at least 0, got nan"),
    (lambda: data.spirals(noise=math.inf), "spirals: expected noise to be a finite number of at least 0, got inf"),
    (lambda: data.circles(inner_radius=1), "circles: expected inner_radius to be at least 0 and less than 1, got 1.0"),
    (lambda: data.spirals(classes=1), "spirals: expected classes to be at least 2, got 1"),
    (lambda: data.spirals(4, classes=5), "spirals: expected n to be at least 5, got 4"),
    (lambda: data.split([1, 2], [1]), "split: expected as many ys as xs, got 2 xs and 1 ys"),
    (lambda: data.split([], []), "split: expected test to leave rows on both sides of 0, got 0.2"),
    (lambda: data.split([1, 2], [1, 2], 1.5), "split: expected test to leave rows on both sides of 2, got 1.5"),
    (lambda: data.split([1, 2], [1, 2], math.nan), "split: expected test to leave rows on both sides of 2, got nan"),
    (lambda: data.scaled([[1]], 0), "scaled: expected divisor to be a finite number other than 0, got 0.0"),
    (lambda: data.scaled([[1]], math.inf), "scaled: expected divisor to be a finite number other than 0, got inf"),
    (lambda: data.standardize([]), "standardize: expected training rows, and all of one length, got lengths []"),
    (lambda: data.standardize([[1]], [[1, 2]]), "standardize: expected training rows, and all of one length, got le"),
    (lambda: data.standardize([[1, math.nan]]), "standardize: expected train_xs[0][1] to be finite, got nan"),
    (lambda: data.standardize([[1]], [[math.inf]]), "standardize: expected test_xs[0][0] to be finite, got inf"),
    (lambda: data.standardize([[1.7e308], [-1.7e308]]), "standardize: expected numbers less far apart, got -1.7e+308"),
]
BAD_TYPES = [
    (lambda: data.moons(10.0), "moons: expected n to be an int, got 10.0 (float)"),
    (lambda: data.moons(True), "moons: expected n to be an int, got True (bool)"),
    (lambda: data.scaled(3, 255), "scaled: expected xs to be a list of rows, got 3 (int)"),
    (lambda: data.scaled([["a"]], 255)[0], "scaled: xs: expected a real number"),
    (lambda: data.scaled([[1]], "a"), "scaled: divisor: expected a real number"),
    (lambda: data.moons("10"), "moons: expected n to be an int, got '10' (str)"),
    (lambda: data.moons(noise="big"), "moons: noise: expected a real number"),
    (lambda: data.moons(seed=None), "moons: expected seed to be an int, got None (NoneType)"),
    (lambda: data.spirals(classes=2.5), "spirals: expected classes to be an int, got 2.5 (float)"),
    (lambda: data.split([1, 2], [1, 2], 0.5, seed="a"), "split: expected seed to be an int, got 'a' (str)"),
    (lambda: data.split([1, 2, 3], [1, None, "a"], 0.5), "split: expected ys that have an order"),
    (lambda: data.standardize([["1"]]), "standardize: train_xs: expected a real number"),
    (lambda: data.standardize([1, 2]), "standardize: expected train_xs to be a list of rows of numbers, got [1, 2]"),
    (lambda: data.standardize([[1]], 3), "standardize: expected test_xs to be a list of rows of numbers, got 3"),
]


@pytest.mark.parametrize(("call", "message"), BAD_VALUES, ids=[message for _, message in BAD_VALUES])
def test_a_wrong_value_is_a_value_error_that_says_so(call, message):
    with pytest.raises(ValueError) as caught:  # noqa: PT011  (the message is compared below, as plain text)
        call()
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("call", "message"), BAD_TYPES, ids=[message for _, message in BAD_TYPES])
def test_a_wrong_type_is_a_type_error_that_says_so(call, message):
    with pytest.raises(TypeError) as caught:
        call()
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)

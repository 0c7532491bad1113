"""The data of fit, from whatever holds numbers."""

import array
import fractions

import numpy as np
import pytest

from autograd_lite.backends import Batches
from nn import MLP, fit
from nn.train.samples import Samples
from tests.test_train import BACKENDS

XS = [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]
INTS = np.arange(6).reshape(2, 3)


@pytest.mark.parametrize(
    "xs",
    [
        XS, tuple(map(tuple, XS)), INTS, INTS.astype("u1"), INTS.astype("f4"), INTS.astype(float), INTS.T.copy().T,
        INTS.astype(float)[:, ::1], list(INTS), [array.array("i", row) for row in INTS.tolist()],
        [[fractions.Fraction(0), True, 2], [3, np.float32(4), 5]], memoryview(INTS.astype("u1")),
        np.repeat(INTS.astype(float), 2, axis=1)[:, ::2], [[0, 1, 2], range(3, 6)],
    ],
)  # fmt: skip
def test_whatever_holds_numbers(xs):
    for ys in [0, 1], (0.0, 1.0), np.array([0, 1]), array.array("B", [0, 1]), b"\x00\x01":
        samples = Samples("fit", xs, ys)
        assert (list(samples.xs), list(samples.ys), samples.n) == (XS, [0.0, 1.0], 2)
        assert samples.xs[-1:] == XS[1:]
        assert list(samples.inputs) == [x for row in XS for x in row]
        assert memoryview(samples.inputs).format == "d"
        assert samples.firsts == [0, 1]


def test_doubles_are_used_where_they_are():
    xs, ys = np.arange(6.0).reshape(3, 2), array.array("d", [0.0, 1.0, 0.0])
    samples = Samples("fit", xs, ys)
    xs[1, 0], ys[1] = 7.0, 8.0
    assert (samples.xs[1], samples.ys[1]) == ([7.0, 3.0], 8.0)
    assert samples.firsts == [0, 1]
    xs.flags.writeable = False  # native code asks for what it could write to
    assert not memoryview(Samples("fit", xs, ys).inputs).readonly


def test_a_sample_is_its_row_and_then_its_targets():
    batches = Batches(np.arange(6.0).data.cast("B").cast("d"), 3, 2, targets=array.array("d", [7, 8, 9]))
    assert batches.width == 3
    assert [list(batches.row(i)) for i in range(3)] == [[0, 1, 7], [2, 3, 8], [4, 5, 9]]
    joined = batches.joined()
    assert list(joined.rows) == [0, 1, 7, 2, 3, 8, 4, 5, 9]
    assert (joined.width, joined.joined()) == (3, joined)


def test_rows_as_targets():
    assert list(Samples("fit", iter(XS), iter([0, 1])).xs) == XS
    samples = Samples("fit", [1, 2], [[0, 1], [1, 0]])
    assert (list(samples.xs), list(samples.ys)) == ([[1.0], [2.0]], [[0.0, 1.0], [1.0, 0.0]])
    assert list(Samples("fit", np.ones(3), np.ones((3, 2), "u1")).ys) == [[1.0, 1.0]] * 3


@pytest.mark.parametrize(
    ("xs", "ys", "error", "message"),
    [
        (3, [1], TypeError, r"fit: expected xs to be a list of rows or numbers, got 3 \(int\)"),
        ([[1], [2]], [1], ValueError, "fit: expected as many ys as xs and at least one, got 2 xs and 1 ys"),
        ([], [], ValueError, "at least one, got 0 xs and 0 ys"),
        ([[1, 2], [1]], [0, 1], ValueError, r"fit: expected 2 numbers in xs\[1\], as in xs\[0\], got 1"),
        ([[]], [0], ValueError, r"fit: xs\[0\]: expected one number or more, got an empty row"),
        ([[1], [2]], [0, [1]], ValueError, r"fit: expected ys\[1\] to be a number or a row as ys\[0\] is, got \[1\]"),
        ([[1], [2]], [[0, 1], [1]], ValueError, r"fit: expected 2 numbers in ys\[1\], as in ys\[0\], got 1"),
        ([[1], ["2"]], [0, 1], TypeError, r"fit: xs\[1\]: expected a number or a row of numbers, got \['2'\]"),
        ([[1], [10**400]], [0, 1], ValueError, r"fit: xs\[1\]: expected a number that fits a double"),
        ([None], [0], TypeError, r"fit: xs\[0\]: expected a number or a row"),
    ],
)
def test_what_is_no_data(xs, ys, error, message):
    with pytest.raises(error, match=message):
        Samples("fit", xs, ys)
    with pytest.raises(error, match=message.replace("fit: ", "fit: validation: ")):
        Samples("fit: validation", xs, ys)


def test_doubles_that_a_callback_changes_are_trained_on_and_measured_on_every_backend():
    """However late; whatever else holds numbers was copied, and stays."""
    runs = []
    for backend in BACKENDS:
        arrays = [np.linspace(-1.0, 1.0, 8).reshape(4, 2), np.arange(4.0), np.ones((3, 2)), np.zeros(3)]
        xs, ys, held_xs, held_ys = arrays

        def callback(history, arrays=arrays):
            if history.epochs == 300:
                for k, held in enumerate(arrays):
                    held[:] = 0.25 * k

        history = fit(MLP(2, [1], seed=0), xs, ys, epochs=310, validation=(held_xs, held_ys), callback=callback,
                      lr=0.01, backend=backend)  # fmt: skip
        assert history.backend == backend
        runs.append([*history.loss, *history.validation_loss])
    assert all(run == pytest.approx(runs[0], rel=1e-12) for run in runs)

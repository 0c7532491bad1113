"""softmax and log_softmax: lists in, lists out, for numbers of any size."""

import math

import mpmath
import pytest

from autograd_lite import Value, jacobian, log_softmax, record, softmax

ROWS = [[0.3, 1.5, -2.0], [0.0], [1000.0, -1000.0, 999.0], [5.0, 5.0], [-800.0, -801.0]]


def exact(row):
    with mpmath.workdps(1000):
        powers = [mpmath.exp(mpmath.mpf(x)) for x in row]
        return [p / sum(powers) for p in powers]


@pytest.mark.parametrize("row", ROWS, ids=str)
@pytest.mark.parametrize("kind", [list, tuple, lambda row: map(Value, row)])
def test_the_shares_of_a_row_and_their_logarithms(row, kind):
    shares, logs = softmax(kind(row)), log_softmax(kind(row))
    assert isinstance(shares, list)
    assert isinstance(logs, list)
    numbers = [[x.data if isinstance(x, Value) else x for x in found] for found in (shares, logs)]
    assert numbers[0] == pytest.approx([float(p) for p in exact(row)], rel=1e-13, abs=1e-300)
    assert math.fsum(numbers[0]) == pytest.approx(1.0, rel=1e-13)
    with mpmath.workdps(1000):
        assert numbers[1] == pytest.approx([float(mpmath.log(p)) for p in exact(row)], rel=1e-12, abs=1e-15)


def test_the_derivatives():
    row = ROWS[0]
    p = [float(share) for share in exact(row)]
    square = range(len(row))
    assert jacobian(softmax)(row) == [pytest.approx([p[i] * ((i == k) - p[k]) for k in square]) for i in square]
    assert jacobian(log_softmax)(row) == [pytest.approx([(i == k) - p[k] for k in square]) for i in square]


@pytest.mark.parametrize("f", [softmax, log_softmax])
def test_a_recording_has_them_anew(f):
    assert record(f, [0.0, 0.0, 0.0]).compile("python")(ROWS[0]) == f(ROWS[0])


@pytest.mark.parametrize("f", [softmax, log_softmax])
@pytest.mark.parametrize(
    ("row", "error", "message"),
    [
        ([], ValueError, "softmax: expected a list of one number or more, got none"),
        (1.0, TypeError, r"softmax: expected a list of Values or numbers, got 1\.0 \(float\)"),
        (["a"], TypeError, "expected a real number .*, got 'a'"),
    ],
)
def test_errors(f, row, error, message):
    with pytest.raises(error, match=message):
        f(row)

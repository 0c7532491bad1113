"""Metrics against their definitions on small cases, and against scikit-learn on random ones."""

import random

import pytest

from autograd_lite import Value
from nn import metrics


def test_by_hand():
    assert metrics.accuracy([1, 0, 2, 2], [1, 1, 2, 0]) == 0.5
    assert metrics.accuracy(["a", "b"], ["a", "b"]) == 1.0
    assert metrics.r2([1.0, 2.0, 4.0], [1.0, 2.0, 3.0]) == 0.5
    assert metrics.r2([[1.0, 0.0], [2.0, 0.0], [3.0, 0.0]], [[1.0, 1.0], [2.0, 2.0], [3.0, 3.0]]) == (1 - 6) / 2
    assert (metrics.r2([2.0, 2.0], [2.0, 2.0]), metrics.r2([2.0, 3.0], [2.0, 2.0])) == (1.0, 0.0)
    found = metrics.confusion(["cat", "dog", "dog"], ["cat", "cat", "dog"])
    assert (found.classes, found.counts) == (["cat", "dog"], [[1, 1], [0, 1]])
    assert str(found).splitlines() == [
        "  true \\ predicted  cat  dog", "  cat                 1    1", "  dog                 0    1",
    ]  # fmt: skip
    assert metrics.confusion([1], [0], classes=[2, 1, 0]).counts == [[0, 0, 0], [0, 0, 0], [0, 1, 0]]


def test_scikit_learn_has_the_same():
    numpy = pytest.importorskip("numpy")
    theirs = pytest.importorskip("sklearn.metrics", reason="scikit-learn is not installed")
    generator = random.Random(0)
    predictions, ys = ([generator.randrange(5) for _ in range(100)] for _ in range(2))
    assert metrics.accuracy(predictions, numpy.array(ys)) == theirs.accuracy_score(ys, predictions)
    assert metrics.confusion(predictions, ys).counts == theirs.confusion_matrix(ys, predictions).tolist()
    rows, truth = ([[generator.gauss(0, 1), generator.gauss(5, 2)] for _ in range(50)] for _ in range(2))
    assert metrics.r2(numpy.array(rows), truth) == pytest.approx(theirs.r2_score(truth, rows), rel=1e-12)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: metrics.accuracy([1], [1, 2]), ValueError, "accuracy: expected predictions and ys, as many of each"),
        (lambda: metrics.accuracy([], []), ValueError, "got 0 and 0"),
        (lambda: metrics.r2(3, [1]), TypeError, "r2: expected predictions to be a list, got 3"),
        (
            lambda: metrics.accuracy([Value(1.0)], [1]),
            TypeError,
            r"accuracy: expected numbers or names, got Value.*predict",
        ),
        (lambda: metrics.r2([[Value(1.0)]], [[1.0]]), TypeError, r"r2: expected numbers or names, got Value.*predict"),
        (lambda: metrics.confusion([Value(1.0)], [1]), TypeError, r"confusion: expected numbers or names, got Value"),
        (lambda: metrics.r2(["a"], [1.0]), TypeError, "r2: expected a real number"),
        (lambda: metrics.r2([[1.0, 2.0]], [1.0]), ValueError, "r2: expected 1 numbers in row 0 of both, got 2 and 1"),
        (lambda: metrics.confusion([1, "a"], [1, 1]), TypeError, "confusion: expected classes that have an order"),
        (lambda: metrics.confusion([1], [3], [1, 2]), ValueError, "expected classes with all that occurs, without 3"),
    ],
)
def test_errors(call, error, message):
    with pytest.raises(error, match=message):
        call()

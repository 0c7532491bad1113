"""SGD against its recurrences, written out."""

import pytest

from autograd_lite import Value
from autograd_lite.graph import reached
from nn.optim import SGD


def run(gradients, **options):
    p = Value(1.0)
    optimizer = SGD([p], **options)
    path = []
    for gradient in gradients:
        p.grad = gradient
        optimizer.step()
        path.append(p.data)
    return path


def test_plain_steps():
    assert run([2.0, -1.0], lr=0.25) == [0.5, 0.75]


def test_momentum_nesterov_and_decay():
    assert run([1.0, 1.0, 1.0], lr=0.5, momentum=0.5) == [0.5, -0.25, -1.125]
    assert run([1.0, 1.0], lr=0.5, momentum=0.5, nesterov=True) == [0.25, -0.625]
    assert run([0.0, 0.0], lr=0.5, weight_decay=0.5) == [0.75, 0.5625]


def test_what_no_gradient_reached_stays():
    p, q = Value(1.0), Value(2.0)
    optimizer = SGD([p, q], lr=1.0)
    p.grad = 0.5
    optimizer.step()
    assert (p.data, q.data) == (0.5, 2.0)
    optimizer.zero_grad()
    assert not reached(p)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: SGD([], lr=1), ValueError, "SGD: expected one parameter or more in params, got none"),
        (lambda: SGD([1.0], lr=1), TypeError, r"SGD: expected Values as params, got 1.0"),
        (lambda: SGD([Value(1.0)], lr=-1), ValueError, "SGD: expected lr to be 0 or more, got -1.0"),
        (lambda: SGD([Value(1.0)], lr=float("nan")), ValueError, "SGD: expected lr"),
        (lambda: SGD([Value(1.0)], lr="1"), TypeError, "SGD: lr: expected a real number"),
        (lambda: SGD([Value(1.0)], lr=1, nesterov=True), ValueError, "momentum > 0 with nesterov"),
    ],
)
def test_errors(make, error, message):
    with pytest.raises(error, match=message):
        make()

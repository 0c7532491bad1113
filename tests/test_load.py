"""Load, at a scale that fits a test run: `tests/benchmarks/soak.py` does a hundred times as much."""

import gc

import pytest

from autograd_lite import Value, grad, hessian, hvp
from tests.benchmarks import soak


@pytest.fixture(autouse=True)
def without_the_collector():
    gc.collect()
    gc.freeze()  # what other tests hold, which is walked over for each count
    gc.disable()
    yield
    gc.enable()


@pytest.mark.parametrize(
    ("task", "size"),
    [(soak.stream, 50_000), (soak.single, 100_000), (soak.wide, 20_000), (soak.paths, 5_000), (soak.threads, 10)],
    ids=lambda x: getattr(x, "__name__", x),
)
def test_the_soak_in_small(task, size):
    assert task(size)  # each checks its own numbers


@pytest.mark.parametrize(
    "step",
    [
        lambda x: soak.chain(x, 1000).backward(),
        lambda x: grad(lambda t: soak.chain(t, 200))(1.0),
        lambda x: grad(grad(lambda t: t.tanh() * x))(x),
        lambda x: hessian(lambda t: t[0] * t[1].exp())([x, x]),
        lambda x: hvp(lambda t: t**3, 2.0, 1.0),
    ],
)
def test_nothing_is_left_for_the_collector(step):
    x = Value(0.5)
    step(x)
    gc.collect()
    for _ in range(5):
        step(x)
    assert gc.collect() == 0


def test_a_derivative_of_2_to_the_1000_paths():
    def f(x):
        y = x * x
        for _ in range(1000):
            y = (y + y) * 0.5
        return y

    assert grad(f)(3.0) == 6.0
    assert grad(grad(f))(3.0) == hessian(f)(3.0) == hvp(f, 3.0, 1.0) == 2.0

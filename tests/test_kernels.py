"""The vector forms of elementary functions: 1 ulp from the rounded truth, and the table's answers at special values."""

import itertools
import math
import random

import mpmath
import pytest

from autograd_lite.ops import TABLE

np = pytest.importorskip("numpy")
pytest.importorskip("llvmlite", reason="llvmlite is not installed (the jit extra)")

from autograd_lite.backends import kernels  # noqa: E402
from tests.kernel_loop import compile_loop  # noqa: E402

REACH = {"exp": 745, "expm1": 745, "tanh": 20, "sigmoid": 745, "softplus": 745, "sinh": 710, "cosh": 710}
POSITIVE = {"log", "sqrt"}
MEANING = {
    "sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)),
    "softplus": lambda x: mpmath.log1p(mpmath.exp(x)),
}
SPECIALS = [
    0.0, -0.0, 1.0, -1.0, math.inf, -math.inf, math.nan, 5e-324, -5e-324, 1e-310, 1e308, -1e308, 1e5, 1e22,
    1000.0, -1000.0, -745.2, 709.9, 710.5, -37.5, 0.5,
]  # fmt: skip


def points(name: str) -> list[float]:
    """A few thousand numbers where the function has something to say, of every size."""
    generator = random.Random(name)
    reach = REACH.get(name, 30.0)
    spread = [generator.uniform(-reach, reach) for _ in range(800)] + [generator.uniform(-2, 2) for _ in range(800)]
    small = [generator.choice((-1, 1)) * 2.0 ** generator.uniform(-60, 4) for _ in range(800)]
    numbers = spread + small
    if name in POSITIVE:
        return [abs(x) for x in numbers] + [2.0 ** generator.uniform(-1000, 1000) for _ in range(400)]
    if name == "log1p":
        return [x for x in numbers if x > -1] + [1e-3] * (-sum(x > -1 for x in numbers) % 8)
    return numbers


def padded(numbers: list[float]) -> list[float]:
    return numbers + [1.0] * (-len(numbers) % 8)


@pytest.mark.parametrize("name", kernels.VECTOR)
def test_at_most_one_double_from_the_correctly_rounded(name):
    xs = padded(points(name))
    got = compile_loop(name, 8)(np.array(xs))
    exact = MEANING.get(name) or getattr(mpmath, name)
    with mpmath.workdps(60):
        for x, y in zip(xs, got, strict=True):
            rounded = float(exact(mpmath.mpf(x)))  # mpmath rounds to the nearest double
            assert math.nextafter(rounded, -math.inf) <= y <= math.nextafter(rounded, math.inf), x


@pytest.mark.parametrize("lanes", [2, 4, 8])
@pytest.mark.parametrize("name", [name for name in TABLE if kernels.supports(name)])
def test_special_values_are_the_tables(name, lanes):
    row = TABLE[name]
    inputs = padded(SPECIALS) if row.arity == 1 else list(itertools.product(SPECIALS[:16], repeat=2))
    columns = [inputs] if row.arity == 1 else list(zip(*inputs, strict=True))
    got = compile_loop(name, lanes)(*(np.array(column) for column in columns))
    for arguments, y in zip(zip(*columns, strict=True), map(float, got), strict=True):
        wanted = row.forward(*arguments)
        if math.isnan(wanted):
            assert math.isnan(y), arguments
        else:
            assert y == wanted or abs(y - wanted) <= 2 * math.ulp(wanted), arguments
            assert math.copysign(1, y) == math.copysign(1, wanted), arguments


@pytest.mark.parametrize("name", kernels.VECTOR)
def test_without_a_fused_multiply_add_the_c_library_answers(name):
    xs = padded([x for x in points(name) if abs(x) < 700][:80])
    got = compile_loop(name, 4, fma=False)(np.array(xs))
    assert list(got) == pytest.approx([TABLE[name].forward(x) for x in xs], rel=1e-15, abs=0)


def test_an_op_without_a_kernel():
    with pytest.raises(ValueError, match=r"declare: expected one of .*, got 'relu'"):
        kernels.declare(None, "relu", 4)

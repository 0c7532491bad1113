"""The vector forms of elementary functions: 1 ulp from the rounded truth, and the table's answers at special values."""

import itertools
import math
import random

import mpmath
import pytest

from autograd_lite.op import PARTS, TABLE, named

np = pytest.importorskip("numpy")
pytest.importorskip("llvmlite", reason="llvmlite is not installed (the jit extra)")

from autograd_lite.backends.llvm import kernels  # noqa: E402
from tests.kernel_loop import compile_loop  # noqa: E402

REACH = {"exp": 745, "expm1": 745, "tanh_tail": 372, "sigmoid_tail": 745, "softplus": 745, "sinh": 710, "cosh": 710}
POSITIVE = {"log", "sqrt"}
MEANING = {
    "sigmoid_tail": lambda x: 1 / (1 + mpmath.exp(abs(x))),
    "tanh_tail": lambda x: mpmath.tanh(x) if abs(x) < math.atanh(0.5) else 2 / (1 + mpmath.exp(2 * abs(x))),
    "softplus": lambda x: mpmath.log1p(mpmath.exp(x)),
    "power": lambda a, b: mpmath.power(a, b),
    "lower_power": lambda a, b, k: mpmath.power(a, b - k),
}
SPECIALS = [
    0.0, -0.0, 1.0, -1.0, math.inf, -math.inf, math.nan, 5e-324, -5e-324, 1e-310, 1e308, -1e308, 1e5, 1e22,
    1000.0, -1000.0, -745.2, 709.9, 710.5, -37.5, 0.5,
]  # fmt: skip


def points(name: str, n: int = 300) -> list[tuple[float, ...]]:
    """A few times n inputs where the function has something to say, of every size."""
    if name == "lower_power":
        return [(a, b / size, k) for k in (1.0, 2.0) for size in (1.0, 1e3) for a, b in points("power", n)]
    if name == "power":
        generator = random.Random(name)
        bases = [2.0 ** generator.uniform(-1000, 1000) for _ in range(n)]
        bases += [generator.uniform(0.1, 10) for _ in range(n)] + [1 + generator.uniform(-1e-3, 1e-3) for _ in range(n)]
        return [(a, generator.uniform(-700, 700) / max(abs(math.log(a)), 1e-3)) for a in bases] + [
            (a, float(generator.randint(-9, 9))) for a in bases[n:]
        ]
    return [(x,) for x in numbers(name, n)]


def numbers(name: str, n: int) -> list[float]:
    generator = random.Random(name)
    reach = REACH.get(name, 30.0)
    spread = [generator.uniform(-reach, reach) for _ in range(n)] + [generator.uniform(-2, 2) for _ in range(n)]
    small = [generator.choice((-1, 1)) * 2.0 ** generator.uniform(-60, 4) for _ in range(n)]
    every = spread + small
    if name in POSITIVE:
        return [abs(x) for x in every] + [2.0 ** generator.uniform(-1000, 1000) for _ in range(n // 2)]
    if name == "log1p":
        return [x for x in every if x > -1]
    return every


def evaluated(name: str, lanes: int, inputs: list[tuple[float, ...]], fma: bool | None = None) -> list[float]:
    """The kernel's results for a list of inputs, which is filled up to whole vectors."""
    full = inputs + inputs[:1] * (-len(inputs) % lanes)
    columns = [np.array(column) for column in zip(*full, strict=True)]
    return [float(y) for y in compile_loop(name, lanes, fma)(*columns)[: len(inputs)]]


@pytest.mark.parametrize("n", [100, pytest.param(8000, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", kernels.VECTOR)
def test_at_most_one_ulp_from_the_truth_and_one_double_from_the_correctly_rounded(name, n):
    inputs = points(name, n)
    exact = MEANING.get(name) or getattr(mpmath, name)
    with mpmath.workdps(60):
        for arguments, y in zip(inputs, evaluated(name, 8, inputs), strict=True):
            truth = exact(*map(mpmath.mpf, arguments))
            rounded = float(truth)  # mpmath rounds to the nearest double
            assert math.nextafter(rounded, -math.inf) <= y <= math.nextafter(rounded, math.inf), arguments
            assert math.isinf(rounded) or abs(y - truth) <= math.ulp(rounded), arguments


EVERY_WIDTH = [  # in the quick third each kernel has one width
    pytest.param(name, lanes, marks=pytest.mark.slow if (i + k) % 3 else [])
    for i, name in enumerate(filter(kernels.supports, (*TABLE, *PARTS))) for k, lanes in enumerate((2, 4, 8))
]  # fmt: skip


@pytest.mark.parametrize(("name", "lanes"), EVERY_WIDTH)
def test_special_values_are_the_tables(name, lanes):
    row = named(name)
    inputs = list(itertools.product([*SPECIALS, 2.0, -3.0] if row.arity > 1 else SPECIALS, repeat=min(row.arity, 2)))
    if row.arity == 3:
        inputs = [(a, b, k) for a, b in inputs for k in (1.0, 2.0)]
    for arguments, y in zip(inputs, evaluated(name, lanes, inputs), strict=True):
        wanted = row.forward(*arguments)
        if math.isnan(wanted):
            assert math.isnan(y), arguments
        else:
            assert y == wanted or abs(y - wanted) <= 2 * math.ulp(wanted), arguments
            assert math.copysign(1, y) == math.copysign(1, wanted), arguments


@pytest.mark.parametrize("name", kernels.VECTOR)
def test_without_a_fused_multiply_add_the_c_library_answers(name):
    inputs = [arguments for arguments in points(name) if max(map(abs, arguments)) < 700][:80]
    wanted = [named(name).forward(*arguments) for arguments in inputs]
    assert evaluated(name, 4, inputs, fma=False) == pytest.approx(wanted, rel=1e-15, abs=0)


def test_an_op_without_a_kernel():
    with pytest.raises(ValueError, match=r"declare: expected one of .*, got 'relu'"):
        kernels.declare(None, "relu", 4)

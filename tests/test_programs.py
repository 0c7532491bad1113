"""Random programs over the whole table, first and second order, by oracles that share no code with one another."""

from functools import partial
from importlib.util import find_spec

import mpmath
import pytest
from hypothesis import given, settings

from autograd_lite import Value, grad, gradients, hessian, jvp, record
from autograd_lite.backends import BACKENDS as KNOWN
from autograd_lite.graph import edges
from autograd_lite.ops import TABLE
from tests.programs import Program, build, programs
from tests.test_ops import meaning

BACKENDS = [name for name, package in KNOWN.items() if not package or find_spec(package)]

MEANINGS = {name: meaning(op) for name, op in TABLE.items()}
BOTH = (0, 1)


def scale(program: Program) -> float:
    """The size of the numbers on the way to the derivatives: what their rounding errors are measured by."""
    xs = [Value(x) for x in program.point]
    numbers = program.run(TABLE, xs)
    numbers[-1].backward()
    slopes = [abs(x.grad) for x in numbers if isinstance(x, Value)]
    partials = [abs(p) for x in numbers if isinstance(x, Value) for _, p in edges(x)]
    return max(1.0, *slopes) * max(1.0, *partials)


def approximately(x, tolerance):
    return pytest.approx(float(x), rel=tolerance, abs=tolerance)


def curvature(program):
    (xx, xy), (yx, yy) = hessian(program, BOTH)(*program.point)
    return xx, xy, yx, yy


def against_mpmath(program):
    def exact(x, y):
        return program.run(MEANINGS, (x, y))[-1]

    point = tuple(map(mpmath.mpf, program.point))
    size = scale(program)
    with mpmath.workdps(30):
        assert program(*program.point) == approximately(exact(*point), 1e-13 * size)
        for got, along in zip(grad(program, BOTH)(*program.point), [(1, 0), (0, 1)], strict=True):
            assert got == approximately(mpmath.diff(exact, point, along), 1e-13 * size)
        for got, along in zip(curvature(program), [(2, 0), (1, 1), (1, 1), (0, 2)], strict=True):
            assert got == approximately(mpmath.diff(exact, point, along), 1e-13 * size**2)


def against_central_differences(program):
    h = 1e-4
    size = scale(program)

    def difference(f, i):
        """The derivative by the i-th input, of fourth order in h."""
        along = [f(*[x + k * h * (i == j) for j, x in enumerate(program.point)]) for k in (-2, -1, 1, 2)]
        return (along[0] - 8 * along[1] + 8 * along[2] - along[3]) / (12 * h)

    slopes = grad(program, BOTH)
    for i in BOTH:
        assert slopes(*program.point)[i] == approximately(difference(program, i), 1e-8 * size**2)
        for k in BOTH:
            got = curvature(program)[2 * i + k]
            assert got == approximately(difference(lambda *xs, i=i: slopes(*xs)[i], k), 1e-8 * size**3)


def against_the_tape(backend, program):
    expected = program(*program.point), grad(program, BOTH)(*program.point)
    compiled = record(program, *program.point).compile(backend)
    value, slopes = compiled.value_and_grad(*program.point)
    size = scale(program)
    assert value == approximately(expected[0], 1e-14 * size)
    assert list(slopes) == [approximately(slope, 1e-13 * size) for slope in expected[1]]
    if backend == "python":
        assert (value, slopes) == expected
    for i in BOTH:
        second = record(grad(program, i), *program.point).compile(backend)
        slope, row = second.value_and_grad(*program.point)
        assert slope == approximately(expected[1][i], 1e-13 * size)
        assert list(row) == [approximately(x, 1e-12 * size**2) for x in curvature(program)[2 * i : 2 * i + 2]]


def the_ways_to_the_same_derivative_agree(program):
    point, size = program.point, scale(program)
    xs = [Value(x) for x in point]
    y = program(*xs)
    first = gradients(y, xs, create_graph=True)
    assert [x.data for x in first] == gradients(y, xs)
    assert first[0].data == approximately(jvp(program, point, (1.0, 0.0))[1], 1e-13 * size)
    over_reverse = [x for slope in first for x in gradients(slope, xs)]
    assert over_reverse == [approximately(x, 1e-13 * size**2) for x in curvature(program)]
    y.backward()
    assert [x.grad for x in xs] == gradients(y, xs)


# The oracles, and how many programs each sees on an ordinary day (native code takes longer to make than to run).
ORACLES = {
    "mpmath": (against_mpmath, 30),
    "central differences": (against_central_differences, 30),
    "the other ways": (the_ways_to_the_same_derivative_agree, 30),
    **{b: (partial(against_the_tape, b), 30 if b == "python" else 4) for b in BACKENDS},
}


@pytest.mark.parametrize("times", [1, pytest.param(75, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", ORACLES)
def test_random_programs(name, times):
    oracle, count = ORACLES[name]

    @settings(max_examples=count * times)
    @given(programs)
    def check(program):
        oracle(program)

    check()


def test_a_program_prints_as_a_formula_and_reaches_every_op():
    program = build((0.5, -1.0), [("sin", (0, 0, 0)), ("atan2", (2, 1, 0))])
    assert repr(program) == (
        "x = 0.5; y = -1.0; a = sin(x); b = sigmoid(y); c = b * (2.16); d = c + (0.57); e = atan2(a, d); "
        "f = x * y; g = e + f"
    )
    for name in TABLE:
        made = build((0.7, -1.3), [(name, (0, 1, 1))])
        assert name in [step for step, _ in made.steps]

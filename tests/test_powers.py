"""The derivatives of powers keep their digits wherever they are doubles: against mpmath, on every path.

What is told is y·x**(y − 1). Where y − 1 is no double, x to the rounded one would be hundreds of ulps off.
"""

import itertools
import json
import math
import shutil
import subprocess
from functools import cache

import mpmath
import pytest

from autograd_lite import Value, grad, gradients, hessian, jvp, record
from autograd_lite.backends import javascript
from autograd_lite.composite import forward_of
from autograd_lite.op import PARTS
from autograd_lite.ops import power
from tests.halves import some

ULPS = 8  # of a derivative, of the largest term of a sum that cancels, or of the power it is made of
SMALLEST = 2.0**-1022
BASES = [10.0**k for k in (-300, -200, -100, -50, -20, 20, 50, 100, 200, 300)] + [0.5, 3.0, 1.0 + 1e-10, 1.0 - 2.0**-46]
EXPONENTS = [
    0.3, -0.7, 1 / 3, 2.5, 3.0, -2.0, 1e-3, 100.1, -3.0, -1.6, -1.5, -1.0, -0.5, 0.5, 1.0, 1.04, 1.5, 1.6, 2.0, 3.1,
    -0.1, -3.3, 1e-17, -1e-9, 2.0**53 + 4.0,
]  # fmt: skip
# Beyond 2⁵³ every exponent is even, and one less is odd: the slopes of a power of a negative number are negative, then.
EVEN = [(a, b) for a in (-1.0, -1.0 - 2.0**-52) for b in (2.0**53, 2.0**53 + 2.0, 2.0**54 + 4.0, -(2.0**53) - 4.0)]
NEGATIVE = [(-3.0, 3.0), (-1e100, -2.0), (-1e-300, 1.0), *EVEN, (-1.0, 1e300)]
POINTS = [*itertools.product(BASES, EXPONENTS), *NEGATIVE, (3.0, 0.0), (1e-9, 0.0)]


def terms(a, b):
    """∂/∂a, ∂/∂b, ∂²/∂a², ∂²/∂a∂b, ∂²/∂b∂a and ∂²/∂b² of aᵇ: each a list of terms, a factor and a power."""
    log = mpmath.log(abs(a)) if a > 0 or b != 0 else mpmath.nan
    below = a ** (b - 1)
    mixed = [(1, below), (b * log, below)]
    by_b = [(log, a**b)], [(log * log, a**b)]
    return [[(b, below)], by_b[0], [(b * (b - 1), a ** (b - 2))], mixed, mixed, by_b[1]]


@cache
def truths(a, b):
    """For each derivative a double, the rest of the truth, and how much of it one rounding may cost."""
    with mpmath.workdps(400):
        answer = []
        for found in terms(mpmath.mpf(a), mpmath.mpf(b)):
            truth = mpmath.fsum(factor * x for factor, x in found)
            rounded = nearest(truth)
            sizes = [math.ulp(nearest(factor * x)) for factor, x in found]
            sizes += [float(abs(factor)) * 5e-324 for factor, x in found if abs(x) < SMALLEST]
            answer.append((rounded, float(truth - rounded) if math.isfinite(rounded) else 0.0, max(sizes)))
        return answer


def nearest(x):
    return float(x) if abs(x) < mpmath.mpf(2) ** 1024 else math.copysign(math.inf, x)


def wrong(point, found, which=range(6)):
    """The derivatives, by their places, that are not what mpmath says, with both and the error in such roundings."""
    answer = []
    for i, got in zip(which, found, strict=True):
        wanted, rest, unit = truths(*point)[i]
        if point[0] < 0.0 and i not in (0, 2):
            continue  # there is no slope by the exponent
        if got != wanted and not abs(got - wanted - rest) <= ULPS * unit:
            answer.append((*point, i, got, wanted, abs(got - wanted) / unit))
    return answer


def finite(points):
    """Those at which all six are finite: a tangent of 0 times inf would be nan."""
    return [point for point in points if point[0] > 0.0 and all(math.isfinite(x) for x, *_ in truths(*point))]


def everything(a, b):
    """All six."""
    slopes = gradients(power(a, b), [a, b], create_graph=True)
    return [*slopes, *(d for slope in slopes for d in gradients(slope, [a, b], create_graph=True))]


def by_one_pass(a, b):
    x, y = Value(a), Value(b)
    power(x, y).backward()
    return x.grad, y.grad


def flat(rows):
    return [x for row in rows for x in row]


FIRST = {
    "backward": by_one_pass,
    "grad": lambda a, b: grad(power, argnums=(0, 1))(a, b),
    "jvp": lambda a, b: [jvp(power, (a, b), direction)[1] for direction in ((1.0, 0.0), (0.0, 1.0))],
}
SECOND = {
    "graph": lambda a, b: [x.data for x in everything(Value(a), Value(b))[2:]],
    "hessian": lambda a, b: flat(hessian(power, argnums=(0, 1))(a, b)),
    "forward over reverse": lambda a, b: flat(
        zip(*(jvp(grad(power, argnums=(0, 1)), (a, b), v)[1] for v in ((1.0, 0.0), (0.0, 1.0))), strict=True)
    ),
}


@pytest.mark.parametrize("way", FIRST)
def test_slopes_on_the_graph(way):
    points = POINTS if way != "jvp" else finite(POINTS)
    assert flat(wrong(point, FIRST[way](*point), (0, 1)) for point in points) == []


@pytest.mark.parametrize(("way", "step"), some(list(SECOND), [1, 3], often=lambda way, step: step == (way > 0)))
def test_second_derivatives_on_the_graph(way, step):
    """At every point on the graph, at every third by the other ways."""
    points = (POINTS if way == "graph" else finite(POINTS))[::step]
    assert flat(wrong(point, SECOND[way](*point), range(2, 6)) for point in points) == []


def test_a_constant_exponent_on_the_graph():
    for a, b in POINTS:
        slope = lambda x, b=b: x**b  # noqa: E731
        assert wrong((a, b), [grad(slope)(a), grad(grad(slope))(a)], (0, 2)) == []


every_backend = pytest.mark.parametrize(
    ("backend", "exact"), some(["python", "llvm"], [True, False], often=lambda i, j: i or not j)
)


@every_backend
def test_compiled(backend, exact):
    if backend == "llvm":
        pytest.importorskip("llvmlite", reason="llvmlite is not installed (the jit extra)")
    program = record(everything, 2.0, 2.5).compile(backend, exact=exact)
    assert flat(wrong(point, program(*point)) for point in POINTS[::7]) == []
    assert flat(map(wrong, POINTS, program.map(POINTS))) == []
    slopes = record(power, 2.0, 2.5).compile(backend, exact=exact)
    assert flat(wrong(point, slopes.value_and_grad(*point)[1], (0, 1)) for point in POINTS) == []
    bends = record(grad(power), 2.0, 2.5).compile(backend, exact=exact)
    assert flat(wrong(point, bends.value_and_grad(*point)[1], (2, 3)) for point in POINTS) == []


@every_backend
def test_compiled_with_constant_exponents(backend, exact):
    if backend == "llvm":
        pytest.importorskip("llvmlite", reason="llvmlite is not installed (the jit extra)")
    tape = record(
        lambda a: [f(lambda x, b=b: x**b)(a) for b in EXPONENTS for f in (grad, lambda g: grad(grad(g)))], 2.0
    )
    for a, found in zip(BASES, tape.compile(backend, exact=exact).map([(a,) for a in BASES]), strict=True):
        for b, *both in zip(EXPONENTS, found[::2], found[1::2], strict=True):
            assert wrong((a, b), both, (0, 2)) == []


@pytest.mark.parametrize(
    ("b", "backend", "exact"),
    some(EXPONENTS[:8], ["python", "llvm"], [True, False], often=lambda b, i, j: (b + i + j) % 4 == 0 and (i or not j)),
)
def test_compiled_as_loops(b, backend, exact):
    if backend == "llvm":
        pytest.importorskip("llvmlite", reason="llvmlite is not installed (the jit extra)")
    tape = record(lambda xs: sum(x**b for x in xs), BASES * 9)
    _, (found,) = tape.compile(backend, exact=exact).value_and_grad(BASES * 9)
    assert flat(wrong((a, b), [x], [0]) for a, x in zip(BASES, found, strict=False)) == []


def test_a_python_file():
    file = {}
    exec(record(everything, 2.0, 2.5).source("python"), file)
    assert flat(wrong(point, file["program"](*point)) for point in POINTS) == []
    exec(record(lambda x: x**0.3, 2.0).source("python"), file)
    assert flat(wrong((a, 0.3), [file["gradient"](a)[1]], [0]) for a in BASES) == []


@pytest.mark.skipif(not shutil.which("node"), reason="no node on PATH")
def test_javascript():
    source = record(everything, 2.0, 2.5).source("javascript").replace("export ", "")
    listed = ", ".join(f"[{javascript.literal(a)}, {javascript.literal(b)}]" for a, b in POINTS)
    told = 'x === x && Math.abs(x) !== Infinity ? x : `${x}`.replace("Infinity", "inf").replace("NaN", "nan")'
    line = f"console.log(JSON.stringify([{listed}].map((p) => program(...p).outputs.map((x) => {told}))));"
    ran = subprocess.run(["node", "-"], input=f"{source}\n{line}", capture_output=True, text=True, check=True)
    assert flat(wrong(p, map(float, row)) for p, row in zip(POINTS, json.loads(ran.stdout), strict=True)) == []


@pytest.mark.skipif(not shutil.which("gcc"), reason="gcc is not installed")
def test_c(tmp_path):
    rows = ", ".join(f"{{{a.hex()}, {b.hex()}}}" for a, b in POINTS)
    call = 'program(xs[i][0], xs[i][1], out); for (int k = 0; k < 6; k++) printf("%a ", out[k]);'
    main = f"double xs[][2] = {{{rows}}}, out[6]; for (int i = 0; i < {len(POINTS)}; i++) {{ {call} }} return 0;"
    source = record(everything, 2.0, 2.5).source("c")
    (tmp_path / "file.c").write_text(f"#include <stdio.h>\n{source}\nint main(void) {{ {main} }}\n")
    strict = ["-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic"]
    subprocess.run(["gcc", *strict, "file.c", "-o", "file", "-lm"], cwd=tmp_path, check=True)
    ran = subprocess.run([tmp_path / "file"], capture_output=True, text=True, check=True)
    found = list(map(float.fromhex, ran.stdout.split()))
    assert flat(wrong(point, found[6 * i : 6 * i + 6]) for i, point in enumerate(POINTS)) == []


def test_an_exponent_less_one_that_is_a_double_takes_nothing_more():
    for a, b in itertools.product([0.1, 1.7, 3.0, 1e100, 1e-90], [2.0, 0.5, 3.0, -1.0, 1.5, 0.7, 3.1]):
        assert b - 1.0 + 1.0 == b
        assert grad(lambda x, b=b: x**b)(a) == b * a ** (b - 1.0)


def test_the_definition_for_whoever_has_no_code_of_it_keeps_them_too():
    lower_power = forward_of(PARTS["lower_power"].definition)
    assert flat(wrong((a, b), [b * lower_power(a, b, 1.0)], [0]) for a, b in POINTS) == []


def test_they_are_told_as_ever():
    assert "** (v1 - v4)" in str(record(lambda x: x**0.3, 2.0).adjoint())

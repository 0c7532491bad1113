"""The slopes of tanh and σ, and what is made of them, keep their digits: against mpmath, on every path.

1 − a² and a(1 − a) are what is told. Where a is near 1 they would leave few digits, and none from |x| = 19 or 37 on.
"""

import functools
import json
import math
import shutil
import subprocess
from functools import cache

import mpmath
import pytest

from autograd_lite import Value, grad, gradients, hessian, jvp, logaddexp, record, sigmoid, silu, softplus, tanh, vjp
from autograd_lite.backends import javascript
from nn.proof import deltas
from tests.halves import chosen, even, some

NO_LLVM = "llvmlite is not installed (the jit extra)"
BACKENDS = ["python", "llvm"]
ULPS = 8  # of a derivative, or of the largest term of a sum that cancels
SMALLEST = 2.0**-1022
GRID = [sign * x for x in (0.011, 0.37, *(k * 1.48 for k in range(21))) for sign in (1.0, -1.0)]  # both halves of tanh
DENSE = [k * 0.0371 for k in range(-1000, 1000)]
TANH = [*GRID, *(s * x for x in (8.0, 18.0, 19.0, 100.0, 350.0, 354.5, 360.0, 710.0, 711.0, 1e300) for s in (1, -1))]
LOGISTIC = [*GRID, *(s * x for x in (20.0, 36.0, 40.0, 700.0, 720.0, 1e300) for s in (1, -1))]


@cache
def mp_sigmoid(x):
    return 1 / (1 + mpmath.exp(-x))


def mp_slope(x):
    """σ′."""
    return mp_sigmoid(x) * mp_sigmoid(-x)


def mp_bend(x):
    """σ″."""
    return -mp_slope(x) * mpmath.tanh(x / 2)


# For each function its points, and the terms of its first and of its second derivative.
FUNCTIONS = {
    "tanh": (tanh, TANH, lambda x: [1 / mpmath.cosh(x) ** 2], lambda x: [-2 * mpmath.tanh(x) / mpmath.cosh(x) ** 2]),
    "sigmoid": (sigmoid, LOGISTIC, lambda x: [mp_slope(x)], lambda x: [mp_bend(x)]),
    "softplus": (softplus, LOGISTIC, lambda x: [mp_sigmoid(x)], lambda x: [mp_slope(x)]),
    "logaddexp(x, 0)": (lambda x: logaddexp(x, 0.0), LOGISTIC, lambda x: [mp_sigmoid(x)], lambda x: [mp_slope(x)]),
    "logaddexp(0, x)": (lambda x: logaddexp(0.0, x), LOGISTIC, lambda x: [mp_sigmoid(x)], lambda x: [mp_slope(x)]),
    "silu": (
        silu, [x for x in LOGISTIC if abs(x) < 701],
        lambda x: [mp_sigmoid(x), x * mp_slope(x)], lambda x: [2 * mp_slope(x), x * mp_bend(x)],
    ),
}  # fmt: skip

every_function = pytest.mark.parametrize("name", FUNCTIONS)


@cache
def truths(name, order):
    """What mpmath says of a derivative at each point, a double and the rest, and an ulp of its largest term."""
    _, points, *terms = FUNCTIONS[name]
    with mpmath.workdps(400):
        parts = [terms[order - 1](mpmath.mpf(x)) for x in points]
        sums = [mpmath.fsum(found) for found in parts]
        sizes = [float(max(map(abs, found))) for found in parts]
        return [(float(x), float(x - float(x)), math.ulp(size)) for x, size in zip(sums, sizes, strict=True)]


def wrong(name, order, found):
    """The points at which a derivative of this order is not what mpmath says, with both and the error in ulps."""
    answer = []
    for x, got, (wanted, rest, ulp) in zip(FUNCTIONS[name][1], found, truths(name, order), strict=True):
        error = abs(got - wanted - rest) / ulp  # near the truth the first difference is exact
        if not error <= ULPS:
            answer.append((x, got, wanted, error))
    return answer


def backward(f):
    def slope(x):
        leaf = Value(x)
        f(leaf).backward()
        return leaf.grad

    return slope


def by_graph(f):
    def slope(x):
        leaf = Value(x)
        return gradients(f(leaf), [leaf], create_graph=True)[0].data

    return slope


def twice(f):
    def bend(x):
        leaf = Value(x)
        (slope,) = gradients(f(leaf), [leaf], create_graph=True)
        return gradients(slope, [leaf])[0]

    return bend


FIRST = {
    "backward": backward,
    "grad": grad,
    "create_graph": by_graph,
    "vjp": lambda f: lambda x: vjp(f, x)[1](1.0)[0],
    "jvp": lambda f: lambda x: jvp(f, (x,), (1.0,))[1],
}
SECOND = {
    "gradients twice": lambda f: lambda x: float(getattr(bend := twice(f)(x), "data", bend)),
    "grad of grad": lambda f: grad(grad(f)),
    "hessian": hessian,
    "forward over reverse": lambda f: lambda x: jvp(grad(f), (x,), (1.0,))[1],
    "forward over forward": lambda f: lambda x: jvp(lambda t: jvp(f, (t,), (1.0,))[1], (x,), (1.0,))[1],
    "reverse over forward": lambda f: grad(lambda t: jvp(f, (t,), (1.0,))[1]),
}


@pytest.mark.parametrize("way", FIRST)
@every_function
def test_a_slope_on_the_graph(name, way):
    f, points, *_ = FUNCTIONS[name]
    assert wrong(name, 1, map(FIRST[way](f), points)) == []


@pytest.mark.parametrize("way", SECOND)
@every_function
def test_a_second_derivative_on_the_graph(name, way):
    f, points, *_ = FUNCTIONS[name]
    assert wrong(name, 2, map(SECOND[way](f), points)) == []


@pytest.mark.slow
@every_function
def test_between_the_points(name, monkeypatch):
    """On the graph and in native code, at 2,000 points."""
    pytest.importorskip("llvmlite", reason=NO_LLVM)
    f, _, *terms = FUNCTIONS[name]
    monkeypatch.setitem(FUNCTIONS, name, (f, DENSE, *terms))
    truths.cache_clear()
    assert wrong(name, 1, map(backward(f), DENSE)) == []
    found = record(both(f), 1.0).compile("llvm").map([(x,) for x in DENSE])
    assert [wrong(name, order, column) for order, column in enumerate(zip(*found, strict=True), start=1)] == [[], []]
    truths.cache_clear()


def both(f):
    """A function of one number that gives both derivatives."""
    return lambda x: [grad(f)(x), grad(grad(f))(x)]


def every_backend(often):
    """A test of each function, on each backend, exact and fused; `often` chooses those of the quick part."""

    def decorated(test):
        @pytest.mark.parametrize(
            ("name", "backend", "exact"), some(list(FUNCTIONS), BACKENDS, [True, False], often=often)
        )
        @functools.wraps(test)
        def checked(name, backend, exact):
            if backend == "llvm":
                pytest.importorskip("llvmlite", reason=NO_LLVM)
            test(name, backend, exact)

        return checked

    return decorated


@every_backend(often=even)
def test_compiled_one_by_one_and_by_rows(name, backend, exact):
    f, points, *_ = FUNCTIONS[name]
    program = record(both(f), 1.0).compile(backend, exact=exact)
    for found in ([program(x) for x in points], program.map([(x,) for x in points])):
        for order, column in enumerate(zip(*found, strict=True), start=1):
            assert wrong(name, order, column) == []
    adjoint = record(f, 1.0).compile(backend, exact=exact)
    assert wrong(name, 1, [adjoint.value_and_grad(x)[1][0] for x in points]) == []
    adjoint = record(grad(f), 1.0).compile(backend, exact=exact)
    assert wrong(name, 2, [adjoint.value_and_grad(x)[1][0] for x in points]) == []


@every_backend(often=lambda f, backend, exact: even(f, backend, exact) and (BACKENDS[backend] == "python" or f % 2))
def test_compiled_as_loops(name, backend, exact):
    f, points, *_ = FUNCTIONS[name]
    points = points * 3
    tape = record(lambda xs: sum(f(x) for x in xs), points)
    assert tape.adjoint().loops().coverage > 0.99
    _, (found,) = tape.compile(backend, exact=exact).value_and_grad(points)
    assert wrong(name, 1, found[: len(points) // 3]) == []
    assert found[: len(points) // 3] * 3 == found
    tape = record(lambda xs: sum(grad(f)(x) for x in xs), points)
    _, (found,) = tape.compile(backend, exact=exact).value_and_grad(points)
    assert wrong(name, 2, found[: len(points) // 3]) == []


@pytest.mark.parametrize(
    ("name", "exact"), some(["tanh", "sigmoid"], [True, False], often=lambda *places: not any(places))
)
def test_native_code_makes_the_values_of_the_same_tails_within_1_ulp(name, exact):
    pytest.importorskip("llvmlite", reason=NO_LLVM)
    f, points, *_ = FUNCTIONS[name]
    meaning = {"tanh": mpmath.tanh, "sigmoid": mp_sigmoid}[name]
    points = [*points, *(k * 2.0**-9 for k in range(-1500, 1500)), *(s * 2.0**-k for k in range(60) for s in (1, -1))]
    with mpmath.workdps(60):  # where nothing cancels
        found = record(f, 1.0).compile("llvm", exact).map([(x,) for x in points])
        for x, got in zip(points, found, strict=True):
            truth = meaning(mpmath.mpf(x))
            rounded = float(truth)
            assert math.nextafter(rounded, -math.inf) <= got <= math.nextafter(rounded, math.inf), x
            assert abs(mpmath.mpf(got) - truth) <= mpmath.mpf(math.ulp(rounded)), x
    specials = [0.0, -0.0, math.inf, -math.inf, math.nan, 5e-324, -5e-324]
    compiled = record(f, 1.0).compile("llvm", exact)
    assert [repr(compiled(x)) for x in specials] == [repr(f(x)) for x in specials]


def programs(name):
    """The tapes whose gradient is the first derivative, and the second."""
    f, *_ = FUNCTIONS[name]
    return [record(f, 1.0), record(grad(f), 1.0)]


@every_function
def test_a_python_file(name):
    for order, tape in enumerate(programs(name), start=1):
        file = {}
        exec(tape.source("python"), file)
        gradients_of = [file["gradient"](x)[1] for x in FUNCTIONS[name][1]]
        assert wrong(name, order, gradients_of) == []


@pytest.mark.skipif(not shutil.which("node"), reason="no node on PATH")
def test_javascript():
    cases, blocks = [], []
    for name in FUNCTIONS:
        listed = ", ".join(map(javascript.literal, FUNCTIONS[name][1]))
        for order, tape in enumerate(programs(name), start=1):
            cases.append((name, order))
            source = tape.source("javascript").replace("export ", "")
            blocks.append(
                f"{{\n{source}\nconsole.log(JSON.stringify([{listed}].map((x) => program(x).gradient[0])));\n}}"
            )
    ran = subprocess.run(["node", "-"], input="\n".join(blocks), capture_output=True, text=True, check=True)
    for (name, order), line in zip(cases, ran.stdout.splitlines(), strict=True):
        assert wrong(name, order, map(float, json.loads(line))) == [], (name, order)


@pytest.mark.skipif(not shutil.which("gcc"), reason="gcc is not installed")
@pytest.mark.parametrize("name", chosen(FUNCTIONS, "tanh", "silu"))
def test_c(name, tmp_path):
    points = FUNCTIONS[name][1]
    for order, tape in enumerate(programs(name), start=1):
        call = f'for (int i = 0; i < {len(points)}; i++) {{ gradient(xs[i], &slope); printf("%a\\n", slope); }}'
        numbers = ", ".join(x.hex() for x in points)
        main = f"int main(void) {{ double xs[] = {{{numbers}}}, slope; {call} return 0; }}"
        (tmp_path / "file.c").write_text(f"#include <stdio.h>\n{tape.source('c')}\n{main}\n")
        strict = ["-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic"]
        subprocess.run(["gcc", *strict, "file.c", "-o", "file", "-lm"], cwd=tmp_path, check=True)
        ran = subprocess.run([tmp_path / "file"], capture_output=True, text=True, check=True)
        assert wrong(name, order, map(float.fromhex, ran.stdout.split())) == []


@pytest.mark.parametrize("name", ["tanh", "sigmoid", "softplus", "silu"])
def test_the_oracle_of_the_four_equations_has_them_by_formulas_of_its_own(name):
    _, prime = deltas.ACTIVATIONS[name]
    assert wrong(name, 1, map(prime, FUNCTIONS[name][1])) == []


@pytest.mark.parametrize("f", [tanh, sigmoid])
def test_they_are_told_as_ever(f):
    a = {"tanh": "1 - v1 * v1", "sigmoid": "v1 * (1 - v1)"}[f.name]
    assert a in str(record(f, 0.5).adjoint())


@pytest.mark.parametrize(("x", "slope"), [(math.inf, 0.0), (-math.inf, 0.0), (math.nan, math.nan)])
@pytest.mark.parametrize("f", [tanh, sigmoid])
def test_where_x_is_no_number(f, x, slope):
    compiled = record(f, 1.0).compile("python").value_and_grad(x)[1][0]
    for found in (grad(f)(x), jvp(f, (x,), (1.0,))[1], compiled):
        assert found == slope or (math.isnan(found) and math.isnan(slope))

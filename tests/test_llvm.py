"""The LLVM backend: the numbers of the eager engine, on every op, at every length, in every lane."""

import copy
import itertools
import math
import pickle
import random
import threading
from array import array
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("llvmlite", reason="llvmlite is not installed (the jit extra)")


from autograd_lite import Value, backends, erf, exp, hypot, record, silu, sin, tanh, where
from autograd_lite.backends import BACKENDS, Batches, Shuffler, compiled
from autograd_lite.backends.llvm import kernels, lowering
from autograd_lite.backends.llvm.training import Training
from autograd_lite.graph import toposort
from autograd_lite.ops import TABLE
from autograd_lite.tape import Instruction, Instructions, Tape

EXACT = {"add", "subtract", "multiply", "divide", "negate", "sqrt", "where", "maximum", "minimum", "abs", "relu"}
EXACT |= {"leaky_relu", "greater", "greater_equal", "less", "less_equal", "equal"}
# Compositions round once more a step: by how many units in the last place they may be apart from the table's forward.
COMPOSED = {"elu": 2, "logaddexp": 4, "silu": 4, "gelu": 20, "sigmoid": 4, "softplus": 4}
SPECIALS = [0.0, -0.0, 1.0, -1.0, 0.5, math.inf, -math.inf, math.nan, 5e-324, 1e308, -745.2, 2.0, -3.0]


def same(got: float, wanted: float, ulps: float = 0.0) -> bool:
    if math.isnan(wanted) or math.isnan(got):
        return math.isnan(wanted) and math.isnan(got)
    if wanted == got:
        return math.copysign(1, wanted) == math.copysign(1, got)
    return math.isfinite(wanted) and abs(got - wanted) <= ulps * math.ulp(wanted)


@pytest.mark.parametrize("name", TABLE)
def test_every_row_of_the_table(name):
    op = TABLE[name]
    generator = random.Random(name)
    points = [tuple(generator.uniform(*interval) for interval in op.domain) for _ in range(200)]
    points += itertools.islice(itertools.product(SPECIALS, repeat=op.arity), 400)
    program = record(lambda *xs: op(*xs), *points[0]).compile("llvm")
    ulps = 0.0 if name in EXACT else COMPOSED.get(name, 2.0)
    for point, got in zip(points, program.map(points), strict=True):
        assert same(got, op.forward(*point), ulps), point
    assert same(program(*points[7]), op.forward(*points[7]), ulps)


def all_ops(point: dict[str, list[Value]]) -> Value:
    """The sum of all rows of the table, three times each, on inputs of its own for each."""
    return sum(TABLE[name](*xs) * 3.0 for name, xs in point.items())


def test_gradients_of_all_rows_are_the_graphs():
    generator = random.Random(0)
    point = {name: [generator.uniform(*interval) for interval in op.domain] for name, op in TABLE.items()}
    inputs = {name: list(map(Value, xs)) for name, xs in point.items()}
    all_ops(inputs).backward()
    _, (gradient,) = record(all_ops, point).compile("llvm").value_and_grad(point)
    for name, xs in inputs.items():
        assert gradient[name] == pytest.approx([x.grad for x in xs], rel=4e-15, abs=1e-300), name


def random_formula(seed: int, length: int):
    """A function of three numbers by + − × ÷, comparisons and choices, each result used again at random."""
    generator = random.Random(seed)
    plan = [(generator.choice("+-*/mw"), [generator.random() for _ in range(3)]) for _ in range(length)]

    def f(*inputs):
        numbers = list(inputs)
        for sign, picks in plan:
            # mostly recent numbers, sometimes one from far back, so that pieces hand numbers to later ones
            near = numbers[-5:] if picks[2] < 0.8 else numbers
            a, b = (near[int(pick * len(near))] for pick in picks[:2])
            if sign == "*":
                c = a * b * 0.5
            elif sign == "/":
                c = a / (b * b + 1.5)
            elif sign == "w":
                c = where(TABLE["less"](a, b), a - 0.3, b * 0.7)
            elif sign == "m":
                c = TABLE["maximum"](a, -b)
            else:
                c = (a + b if sign == "+" else a - b) * 0.6
            numbers.append(c)
        return numbers[-1] + numbers[len(numbers) // 2]

    return f


@pytest.mark.parametrize(
    ("seed", "length"),
    [(1, 3), (2, 40), (3, 130), *(pytest.param(*long, marks=pytest.mark.slow) for long in [(4, 500), (5, 2500)])],
)
def test_programs_of_arithmetic_to_the_bit_with_values_and_gradients(seed, length):
    f, point = random_formula(seed, length), (0.7, -1.3, 2.1)
    tape = record(f, *point)
    found = tape.compile("llvm").value_and_grad(*point)
    assert found == tape.compile("python").value_and_grad(*point)
    inputs = [Value(x) for x in point]
    y = f(*inputs)
    y.backward()
    assert found == (y.data, tuple(x.grad for x in inputs))
    assert len(tape.instructions) == len([node for node in toposort(y) if node.op])


def test_inexact_fuses_and_exact_does_not():
    tape = record(lambda x: x * x - 1.0, 1.0)
    x = 1 + 2.0**-30
    assert tape.compile("llvm")(x) == x * x - 1.0 == 2.0**-29
    fused = 2.0**-29 + 2.0**-60 if kernels.host_has_fma() else 2.0**-29
    assert tape.compile("llvm", exact=False)(x) == fused


@pytest.mark.parametrize("n", [0, 1, 7, 8, 9, 100])
def test_map_in_every_lane(n):
    rows = np.random.default_rng(n).normal(size=(n, 3))
    tape = record(lambda w, x, b: [tanh(w * x + b), w], 0.5, 2.0, -0.4)
    for backend in BACKENDS:
        result = np.asarray(tape.compile(backend).map(rows))
        result = result.reshape(n, 2)  # a memoryview without rows has one dimension
        np.testing.assert_allclose(result[:, 0], np.tanh(rows[:, 0] * rows[:, 1] + rows[:, 2]), rtol=4e-16, atol=0)
        assert (result[:, 1] == rows[:, 0]).all()


BASE = np.arange(12.0).reshape(4, 3)
READ_ONLY = BASE.copy()
READ_ONLY.flags.writeable = False


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(
    "rows",
    [
        BASE, READ_ONLY, np.asfortranarray(BASE), np.repeat(BASE, 2, axis=0)[::2], array("d", BASE.ravel()),
        memoryview(array("d", BASE.ravel())),
    ],
    ids=["array", "read-only", "columns", "strided", "flat", "memoryview"],
)  # fmt: skip
def test_map_of_buffers(backend, rows):
    program = record(lambda a, b, c: a * b - c, 1.0, 2.0, 3.0).compile(backend)
    wanted = [a * b - c for a, b, c in BASE]
    result = program.map(rows)
    assert isinstance(result, memoryview)
    assert result.tolist() == wanted
    for other in (BASE.tolist(), BASE.astype(int), BASE.astype("f4"), ([*row] for row in BASE.tolist())):
        assert program.map(other) == wanted


def test_a_buffer_is_not_copied():
    assert np.shares_memory(np.asarray(compiled._buffer(BASE, 3)), BASE)


@pytest.mark.parametrize(
    ("rows", "error", "message"),
    [
        (np.ones((2, 2)), ValueError, r"map: expected rows of 3 numbers, got a buffer of shape \(2, 2\)"),
        (array("d", [1, 2]), ValueError, r"map: expected rows of 3 numbers, got a buffer of shape \(2,\)"),
        ([[1, 2, 3], [1, 2]], ValueError, r"map: expected 3 numbers in rows\[1\], got 2"),
        ([[1, 2, 3], 7], TypeError, r"map: expected a row of numbers in rows\[1\], got 7 \(int\)"),
        ([[1, 2, "3"]], TypeError, r"map: expected a row of numbers in rows\[0\]"),
        (None, TypeError, r"map: expected rows of numbers, got None"),
    ],
)
def test_rows_that_do_not_fit(rows, error, message):
    with pytest.raises(error, match=message):
        record(lambda a, b, c: a * b - c, 1.0, 2.0, 3.0).compile("llvm").map(rows)


def test_odd_constants_and_outputs():
    program = record(lambda x: [x, 7.0, x * math.inf, x + math.nan, x * -0.0, x], 1.0).compile("llvm")
    x, seven, infinite, nan, zero, again = program(3.0)
    assert (x, seven, infinite, again) == (3.0, 7.0, math.inf, 3.0)
    assert math.isnan(nan)
    assert math.copysign(1, zero) == -1
    assert record(lambda x: Value(7.0), 1.0).compile("llvm").value_and_grad(3.0) == (7.0, (0.0,))
    assert record(lambda: Value(7.0)).compile("llvm")() == 7.0


def test_threads_do_not_mix_their_rows():
    program = record(lambda x: exp(sin(x) * erf(x)) + silu(x) * hypot(x, 2.0), 1.0).compile("llvm")
    columns = [np.random.default_rng(seed).normal(size=5000) for seed in range(8)]
    wanted = [program.map(column).tolist() for column in columns]
    found = [[] for _ in columns]

    def work(i):
        for _ in range(20):
            found[i].append(program.map(columns[i]).tolist() == wanted[i])

    threads = [threading.Thread(target=work, args=(i,)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [[True] * 20] * 8


def test_an_op_that_the_backend_lacks():
    cube = replace(TABLE["exp"], name="cube", forward=lambda x: x**3)
    tape = Tape(("x",), (), Instructions.of([Instruction(cube, (0,))]), (1,), 1, (2.0,), (2.0,), 8.0)
    with pytest.raises(ValueError, match="compile: the llvm backend has no code for cube; backend='python' has"):
        tape.compile("llvm")
    assert tape.compile("python")(2.0) == 8.0


def test_without_the_extra(monkeypatch):
    tape = record(lambda x: x * 2, 1.0)
    monkeypatch.setattr(backends.importlib.util, "find_spec", lambda name: None)
    assert tape.compile().map([[3.0]]) == [6.0]
    assert backends.choose("auto", "test") == "python"
    with pytest.raises(
        ImportError, match=r"compile: backend='llvm' needs llvmlite 0.45 or later: pip install 'autograd-lite\[jit\]'"
    ):
        tape.compile("llvm")


@pytest.mark.parametrize(("version", "chosen"), [("0.44.0", "python"), ("0.45.0rc1", "llvm"), ("1.0", "llvm")])
def test_an_llvmlite_that_is_too_old_is_none(monkeypatch, version, chosen):
    """Its LLVM does not read the assembly that is written here."""
    monkeypatch.setattr("llvmlite.__version__", version)
    assert backends.choose("auto", "test") == chosen
    if chosen == "python":
        with pytest.raises(ImportError, match=r"^test: backend='llvm' needs llvmlite 0\.45 or later: pip"):
            backends.choose("llvm", "test")


def test_the_extra_asks_for_the_llvmlite_that_is_needed():
    text = (Path(__file__).parent.parent / "pyproject.toml").read_text()
    assert f'"llvmlite>={".".join(map(str, backends.LEAST["llvmlite"]))}"' in text


@pytest.mark.parametrize("n", [1, 2, 10, 33])
def test_native_code_shuffles_as_python_does(n):
    sample = record(lambda w, x: [w * x, x], 1.0, 2.0).adjoint(output=0, n_gradients=1)
    flat = record(lambda p: p * 0.0, 1.0).adjoint()
    update = record(lambda lr, p, gradient: p, 1.0, 1.0, 1.0)
    shuffler, order = Shuffler("seed"), list(range(n))
    training = Training(sample, flat, update, Batches(array("d", [1.0] * n), n, 1, Shuffler("seed")))
    for _ in range(3):
        shuffler.shuffle(order)
        training.advance(n)
        assert list(training.order) == order
    assert sorted(order) == list(range(n))


def test_a_long_tape_is_cut_into_pieces_that_share_few_places():
    tape = record(random_formula(6, 2000), 0.7, -1.3, 2.1)
    block = lowering.Block(tape, 0, 4, adds=False, fuse=False)
    slots, n_slots = block._slots
    assert len(tape.instructions) > 4 * lowering.PIECE
    assert 0 < n_slots < len(slots)


def test_a_comparison_of_a_number_with_itself():
    """LLVM 22 turned this nan into 0 where it found the comparison out by itself."""
    less, greater, divide = (TABLE[name] for name in ("less", "greater", "divide"))
    tape = record(lambda x: less(x, x) - divide(less(x, x), greater(x, 1.0)), 0.5)
    for backend in BACKENDS:
        assert math.isnan(tape.compile(backend)(0.5))


def test_a_call_within_a_call():
    """As a signal handler makes it, or a second thread: the memory that is in use is not waited for."""
    program = record(lambda x: x * x, 1.0).compile("llvm")
    with program._value._few._busy:
        assert program(3.0) == 9.0
        assert program.map([[2.0], [4.0]]) == [4.0, 16.0]


@pytest.mark.parametrize("backend", BACKENDS)
def test_copies_and_pickles(backend):
    program = record(hypot, 1.0, 2.0).compile(backend, exact=False)
    for other in (copy.copy(program), copy.deepcopy(program), pickle.loads(pickle.dumps(program))):
        assert (other(3.0, 4.0), other.backend, other.exact) == (5.0, backend, False)


@pytest.mark.parametrize("backend", BACKENDS)
def test_map_without_inputs_or_outputs(backend):
    assert record(lambda: Value(7.0)).compile(backend).map([[], []]) == [7.0, 7.0]
    assert record(lambda x: [], 1.0).compile(backend).map([[1.0], [2.0]]) == [[], []]
    assert record(lambda x: [], 1.0).compile(backend).map(np.ones((2, 1))).nbytes == 0
    with pytest.raises(TypeError, match="map: expected rows of numbers"):
        record(lambda x: x, 1.0).compile(backend).map(np.array(1.0))

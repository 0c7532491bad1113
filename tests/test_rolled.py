"""Native code from statements: held to straight-line code bit for bit, to the tape's own run, and at every width."""

import math
import subprocess
import sys
from array import array
from dataclasses import replace
from functools import cache

import pytest

pytest.importorskip("llvmlite")

from autograd_lite import ops, record
from autograd_lite.backends import Batches
from autograd_lite.backends.llvm import machine, memory
from autograd_lite.backends.llvm import rows as rows_module
from autograd_lite.backends.llvm.arrays import Lattice, Layout
from autograd_lite.backends.llvm.batch import Batch
from autograd_lite.backends.llvm.nests import write_nests
from autograd_lite.backends.llvm.rolled import Rolled
from autograd_lite.backends.llvm.rows import Program
from autograd_lite.backends.llvm.sites import Nest, Site, Terms
from autograd_lite.backends.llvm.training import Training, sums_of
from autograd_lite.backends.llvm.writing import Call
from tests.halves import chosen, some
from tests.nets import OTHERS, net, numbers

TAPES = {
    "3-2-1": lambda: net([3, 2, 1]),
    "2-16-16-1": lambda: net([2, 16, 16, 1], "tanh", "hinge"),
    "5-9-17-3": lambda: net([5, 9, 17, 3], "gelu", "cross_entropy"),
    "4-34": lambda: net([4, 34], "sigmoid", "binary_cross_entropy"),
    "1-1-1-1": lambda: net([1, 1, 1, 1], "relu"),
    "33-70-2": lambda: net([33, 70, 2], "sigmoid"),
    **OTHERS,
}
WIDTHS, BATCH_SIZES = [2, 4, 8], [1, 7, 10, 130]
LARGE = [
    "33-70-2",
    "attention",
    "5-9-17-3",
    "2-16-16-1",
    "4-34",
    "recurrent",
    "skip",
    "heads",
]  # whose straight-line code takes long to compile


def one_of_all(tape, width, size):
    """A twelfth of all triples: each tape has one, and every width meets every size.

    Two that take long have sisters of their kind: heads and 4-34.
    """
    return (5 * tape + 4 * width + 3 * size) % 12 == 0 and list(TAPES)[tape] not in ("attention", "33-70-2")


def one_of_each(tape, width):
    """Each tape has one width; those whose straight-line code takes long to compile have none."""
    return tape % 3 == width and list(TAPES)[tape] not in LARGE


@pytest.fixture(params=WIDTHS)
def lanes(request, monkeypatch):
    monkeypatch.setattr(machine, "width", lambda: request.param)
    return request.param


@cache
def made(name):
    return TAPES[name]()


def samples(tape, n_shared, n):
    """n rows of what is no parameter; targets are as they were recorded."""
    kept = [i for i in range(n_shared, len(tape.labels)) if tape.labels[i] == "y"]
    rows = []
    for s in range(n):
        row = numbers(len(tape.labels), 100 + s)
        for i in kept:
            row[i] = tape.example[i]
        rows.append(row[n_shared:])
    return rows


@pytest.mark.parametrize(
    ("name", "lanes"),
    some(list(TAPES), WIDTHS, often=one_of_each),
    indirect=["lanes"],
)
def test_loops_are_the_straight_line_code_to_the_bit(name, lanes, monkeypatch):
    tape = made(name)
    n = len(tape.labels)
    monkeypatch.setattr(rows_module, "ROLLED", -1.0)  # every tape as loops, the irregular one, too
    rolled = Program(tape)
    monkeypatch.setattr(rows_module, "ROLLED", 2.0)
    straight = Program(tape)
    rows = samples(tape, 0, 67)
    results = []
    for code in (rolled, straight):
        results.append(array("d", bytes(8 * 67 * len(tape.outputs))))
        code.map(memoryview(array("d", [x for row in rows for x in row])), memoryview(results[-1]), 67)
    assert results[0].tobytes() == results[1].tobytes()
    assert rolled.run(*rows[5]) == tuple(results[0][5 * len(tape.outputs) : 6 * len(tape.outputs)])
    by_hand = tape.run(rows[5])
    assert rolled.run(*rows[5]) == pytest.approx([by_hand[i] for i in tape.outputs], rel=1e-12, abs=1e-13)
    assert n == len(rows[0])


def zeros_of_both_signs(*xs):
    """Two loops of one form, but for the sign of the zero that they multiply by."""
    sums, products = (
        [x + y for x, y in zip(xs, xs[3:], strict=False)],
        [x * y for x, y in zip(xs, xs[3:], strict=False)],
    )
    return [*sums, *products, *(x * -0.0 for x in sums), *(x * 0.0 for x in products)]


def test_loops_that_differ_by_the_sign_of_a_zero_are_two(monkeypatch):
    monkeypatch.setattr(rows_module, "ROLLED", -1.0)
    tape = record(zeros_of_both_signs, *[1.0] * 6)
    found = tape.run(tape.example)
    assert [x.hex() for x in Program(tape).run(*tape.example)] == [found[i].hex() for i in tape.outputs]


def test_a_form_tells_the_number_of_an_argument_from_a_stride():
    """Side by side, or five apart: the second is given where the outputs stand and how far apart."""
    ends = [Site("sum", 30, (1,), 0), Site("sum", 19, (5,), 0)]
    zero = Terms(0, 1, (Site("constant", "0x0p+0", (0,), 0),))
    calls = [Call(write_nests, (Nest((2,), ops.add, (zero,), end),), in_loops=True) for end in ends]
    (side_by_side, one), (apart, two) = [call.form() for call in calls]
    assert (one, two) == ([30], [19, 5])
    assert side_by_side != apart


@cache
def by_the_tape(name, batch_size):
    """Parameters, as many rows as a batch has, and what the tape's own run puts out for each."""
    tape = made(name)
    n_parameters = len(tape.outputs) - 1
    start, rows = numbers(n_parameters, 3), samples(tape, n_parameters, batch_size)
    runs = [tape.run([*start, *row]) for row in rows]
    return start, rows, [[run[i] for i in tape.outputs] for run in runs]


@pytest.mark.parametrize(
    ("name", "lanes", "batch_size"),
    some(list(TAPES), WIDTHS, BATCH_SIZES, often=one_of_all),
    indirect=["lanes"],
)
def test_sums_over_a_batch(name, batch_size, lanes, monkeypatch):
    """The gradient of a step is the sum of the samples' gradients, each by the tape's own run."""
    monkeypatch.setattr(rows_module, "ROLLED", -1.0)
    tape = made(name)
    n_parameters = len(tape.outputs) - 1
    sample = replace(tape, outputs=(tape.outputs[0], *tape.outputs))
    start, rows, found = by_the_tape(name, batch_size)
    expected = list(zip(*found, strict=True))
    penalty = record(lambda p: 3.0 * p * p + 1.0, 1.0).adjoint()  # what pads an axis to whole vectors has none
    update = record(lambda lr, p, gradient, state: [p - lr * gradient, state + gradient], 1.0, 1.0, 1.0, 1.0)
    data = array("d", [x for row in rows for x in row]) or array("d", [0.0])
    training = Training(sample, penalty, update, Batches(data, batch_size, batch_size))
    training.load(start, [[0.5] * n_parameters])
    training.settings[:] = [1.0]
    for step in range(2):  # what was added up is 0 again
        if step:
            training.load(start, [[0.5] * n_parameters])
        finished, fine = training.advance(1)
        assert fine
        penalties = math.fsum(3.0 * p * p + 1.0 for p in start)
        total = math.fsum(expected[0])
        assert finished[0] == pytest.approx((total + penalties * batch_size, total), rel=1e-11, abs=1e-12)
        means = [math.fsum(column) / batch_size + 6.0 * p for column, p in zip(expected[1:], start, strict=True)]
        assert training.parameters == pytest.approx(
            [p - g for p, g in zip(start, means, strict=True)], rel=1e-11, abs=1e-12
        )
        assert training.states[0] == pytest.approx([0.5 + g for g in means], rel=1e-11, abs=1e-12)


@pytest.mark.parametrize(
    ("name", "as_loops"),
    some(
        ["3-2-1", "irregular", "4-34", "tied", "2-16-16-1", "5-9-17-3"],
        [True, False],
        often=lambda tape, way: tape < 2 and (tape + way) % 2 == 0,
    ),
)
def test_targets_that_stand_apart_change_nothing(name, as_loops, monkeypatch):
    """The last inputs, at every place where a row may be cut, are read where they are."""
    monkeypatch.setattr(rows_module, "ROLLED", -1.0 if as_loops else 2.0)
    tape = made(name)
    sample = replace(tape, outputs=(tape.outputs[0], *tape.outputs))
    penalty = record(lambda p: 0.0 * p, 1.0).adjoint()
    update = record(lambda lr, p, gradient: [p - lr * gradient], 1.0, 1.0, 1.0)
    n_parameters = len(tape.outputs) - 1
    start, rows = numbers(n_parameters, 3), samples(tape, n_parameters, 70)
    found = []
    for n_targets in {0, 1, len(rows[0]) // 2, len(rows[0]) - 1} - {len(rows[0])} if rows[0] else {0}:
        cut = len(rows[0]) - n_targets
        data, targets = (array("d", [x for row in rows for x in part(row, cut)]) for part in (head, tail))
        training = Training(sample, penalty, update, Batches(data or array("d", [0.0]), 70, 40, targets=targets))
        training.load(start, [])
        training.settings[:] = [0.5]
        found.append((training.advance(4), training.parameters, training.gradient(69)))
    assert all(one == found[0] for one in found)


def head(row, cut):
    return row[:cut]


def tail(row, cut):
    return row[cut:]


def test_a_loop_over_inputs_and_targets_wants_them_in_one_row():
    tape = record(lambda w, *xs: [sum(w * x for x in xs), 1.0], 1.0, *numbers(60)).adjoint(output=0, n_gradients=1)
    rows = Batches(array("d", numbers(80)), 2, 2, targets=array("d", numbers(40, 1)))
    sums, joined = sums_of(tape, 1, rows)
    assert isinstance(sums, Rolled)
    assert len(joined.targets) == 0
    assert joined.rows.tolist() == [*numbers(80)[:40], *numbers(40, 1)[:20], *numbers(80)[40:], *numbers(40, 1)[20:]]


@pytest.mark.parametrize("lanes", chosen(WIDTHS, 8), indirect=True)
def test_shared_inputs_stay(lanes):
    tape = made("5-9-17-3")
    n_shared = len(tape.outputs) - 1
    start, rows = numbers(n_shared, 1), samples(tape, n_shared, 11)
    whole, shared = Program(tape), Program(tape, shared=start)
    results = array("d", bytes(8 * 11 * len(tape.outputs)))
    shared.map(memoryview(array("d", [x for row in rows for x in row])), memoryview(results), 11)
    assert list(results) == [x for row in rows for x in whole.run(*start, *row)]


def test_a_lattice():
    lattice = Lattice.of(9, [(-31, 4), (1, 3), (0, 7), (5, 1)])
    assert (lattice.start, lattice.axes, lattice.size, lattice.end) == (9 - 93, ((31, 4), (1, 3)), 12, 11)
    assert lattice.numbers() == [-84 + 31 * i + k for i in range(4) for k in range(3)]
    assert [lattice.indices(x) for x in (-84, 11, -81, 40)] == [(0, 0), (3, 2), None, None]
    dense = Lattice.of(5, [(1, 10), (1, 3), (40, 2), (-2, 4)])
    assert (dense.start, dense.axes) == (-1, ((40, 2), (1, 18)))
    assert lattice.contains(Lattice(-53, ((31, 2),)))
    assert not lattice.contains(Lattice(-53, ((31, 4),)))
    assert not lattice.contains(Lattice(-84, ((2, 2),)))


@pytest.mark.parametrize(
    ("samples", "n_parameters", "numbers", "at_once"),
    [
        (10, 23_860, 260, 10),  # a batch that fits comes as a whole,
        (100, 337, 183, 16),  # a larger one in parts of whole vectors that stay cached
        (1000, 337, 183, 16), (100, 23_860, 260, 52), (130, 0, 1, 16), (7, 0, 1 << 20, 1), (1, 5, 9, 1),
    ],
)  # fmt: skip
def test_how_many_samples_have_a_place_at_once(samples, n_parameters, numbers, at_once):
    assert memory._at_once(samples, n_parameters, numbers, 4) == at_once


def test_a_gradient_that_nobody_reads_takes_no_place_beside_a_samples():
    tape = made("33-70-2")
    n_parameters = len(tape.outputs) - 1
    batch = Batch(rows_module.rolled(tape), n_parameters, 10, fuse=True, first_gradient=1)
    assert batch.scratch_size < n_parameters * 10


@pytest.mark.parametrize("crossed", [False, True])
def test_every_parameter_has_a_place_of_its_own(crossed):
    layout = Layout(40, 4)
    weights = Lattice.of(3, [(6, 5), (1, 5)])
    layout.claim(weights, 6)
    layout.claim(weights, 1)
    layout.claim(Lattice.of(10, [(6, 3), (1, 2)]), 6)
    if crossed:
        layout.claim(Lattice.of(0, [(3, 4)]), 0)
    layout.settle()
    assert len(set(layout.places)) == 40
    assert all(0 <= place < layout.n_trained <= layout.size for place in layout.places)
    assert len(layout.copies) == (0 if crossed else 1)
    part = layout.find(10, [(6, 3), (1, 2)], 6)
    places = [part.place(10) + i * part.step(6) + k * part.step(1) for i in range(3) for k in range(2)]
    assert places == [layout.places[10 + 6 * i + k] for i in range(3) for k in range(2)]
    assert crossed or part.step(6) == 1


BEFORE_A_WALL = """
import ctypes, mmap
from autograd_lite import record, tanh

PAGE, WIDTH, ROWS = mmap.PAGESIZE, 21, 5  # an odd width: the last vector of a row is not full

def f(xs, ys):
    products = [x * y for x, y in zip(xs, ys)]
    return sum(tanh(a) for a in products) + sum(a * b for a, b in zip(products, reversed(products)))

memory = mmap.mmap(-1, 2 * PAGE)
wall = ctypes.addressof(ctypes.c_char.from_buffer(memory)) + PAGE
assert ctypes.CDLL(None).mprotect(ctypes.c_void_p(wall), ctypes.c_size_t(PAGE), 0) == 0  # 0: nobody may read it
rows = memoryview(memory)[PAGE - 16 * WIDTH * ROWS : PAGE].cast("d", shape=[ROWS, 2 * WIDTH])
print(len(record(f, [0.1] * WIDTH, [0.2] * WIDTH).compile("llvm").map(rows)))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="a page is closed by Linux's mprotect")
def test_nothing_behind_the_rows_is_read():
    done = subprocess.run([sys.executable, "-c", BEFORE_A_WALL], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "5\n"), done.stderr

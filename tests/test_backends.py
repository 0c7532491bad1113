"""The protocol that every backend keeps: programs, trainers, sources, ops it has no code for, and what auto takes."""

import random
from array import array
from importlib.util import find_spec

import pytest

from autograd_lite import Value, logsumexp, pick, record, silu, tanh
from autograd_lite.backends import BACKENDS, Batches, Shuffler, choose, find
from autograd_lite.backends.compiled import LANGUAGES, SHORT
from autograd_lite.ops import TABLE
from autograd_lite.tape import Instruction, Instructions, Tape

HERE = [name for name in BACKENDS if not BACKENDS[name] or find_spec(BACKENDS[name])]
every_backend = pytest.mark.parametrize("name", HERE)


def f(x, y):
    return tanh(x * y) + silu(x) * 3.0


@every_backend
def test_a_program_gives_the_outputs_for_one_row_and_for_many(name):
    tape = record(f, 0.5, -1.0)
    program = find(name).program(tape)
    assert find(name).supports(tape)
    assert list(program.run(0.5, -1.0)) == pytest.approx([f(0.5, -1.0)], rel=1e-15)
    rows, results = array("d", [0.5, -1.0, 2.0, 0.25]), array("d", [0.0, 0.0])
    program.map(memoryview(rows), memoryview(results), 2)
    assert results.tolist() == pytest.approx([f(0.5, -1.0), f(2.0, 0.25)], rel=1e-15)


@every_backend
def test_it_writes_its_source(name):
    assert "tanh" in find(name).source(record(f, 0.5, -1.0))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_tape_in_another_language(language):
    if language == "llvm":
        pytest.importorskip("llvmlite")
    assert "tanh" in record(f, 0.5, -1.0).source(language)


def test_an_unknown_language():
    with pytest.raises(ValueError, match=r"Tape\.source: expected one of python, .*, got 'cobol' \(str\)"):
        record(f, 0.5, -1.0).source("cobol")


# A straight line through points, by three tapes; Python's loops say what comes of it.
POINTS = [(0.0, 1.0), (1.0, 2.9), (2.0, 5.1), (3.0, 7.0), (-1.0, -1.2)]
LR, L2 = 0.05, 0.01


def sample(w, b, x, y):
    error = w * x + b - y
    return [error * error * 0.5, TABLE["less"](error * error, 0.1)]


def tapes():
    return (
        record(sample, 0.0, 0.0, 0.0, 0.0),
        record(lambda p: p * p * L2, 0.0),
        record(lambda lr, p, gradient, v: [p - lr * (0.9 * v + gradient), 0.9 * v + gradient], 0.0, 0.0, 0.0, 0.0),
    )


def by_hand(size, n_epochs, shuffler):
    p, v, order, epochs = [0.5, -0.5], [0.0, 0.0], list(range(len(POINTS))), []
    for _ in range(n_epochs):
        if shuffler:
            shuffler.shuffle(order)
        cost = right = 0.0
        for start in range(0, len(order), size):
            batch = [POINTS[i] for i in order[start : start + size]]
            errors = [p[0] * x + p[1] - y for x, y in batch]
            cost += sum(0.5 * e * e for e in errors) + L2 * (p[0] ** 2 + p[1] ** 2) * len(batch)
            right += sum(e * e < 0.1 for e in errors)
            slopes = [sum(e * x for e, (x, _) in zip(errors, batch, strict=True)), sum(errors)]
            g = [slope / len(batch) + 2 * L2 * q for slope, q in zip(slopes, p, strict=True)]
            v = [0.9 * old + new for old, new in zip(v, g, strict=True)]
            p = [q - LR * new for q, new in zip(p, v, strict=True)]
        epochs.append((cost, right))
    return p, v, epochs


@every_backend
@pytest.mark.parametrize("shuffled", [False, True])
@pytest.mark.parametrize("size", [1, 2, 5])
def test_a_trainer_descends_as_by_hand(name, size, shuffled):
    rows = array("d", [x for point in POINTS for x in point])
    batches = Batches(rows, len(POINTS), size, Shuffler(7) if shuffled else None)
    trainer = find(name).trainer(*tapes(), batches)
    trainer.load([0.5, -0.5], [[0.0, 0.0]])
    trainer.settings[:] = [LR]
    n_batches = -(-len(POINTS) // size)
    first, fine = trainer.advance(n_batches)
    later, still_fine = trainer.advance(2 * n_batches)
    p, v, epochs = by_hand(size, 3, Shuffler(7) if shuffled else None)
    assert fine
    assert still_fine
    assert list(trainer.parameters) == pytest.approx(p, rel=1e-12)
    assert list(trainer.states[0]) == pytest.approx(v, rel=1e-12)
    assert [*first, *later] == [pytest.approx(epoch, rel=1e-12) for epoch in epochs]


@every_backend
def test_a_trainer_tells_the_gradient_of_one_sample_and_goes_on_as_if_nothing_had_been(name):
    rows = array("d", [x for point in POINTS for x in point])
    twins = [find(name).trainer(*tapes(), Batches(rows, len(POINTS), 2)) for _ in range(2)]
    for trainer in twins:
        trainer.load([0.5, -0.5], [[0.0, 0.0]])
        trainer.settings[:] = [LR]
        trainer.advance(1)
    w, b = twins[0].parameters
    for index, (x, y) in enumerate(POINTS):
        cost, gradient = twins[0].gradient(index)
        error = w * x + b - y
        assert [cost, *gradient] == pytest.approx([0.5 * error * error, error * x, error], rel=1e-12)
    first, second = (trainer.advance(5) for trainer in twins)
    assert first == second
    assert list(twins[0].parameters) == list(twins[1].parameters)


@every_backend
def test_a_trainer_stops_before_a_batch_that_is_not_finite(name):
    rows = array("d", [x for point in [*POINTS, (float("inf"), 0.0)] for x in point])
    trainer = find(name).trainer(*tapes(), Batches(rows, 6, 2))
    trainer.load([0.5, -0.5], [[0.0, 0.0]])
    trainer.settings[:] = [LR]
    assert trainer.advance(2) == ([], True)
    before = list(trainer.parameters)
    assert trainer.advance(1) == ([], False)
    assert (list(trainer.parameters), trainer.batch()) == (before, [4, 5])


@every_backend
@pytest.mark.parametrize("n", [1, 2, 7])
def test_rows_of_any_number_of_inputs(name, n):
    generator = random.Random(n)
    xs = [generator.uniform(-3, 3) for _ in range(n)]

    def cost(index, *zs):
        return logsumexp(*zs) - pick(index, *zs)

    program = record(cost, 0.0, *xs).compile(name)
    for k in range(n):
        inputs = [Value(k), *map(Value, xs)]
        y = cost(*inputs)
        y.backward()
        value, gradient = program.value_and_grad(float(k), *xs)
        assert value == pytest.approx(y.data, rel=1e-14, abs=1e-15)
        assert gradient == pytest.approx([x.grad or 0.0 for x in inputs], rel=1e-14, abs=1e-15)
    assert all(x != x for x in program.map([[-1.0, *xs], [float(n), *xs]]))


def test_what_a_backend_has_no_code_for_is_written_out_by_definition():
    tape = record(lambda x: logsumexp(x, 2.0 * x), 0.3)
    few = {"add", "subtract", "multiply", "where", "greater", "equal", "exp", "log1p"}
    written = tape.inlined(lambda op: op.name in few)
    assert {step.op.name for step in written.instructions} <= few
    assert written.run([0.3])[written.outputs[0]] == tape.run([0.3])[tape.outputs[0]]


def test_auto_runs_a_call_of_a_short_program_in_python_and_rows_on_the_fastest():
    short = record(f, 0.5, -1.0).compile()
    assert short(0.5, -1.0) == f(0.5, -1.0)
    assert short.backend == "auto"
    assert type(short._value).__module__ == "autograd_lite.backends.python"
    assert type(short._rows).__module__.split(".")[2] == HERE[0]
    long = record(lambda x: sum((x * float(k) for k in range(SHORT)), x * 0.5), 1.0).compile()
    assert type(long._value).__module__.split(".")[2] == HERE[0]


def test_auto_asks_what_the_tape_needs():
    strange = type(TABLE["exp"])("strange", "s", abs, lambda x, out: (1.0,), "s({})", "s({})", ((0, 1),), 4)
    tape = Tape(("x",), (), Instructions.of([Instruction(strange, (0,))]), (1,), 1, (2.0,), (2.0,), 2.0)
    assert choose("auto", "test", needs=[record(f, 0.5, -1.0)]) == HERE[0]
    assert choose("auto", "test", needs=[tape]) == "python"
    assert tape.compile().map([[-3.0]]) == [3.0]


def test_an_unknown_backend():
    with pytest.raises(ValueError, match=r"fit: expected backend to be auto, eager, .*python, llvm, got 'gpu' \(str\)"):
        choose("gpu", "fit", "eager")

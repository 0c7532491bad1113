"""The tape: the same numbers as the eager engine to the bit, each computed once, and readable."""

import math
import random
from collections import namedtuple
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd_lite import Value, exp, no_grad, record, tanh, trace
from autograd_lite.ops import TABLE
from autograd_lite.tape import Instruction, Instructions, Tape
from nn import MLP
from nn.losses import cross_entropy
from tests.programs import programs


def bits(x):
    return "nan" if math.isnan(x) else x.hex()


def eager(f, *args):
    """Value and gradient on the eager engine."""
    values = [Value(x) for x in args]
    y = f(*values)
    y.backward()
    return y.data, tuple(v.grad for v in values)


def agree(f, *args):
    compiled = record(f, *args).compile("python")
    value, gradient = compiled.value_and_grad(*args)
    expected, expected_gradient = eager(f, *args)
    assert bits(value) == bits(expected) == bits(compiled(*args))
    assert list(map(bits, gradient)) == list(map(bits, expected_gradient))


@pytest.mark.parametrize("op", TABLE.values(), ids=TABLE.keys())
def test_every_op_is_the_eager_one_to_the_bit(op):
    generator = random.Random(op.name)
    for _ in range(10):
        agree(op, *[generator.uniform(low, high) for low, high in op.domain])


EDGES = [0.0, -0.0, 1.0, -1.0, math.inf, -math.inf, math.nan, 1e308, -1000.0, 1000.0]


@pytest.mark.parametrize("times", [10, pytest.param(100, marks=pytest.mark.slow)])
@pytest.mark.parametrize("op", TABLE.values(), ids=TABLE.keys())
def test_every_op_at_the_edges(op, times):
    generator = random.Random(op.name)
    for _ in range(times):
        agree(op, *[generator.choice(EDGES) for _ in range(op.arity)])


STEPS = [
    "add",
    "subtract",
    "multiply",
    "divide",
    "maximum",
    "tanh",
    "sin",
    "relu",
    "sigmoid",
    "abs",
    "greater",
    "where",
]


@given(
    st.lists(st.tuples(st.sampled_from(STEPS), *[st.integers(0, 20)] * 3), min_size=1, max_size=15),
    st.floats(-3, 3),
    st.floats(-3, 3),
)
def test_random_programs_to_the_bit(steps, p, q):
    def f(x, y):
        values = [x, y, x * 1.0, y + 2.0]
        for name, *places in steps:
            op = TABLE[name]
            values.append(op(*[values[i % len(values)] for i in places[: op.arity]]))
        return sum(values)

    agree(f, p, q)


def test_a_network_and_its_loss_to_the_bit():
    model = MLP(2, [5, 4, 3], "tanh", seed=0)
    agree(lambda x, y: cross_entropy(model([x, y]), 1), 0.3, -0.7)


def test_recorded_numbers_are_constants_and_each_stands_once():
    w = Value(3.0)
    tape = record(lambda x: w * x + 2.0 * x + 2.0, 1.0)
    assert tape.simplified().constants == (3.0, 2.0)


def test_what_is_computed_twice_or_not_used_or_times_one_is_not_there():
    def f(x):
        _ = exp(x)  # not used
        return (x * x + 1.0) * (x * x + 1.0) * 1.0

    tape = record(f, 2.0).simplified()
    assert [step.op.name for step in tape.instructions] == ["multiply", "add", "multiply"]
    agree(f, 0.1)


def test_numbers_come_before_their_use():
    tape = record(lambda x, y: tanh(x * y) / (x + y), 0.5, 2.0).adjoint()
    start = len(tape.labels) + len(tape.constants)
    assert all(a < start + i for i, step in enumerate(tape.instructions) for a in step.arguments)
    assert 0 < tape.n_primal < len(tape.instructions)


def test_a_rule_runs_once_for_a_tape():
    calls = []

    def partials(x, out):
        calls.append(type(x).__name__)
        return TABLE["tanh"].partials(x, out)

    op = replace(TABLE["tanh"], partials=partials)
    instructions = Instructions.of(Instruction(op, (i,)) for i in range(20))
    tape = Tape(("x",), (), instructions, (20,), 20, (0.5,)).adjoint()
    assert calls.count("Entry") == 1
    assert len(tape.instructions) == 20 + 20 + 19
    x = y = Value(0.5)
    for _ in range(20):
        y = y.tanh()
    y.backward()
    assert [tape.run((0.5,))[i] for i in tape.outputs] == [y.data, x.grad]


@given(programs)
def test_the_gradient_by_the_first_inputs_only_is_no_other(program):
    tape = record(program, *program.point)
    whole, part = tape.adjoint(), tape.adjoint(n_gradients=1)
    assert len(part.instructions) <= len(whole.instructions)
    expected, got = ([t.run(program.point)[i] for i in t.outputs] for t in (whole, part))
    assert list(map(bits, expected[:2])) == list(map(bits, got))


def test_the_listing_is_a_lesson_in_80_columns():
    text = str(record(lambda w, x, b: tanh(w * x + b), 0.5, 2.0, -0.4))
    lines = text.splitlines()
    assert max(map(len, lines)) <= 80
    assert [line.split() for line in lines if "v4 " in line or "v7 " in line] == [
        ["v4", "v3", "+", "v2", "0.6"], ["v7", "v1", "*", "v6", "1.42315553"], ["v7", "∂/∂w", "1.42315553"],
    ]  # fmt: skip
    assert lines.index("program") < lines.index("adjoint program") < lines.index("outputs")
    assert "output 1" in str(record(lambda x: [x, x * x], 2.0))


def test_nested_arguments_and_results():
    Point = namedtuple("Point", "x y")

    def f(point, weights, more):
        return {"sum": point.x * weights[0] + weights[1][0], "rest": [more["k"] * 2, 5.0]}

    compiled = record(f, Point(1.0, 2.0), [3.0, (4.0,)], {"k": 5.0}).compile()
    assert compiled(Point(1.0, 2.0), [3.0, (4.0,)], {"k": 5.0}) == {"sum": 7.0, "rest": [10.0, 5.0]}
    g = record(lambda p, w: p.x * p.y * w[0], Point(1.0, 2.0), [3.0]).compile()
    value, (point, weights) = g.value_and_grad(Point(2.0, 5.0), [10.0])
    assert (value, point, weights) == (100.0, Point(50.0, 20.0), [10.0])


def test_outputs_that_do_not_depend_on_the_inputs():
    compiled = record(lambda x: Value(7.0), 1.0).compile()
    assert compiled.value_and_grad(3.0) == (7.0, (0.0,))
    assert record(lambda x: 7, 1.0).compile()(2.0) == 7.0
    assert record(lambda x: x, 1.0).compile().value_and_grad(2.0) == (2.0, (1.0,))


def test_a_recording_keeps_nothing_of_the_callers():
    args, result = [1.0, 2.0], []

    def f(v):
        result[:] = [v[0] * v[1], v[0]]
        return result

    with no_grad():
        program = record(f, args).compile("python")
    args.append(3.0)
    result.clear()
    assert program([5.0, 2.0]) == [10.0, 5.0]


def test_map():
    compiled = record(lambda x, y: x * y, 1.0, 2.0).compile("python")
    assert compiled.map([[2, 3], (4.0, 5.0)]) == [6.0, 20.0]
    assert compiled.backend == "python"
    assert record(lambda x: x, 1.0).compile().backend == "auto"


@pytest.mark.parametrize("length", [2_000, pytest.param(100_000, marks=pytest.mark.slow)])
def test_long_programs(length):
    def f(x):
        y = x
        for _ in range(length):
            y = y * 0.999 + 0.001
        return y

    compiled = record(f, 1.5).compile("python")
    expected = 1.5
    for _ in range(length):
        expected = expected * 0.999 + 0.001
    assert compiled(1.5) == expected


def test_labels_never_reach_the_code():
    evil = Value(2.0, "x'); raise SystemExit(")
    assert record(lambda x: x * evil, 1.0).compile()(3.0) == 6.0
    assert record(lambda x: x * math.inf + math.nan, 1.0).compile()(3.0) != 0


def cyclic():
    loop = [1.0]
    loop.append(loop)
    return loop


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: record(lambda x: "no", 1.0), TypeError, "record: expected f to return Values, .* got 'no'"),
        (lambda: record(5, 1.0), TypeError, "record: expected a function, got 5"),
        (lambda: record(lambda x: x, "1"), TypeError, "record: x: expected a real number"),
        (lambda: record(lambda x: x, cyclic()), ValueError, "does one contain itself"),
        (
            lambda: record(lambda x: x, 1.0).compile("gpu"),
            ValueError,
            "expected backend to be auto, .*python, llvm, got 'gpu'",
        ),
        (
            lambda: record(lambda x: x[0], [1.0]).compile()([1.0, 2.0]),
            ValueError,
            r"expected arguments of the structure \(\[number\]\), got",
        ),
        (lambda: record(lambda x: x, 1.0).compile()("1"), TypeError, "compiled: expected a real number"),
        (
            lambda: record(lambda x: x, 1.0).compile().map([[1, 2]]),
            ValueError,
            "expected 1 numbers in rows",
        ),
        (
            lambda: record(lambda x: [x, x], 1.0).compile().value_and_grad(1.0),
            ValueError,
            "value_and_grad: expected a function of 1 output, got 2",
        ),
    ],
)
def test_errors(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_a_label_that_somebody_made_no_text_is_refused():
    x = Value(2.0, "x")
    x.label = 3
    with pytest.raises(TypeError, match=r"^trace: expected every label to be a str, got 3 \(int\)$"):
        trace([x * x], [x])

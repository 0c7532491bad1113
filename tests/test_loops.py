"""Loops found again: the statements compute what the tape does, to the bit, and the closed forms are one each."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd_lite import Value, record
from autograd_lite.backends.loops import interpreter
from autograd_lite.backends.loops.coding import nests, stretches
from autograd_lite.backends.loops.writing import listing
from autograd_lite.ops import TABLE
from autograd_lite.tape import Instruction, Instructions, Tape, trace
from demos.gpt import GPT, surprise
from nn.layers import ACTIVATIONS
from tests.graphs import programs as exact_programs
from tests.graphs import run as exact_run
from tests.halves import even, some
from tests.nets import OTHERS, net, numbers
from tests.programs import programs


def bits(x):
    return "nan" if math.isnan(x) else x.hex()


def agree(tape, inputs=None):
    """Every number that a statement makes is the tape's, to the bit; so are the outputs; no instruction is lost."""
    inputs = tape.example if inputs is None else inputs
    loops, expected = tape.loops(), tape.run(inputs)
    arrays = interpreter.run(loops, inputs)
    for s in loops.statements:
        got = arrays[s.storage][s.base : s.base + s.size]
        assert list(map(bits, got)) == [bits(expected[number]) for number in s.numbers], str(s)
    assert list(map(bits, interpreter.outputs(loops, inputs))) == [bits(expected[i]) for i in tape.outputs]
    assert sum(s.instructions for s in loops.statements) == len(tape.instructions)
    assert loops.n_primal <= len(loops.statements)
    return loops


NETS = [
    [1, 1],
    [3, 2, 1],
    [2, 16, 16, 1],
    [1, 5, 1, 3],
    [4, 7, 5, 6, 3, 2, 2],
    [3, 64, 2],
]


@pytest.mark.parametrize(("sizes", "activation"), some(NETS, list(ACTIVATIONS), often=even), ids=str)
def test_nets_to_the_bit(sizes, activation):
    agree(net(sizes, activation))


@pytest.mark.parametrize("name", OTHERS)
def test_other_loops_to_the_bit(name):
    tape = OTHERS[name]()
    agree(tape)
    for seed in range(3):
        agree(tape, [x * 1.5 for x in numbers(len(tape.labels), seed)])


@pytest.mark.parametrize("op", TABLE.values(), ids=TABLE.keys())
def test_every_op_at_the_edges(op):
    edges = [0.0, -0.0, 1.0, -1.0, math.inf, -math.inf, math.nan, 1e308, -1000.0, 1000.0]
    generator = random.Random(op.name)
    tape = record(lambda *xs: op(*xs), *[low for low, _ in op.domain]).adjoint()
    for _ in range(10):
        agree(tape, [generator.choice(edges) for _ in tape.labels])


@given(programs)
def test_random_programs_to_the_bit(program):
    tape = record(program, *program.point)
    agree(tape)
    agree(tape.adjoint())


@given(exact_programs(), st.integers(1, 4))
def test_random_programs_side_by_side(steps, copies):
    """The same program on several inputs: one loop over them."""
    xs = [Value(x, f"x[{i}]") for i, x in enumerate(numbers(2 * copies))]
    roots = [exact_run(steps, (xs[2 * i], xs[2 * i + 1]))[-1] for i in range(copies)]
    agree(trace([sum(roots)], xs).adjoint())
    agree(trace(roots, xs))


def test_the_same_formula_on_many_inputs_is_one_loop():
    xs = [Value(x, f"x[{i}]") for i, x in enumerate(numbers(20))]
    loops = agree(trace([(xs[2 * i] * xs[2 * i + 1]).sin() - xs[2 * i] for i in range(10)], xs))
    assert [s.dims for s in loops.statements] == [(10,)]


@st.composite
def tapes(draw, labels=("",) * 4):
    """Tapes that no graph gave: repeated outputs, inputs and constants put out, numbers that nobody uses."""
    n_inputs, n = draw(st.integers(1, len(labels))), draw(st.integers(0, 25))
    constants = draw(st.lists(st.sampled_from([0.0, -0.0, 1.0, 2.5]), max_size=3))
    first, instructions = n_inputs + len(constants), []
    names = st.sampled_from(["add", "add", "add", "multiply", "multiply", "subtract", "tanh", "where", "maximum"])
    for i in range(n):
        op = TABLE[draw(names)]
        place = st.integers(max(0, first + i - 6), first + i - 1) | st.integers(0, first + i - 1)
        instructions.append(Instruction(op, tuple(draw(place) for _ in range(op.arity))))
    outputs = draw(st.lists(st.integers(0, first + n - 1), max_size=8))
    primal = draw(st.integers(0, n))
    example = tuple(draw(st.lists(st.floats(-2, 2), min_size=n_inputs, max_size=n_inputs)))
    return Tape(labels[:n_inputs], tuple(constants), Instructions.of(instructions), tuple(outputs), primal, example)


@given(tapes())
def test_random_tapes_to_the_bit(tape):
    agree(tape)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 5)), min_size=1, max_size=30))
def test_run_lengths_say_the_same_vectors(vectors):
    for code in (nests, stretches):
        assert [vector for nest in code(vectors) for vector in unrolled(nest.loops, nest.start)] == vectors


def unrolled(loops, start):
    if not loops:
        return [start]
    (count, step), *rest = loops
    starts = [tuple(a + i * b for a, b in zip(start, step, strict=True)) for i in range(count)]
    return [vector for begin in starts for vector in unrolled(rest, begin)]


def test_rows_of_rows_are_two_loops():
    assert nests([(7 * j + k, k) for j in range(5) for k in range(4)]) == [(((5, (7, 0)), (4, (1, 1))), (0, 0))]
    assert stretches([(0,), (5,), (6,), (7,)]) == [((), (0,)), (((3, (1,)),), (5,))]
    assert stretches([(9,), (8,), (7,)]) == [(((3, (-1,)),), (9,))]


def test_a_matrix_of_100_by_30_is_a_few_statements():
    loops = net([100, 30, 10]).loops()
    assert len(loops.statements) <= 17
    assert loops.coverage > 0.999
    assert sum(s.instructions for s in loops.statements) == len(loops.tape.instructions)


def test_they_print_as_lines_with_indices():
    lines = listing(net([3, 2, 1]).loops()).splitlines()
    assert lines[0].split("  #") == ["t2[i<2] = inputs[4i+3] + Σ k<3 inputs[4i+k] * inputs[k+11]", " 12"]
    assert any(line.startswith("t6[0] = t5[0] - y ") for line in lines)


def nothing():
    return record(lambda xs: Value(0.0), [1.0, 2.0, 3.0]).adjoint()


def a_product_beside_a_slope_of_the_same_form():
    w, *xs = (Value(x, "x") for x in numbers(5))
    return trace([w * (xs[0] * xs[1]), xs[2] * xs[3]], [w, *xs]).adjoint(output=0, n_gradients=1)


@pytest.mark.parametrize("make", [nothing, a_product_beside_a_slope_of_the_same_form])
def test_no_loop_puts_out_both_a_result_and_a_derivative(make):
    """Who trains keeps results and gradient in memories of their own."""
    loops = agree(make())
    ends = [(s.output.start, s.output.at([n - 1 for n in s.dims])) for s in loops.statements if s.output]
    ends += [(copy.start, copy.start + (copy.count - 1) * copy.stride) for copy in loops.copies]
    first = len(loops.tape.outputs) - loops.tape.n_gradients
    assert ends
    assert all((start < first) == (end < first) for start, end in ends)


def test_recorded_weights_are_tables_and_literals_stay():
    w = [[0.5, -2.0, 3.0], [1.5, 0.25, 4.0]]
    loops = agree(
        record(
            lambda x: [1.0 / (1.0 + sum(a * b for a, b in zip(row, x, strict=True)) ** 2) for row in w], [1.0, 2.0, 3.0]
        )
    )
    assert len(loops.statements) == 3
    assert loops.constants[:6] == (0.5, -2.0, 3.0, 1.5, 0.25, 4.0)
    assert sorted(loops.constants[6:]) == [1.0, 2.0]


@pytest.mark.slow
def test_a_gpt_is_as_many_loops_for_a_long_document_as_for_a_short_one():
    model = GPT("abcd", width=6, heads=2, length=8)
    counts = []
    for name in ("abba", "abbadca"):
        tokens, target = (list(map(Value, row)) for row in model.sample(name))
        tape = trace([surprise(model(tokens), target)], [*model.parameters(), *tokens, *target])
        loops = agree(tape.adjoint(n_gradients=len(model.parameters())))
        counts.append((len(loops.statements), loops.n_primal))
        assert loops.coverage > 0.999
    assert counts == [(64, 26)] * 2


def pairs_and_threes(xs):
    """Sums of two forms by turns: form after form they are two loops, side by side none."""
    sums = [sum(xs[3 * (i // 2) : 3 * (i // 2) + 2 + i % 2], 0.0) for i in range(16)]
    return sum(x * x * (1.0 + i) for i, x in enumerate(sums))


def a_window_that_ends(xs):
    """Sums of three forms, of which one has all but the ends: side by side they are one loop between two."""
    return sum(x * x for x in [sum(xs[max(i - 1, 0) : i + 2], 0.0) for i in range(len(xs))])


@pytest.mark.parametrize(
    ("f", "n", "dims"), [(pairs_and_threes, 24, [(8,), (8,), ()]), (a_window_that_ends, 12, [(), (10,), (), ()])]
)
def test_sums_of_several_forms_are_few_loops(f, n, dims):
    assert [statement.dims for statement in record(f, [0.1 * i for i in range(n)]).loops().statements] == dims

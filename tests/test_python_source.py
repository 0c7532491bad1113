"""Python from statements: bit for bit the tape's numbers, short, and a file that runs on its own."""

import math

import pytest
from hypothesis import given

from autograd_lite import Value, record
from autograd_lite.backends import python
from autograd_lite.op import TABLE
from autograd_lite.tape import trace
from nn.layers import ACTIVATIONS
from tests.nets import OTHERS, net, numbers
from tests.programs import programs

EDGES = [0.0, -0.0, 1.0, -1.0, math.inf, -math.inf, math.nan, 1e308, -1000.0, 1000.0, 2.0]


def bits(x):
    return "nan" if math.isnan(x) else x.hex()


def expected(tape, inputs):
    found = tape.run(inputs)
    return [bits(found[i]) for i in tape.outputs]


@pytest.fixture
def rolled(monkeypatch):
    """Every tape is written by its statements, however short."""
    monkeypatch.setattr(python, "WORTH", 0)


def agree(tape, inputs=None):
    inputs = tape.example if inputs is None else inputs
    assert list(map(bits, python.Program(tape).run(*inputs))) == expected(tape, inputs)


TAPES = {
    **{f"{sizes}": (lambda sizes=sizes: net(sizes)) for sizes in ([1, 1], [3, 2, 1], [2, 16, 16, 1], [5, 1, 9, 4])},
    **{name: (lambda name=name: net([4, 5, 3], name, "cross_entropy")) for name in ACTIVATIONS},
    **OTHERS,
}


@pytest.mark.parametrize("name", TAPES)
@pytest.mark.usefixtures("rolled")
def test_the_tapes_numbers_to_the_bit(name):
    tape = TAPES[name]()
    agree(tape)
    for seed in range(2):
        agree(tape, [2.0 * x for x in numbers(len(tape.labels), seed)])
    agree(tape, [-0.0] * len(tape.labels))
    agree(tape, [EDGES[i % len(EDGES)] for i in range(len(tape.labels))])


def put_out_again(*xs):
    """Sums that are put out as they are, all from the last on, one of them thrice, and each twice."""
    sums = [sum(x * y for x in xs) for y in xs[:5]]
    return [*sums, *sums[::-1], *sums[:1] * 3, *(s for s in sums for _ in range(2)), *(xs[k] for k in (0, 0, 2, 2))]


@pytest.mark.usefixtures("rolled")
def test_what_is_put_out_more_than_once():
    agree(record(put_out_again, *numbers(7)))
    agree(record(lambda x, y: [x + y] * 3, 1.0, 2.0))


@given(programs)
def test_random_programs_to_the_bit(program):
    worth, python.WORTH = python.WORTH, 0
    try:
        agree(record(program, *program.point).adjoint())
    finally:
        python.WORTH = worth


@pytest.mark.parametrize("name", ["[2, 16, 16, 1]", "attention", "irregular"])
@pytest.mark.usefixtures("rolled")
def test_a_batch_adds_up_samples_from_left_to_right(name):
    tape = TAPES[name]()
    n = tape.n_gradients
    batch = python._defined(python.batch_source(tape, n, 1), tape, "batch")
    rows = [numbers(len(tape.labels) - n, seed) for seed in range(4)]
    totals = [0.0] * len(tape.outputs)
    for i in (2, 0, 3):
        found = tape.run([*tape.example[:n], *rows[i]])
        totals = [total + found[output] for total, output in zip(totals, tape.outputs, strict=True)]
    (value,), gradient = batch(list(tape.example[:n]), rows, [2, 0, 3])
    assert list(map(bits, [value, *gradient])) == list(map(bits, totals))


def test_it_reads_like_the_equations():
    text = net([2, 16, 16, 1]).source("python")
    for line in (
        "def gradient(w1, b1, w2, b2, w3, b3, x, y):",
        "z2 = [dot(p, w2[16 * i : 16 * i + 16], a1) for i, p in zip(range(16), b2)]",
        "a2 = [sigmoid(p) for p in z2]",
        "dw2 = [p * q for q in delta2 for p in a1]",
        "return value, dw1, db1, dw2, db2, dw3, db3",
    ):
        assert f"{line}\n" in text
    assert text.count("\n") < 80


def test_the_source_grows_with_the_statements_and_not_with_the_scalars():
    lengths = [len(python.source(net([n, n, n]))) for n in (24, 48)]
    assert lengths[1] < 1.2 * lengths[0]


@pytest.mark.parametrize("name", TAPES)
def test_a_file_gives_the_value_and_the_gradient_to_the_bit(name):
    tape = TAPES[name]()
    namespace = {}
    exec(compile(tape.source("python"), "<file>", "exec"), namespace)
    groups = {}
    for label, number in zip(tape.labels, tape.example, strict=True):
        groups.setdefault(label.split("[")[0], []).append((label, number))
    arguments = [
        [x for _, x in group] if len(group) > 1 or "[" in group[0][0] else group[0][1] for group in groups.values()
    ]
    value, *gradient = namespace["gradient"](*arguments)
    got = [value] + [x for part in gradient for x in (part if isinstance(part, list) else [part])]
    positions = {label: i for i, label in enumerate(tape.labels)}
    order = [positions[label] for group in groups.values() for label, _ in group if positions[label] < tape.n_gradients]
    wanted = expected(tape, tape.example)
    assert list(map(bits, got)) == [wanted[0], *(wanted[1 + i] for i in order)]


@pytest.mark.parametrize("n_gradients", [2, 5, 6])
def test_a_file_gives_the_gradient_by_some_of_a_matrix_whatever_its_order(n_gradients):
    """A whole matrix stands row after row; one that is cut has those with a derivative first."""
    w = [Value(x, f"w[{i % 3},{i // 3}]") for i, x in enumerate(numbers(6))]
    tape = trace([sum(x * x * float(k + 1) for k, x in enumerate(w))], w).adjoint(n_gradients=n_gradients)
    namespace = {}
    exec(tape.source("python"), namespace)
    order = [0, 3, 1, 4, 2, 5] if n_gradients == 6 else list(range(6))
    value, gradient = namespace["gradient"]([tape.example[k] for k in order])
    wanted = expected(tape, tape.example)
    assert list(map(bits, [value, *gradient])) == [wanted[0], *(wanted[1 + k] for k in order if k < n_gradients)]


@pytest.mark.parametrize("op", TABLE.values(), ids=TABLE.keys())
def test_a_file_has_every_op(op):
    tape = record(lambda *xs: op(*xs), *[low + 0.4 * (high - low) for low, high in op.domain])
    namespace = {}
    exec(compile(tape.source("python"), "<file>", "exec"), namespace)
    points = [
        list(tape.example),
        *([EDGES[(i * 3 + k) % len(EDGES)] for i in range(len(op.domain))] for k in range(11)),
    ]
    for point in points:
        assert bits(namespace["program"](*point)) == expected(tape, point)[0]
        value, *gradient = namespace["gradient"](*point)
        flat = [x for part in gradient for x in (part if isinstance(part, list) else [part])]
        if op.definition is None:
            assert list(map(bits, [value, *flat])) == expected(tape.adjoint(), point)


def test_labels_are_data():
    evil = [Value(2.0, "x'); raise SystemExit("), Value(3.0, "def"), Value(4.0, "__import__"), Value(5.0, "dot")]
    tape = trace([evil[0] * evil[1] * evil[2] + evil[3]], evil)
    text = tape.source("python")
    assert "SystemExit" not in text
    assert "__import__" not in text
    namespace = {}
    exec(text, namespace)
    assert namespace["program"](2.0, 3.0, 4.0, 5.0) == 29.0


def test_recorded_weights_stand_in_the_file():
    w = [[0.5, -2.0], [1.5, 0.25], [3.0, -1.0]]
    tape = record(lambda x: [sum(a * b for a, b in zip(line, x, strict=True)).tanh() for line in w], [1.0, 2.0])
    text = tape.source("python")
    namespace = {}
    exec(text, namespace)
    assert list(map(bits, namespace["program"]([1.0, 2.0]))) == expected(tape, tape.example)


@pytest.mark.parametrize("language", ["cobol", 5, None])
def test_errors(language):
    with pytest.raises(ValueError, match=r"Tape.source: expected one of python, "):
        record(lambda x: x, 1.0).source(language)

"""How a line of the equations is written: its left side, numbers and choices in it, names, and what has none."""

import pytest

from autograd_lite import Value, cos, record, sin
from autograd_lite.backends.loops.families import families
from autograd_lite.ops import TABLE
from autograd_lite.tape import trace
from autograd_lite.telling.equations.regions import _computed_axes
from autograd_lite.telling.equations.told import equations
from demos.gpt import GPT, surprise
from nn import MLP
from tests.nets import OTHERS, flat, grid, product, row
from tests.test_equations import told


def test_an_irregular_expression_stays_as_it_is():
    loops = OTHERS["irregular"]().loops()
    assert loops.coverage < 0.1
    assert all(s.size == 1 for s in loops.statements)
    text = str(loops)
    assert "t₅ = tanh(x · y + 0.3)" in text


def test_a_rule_that_chooses_by_constants_is_written_as_what_it_chooses():
    left, _ = told(OTHERS["irregular"]())
    assert left["∂C/∂x"].endswith("2.1 · (cos(x) · t₄ ** 2)")


def test_numbers_that_several_equations_compute_from_are_written_into_each():
    x, y = row("x", 3), row("y", 2)
    cost = sum(sin(a) ** 2 for a in x) / 2 + sum(cos(a) ** 2 for a in y) / 2
    left, _ = told(trace([cost], [*x, *y]).adjoint())
    assert (left["∂C/∂x"], left["∂C/∂y"]) == ("cos(x) ⊙ t₂", "-(sin(y) ⊙ t₃)")
    assert "where" not in " ".join(left.values())
    assert not {"0", "0.5", "1"} & {*left.values()}


@pytest.mark.parametrize("width", [1, 2])
def test_matrices_of_one_column_are_multiplied_like_wider_ones(width):
    q, x = grid("Q", 2, width), grid("X", 4, width, 1)
    (line,) = equations(trace([a for column in x for a in product(q, column)], flat(q, x)).loops()).lines
    assert line.right.text == "X Qᵀ"
    (line,) = equations(trace([a for line in q for a in product(x, line)], flat(q, x)).loops()).lines
    assert line.right.text == "Q Xᵀ"


def test_the_places_that_a_statement_fills_are_cut_out_as_of_a_list():
    left = [line.left.text for line in equations(OTHERS["attention"]().loops()).lines]
    assert [name.partition("[")[2] for name in left if name.startswith("t₇")] == ["0]", "1]", "2]", "3]"]
    assert [name.partition("[")[2] for name in left if name.startswith("t₉")] == ["0:2]", "2:5]", "5:9]", "9:14]"]


def test_weight_decay_stands_beside_the_outer_product_also_for_one_output():
    model, x = MLP(3, [2, 1], "tanh", "linear", seed=0), row("x", 3)
    parameters, y = model.parameters(), model(x)
    cost = y * y + 0.5 * sum(p * p for p in parameters)
    left, tags = told(trace([cost], [*parameters, *x]).adjoint(n_gradients=len(parameters)))
    assert (left["∂C/∂W²"], left["∂C/∂b²"]) == ("δ² a¹ᵀ + W²", "b² + δ²")
    assert (left["∂C/∂W¹"], left["∂C/∂b¹"]) == ("δ¹ a⁰ᵀ + W¹", "b¹ + δ¹")
    assert [len(tags[tag]) for tag in ("BP1", "BP2", "BP3")] == [1, 1, 2]


def test_what_is_not_recognised_stays_visible():
    text = str(OTHERS["convolution"]().loops())
    assert "Σ k<3 w1[k] * x[i+k]" in text.replace("W¹", "w1").replace("w¹", "w1").replace("a⁰", "x")


def test_inputs_are_named_by_their_labels_or_by_the_arguments():
    def f(w, x):
        return sum(sum(a * b for a, b in zip(line, x, strict=True)).tanh() for line in w)

    tape = record(f, [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], [0.5, -1.0])
    found = families(tape)
    assert [(family.label, family.shape, family.is_whole) for family in found.families] == [
        ("w", (3, 2), True), ("x", (2,), True),
    ]  # fmt: skip
    assert found.places[3] == (0, (1, 1))
    left, _ = told(tape.adjoint())
    assert left["z¹"] == "W a⁰"
    assert left["∂C/∂W"] == "δ¹ a⁰ᵀ"
    xs = [Value(1.0) for _ in range(3)]
    assert families(trace([sum(xs)], xs)).families[0].shape == (3,)


def test_a_matrix_of_several_letters_begins_with_a_capital_one():
    keys, x = grid("key2", 3, 2), row("x", 2)
    left, _ = told(trace([sum(z.tanh() for z in product(keys, x))], flat(keys, x)).adjoint(n_gradients=6))
    assert left["z²"] == "Key² a⁰"
    assert left["∂C/∂Key²"] == "δ² a⁰ᵀ"


def test_labels_are_data():
    evil = [Value(1.0, r"\input{x}|<u>_[0]"), Value(2.0, r"\input{x}|<u>_[1]"), Value(3.0, "$\u202e")]
    document = trace([evil[0] * evil[1] + evil[2].sin()], evil).adjoint().loops().equations
    assert "\u202e" not in document.text + document.markdown + document.latex + document.html
    assert r"\input" not in document.latex
    assert "<u>" not in document.html


@pytest.mark.parametrize("name", OTHERS)
def test_every_document_has_80_columns_and_three_forms(name):
    document = OTHERS[name]().loops().equations
    assert max(map(len, document.text.splitlines())) <= 80
    assert "| equation | scalars |" in document.markdown
    assert document.latex.count(r"\begin{array}") == document.latex.count(r"\end{array}") == 2
    told(OTHERS[name]())


@pytest.mark.parametrize("op", TABLE.values(), ids=TABLE.keys())
def test_every_op_has_equations(op):
    n = len(op.domain)
    xs = row("x", 3 * n)
    cost = sum(op(*[x.sigmoid() for x in xs[i * n : i * n + n]]) for i in range(3))
    text = str(trace([cost], xs).adjoint().loops())
    assert "equation" in text


def test_a_tape_without_instructions():
    loops = record(lambda x, y: [y, x, 2.0], 1.0, 3.0).loops()
    assert (loops.statements, loops.coverage) == ((), 1.0)
    assert "output 0 = y" in str(loops)


def test_a_loop_over_a_matrix_is_a_matrix_and_places_in_it_are_by_row_and_column():
    tape = record(lambda w, xs: [[sum(a * b for a, b in zip(x, row, strict=True)).tanh() for row in w] for x in xs],
                  [[0.5, -1.0], [2.0, 0.25], [1.5, 3.0]], [[1.0, 2.0], [-0.5, 0.75]])  # fmt: skip
    lines = {line.left.text: line.right.text for line in equations(tape.loops()).lines if line.right}
    assert list(lines.values()) == ["tanh(Xs Wᵀ)"]


def test_the_squares_of_rows_are_no_product_of_matrices():
    tape = record(lambda x: [sum(a * a for a in row) for row in x], [[0.5, -1.0, 2.0], [0.25, 1.5, 3.0]])
    (line,) = equations(tape.loops()).lines
    assert line.right is None
    assert "Σ k<3 X[i,k] * X[i,k]" in str(tape.loops())


def test_a_gpt_is_written_with_its_matrices():
    model = GPT("abc", width=4, heads=2, length=3)
    tokens, target = (list(map(Value, row)) for row in model.sample("ab"))
    tape = trace([surprise(model(tokens), target)], [*model.parameters(), *tokens, *target])
    left, _ = told(tape.adjoint(n_gradients=len(model.parameters())))
    text = " ".join(str(tape.loops()).split())
    assert "t₈ = QKV t₇ᵀ" in text
    assert "t₈[2i+k,j] * t₈[2i+k+4,l]" in text
    assert [left[f"∂C/∂{name}"] for name in ("Out", "Narrow", "Widen")] == ["t₃₃ᵀ t₂₈", "t₃₄ t₂₅ᵀ", "t₃₈ t₂₃"]


@pytest.mark.parametrize(
    ("strides", "shape", "axes"),
    [((3, 1), (3, 3), (0, 1)), ((1, 3), (3, 3), (1, 0)), ((4, 1), (3, 4), None), ((3, 3), (3, 3), None)],
)
def test_which_loop_runs_along_which_axis(strides, shape, axes):
    """Also where both are as long, and not where an axis is read in part."""
    moves = [(loop, 3, stride) for loop, stride in enumerate(strides)]
    assert _computed_axes(0, moves, shape) == axes

"""Loops told as equations: BP1–BP4 come out of the scalars, one equation each, whatever the net."""

import random

import pytest

from autograd_lite import Value, cos, record, sin
from autograd_lite.backends.loops.families import families
from autograd_lite.backends.loops.recovery import recover
from autograd_lite.ops import TABLE
from autograd_lite.tape import trace
from autograd_lite.telling.equations.regions import _computed_axes
from autograd_lite.telling.equations.told import equations
from demos.gpt import GPT, surprise
from nn import MLP, Layer, Module
from nn.layers import ACTIVATIONS
from nn.losses import LOSSES
from tests.halves import even, some
from tests.nets import OTHERS, flat, grid, net, product, row

UP = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
SYMBOL = {"sigmoid": "σ"}


def up(letter, number):
    return letter + str(number).translate(UP)


def told(tape):
    """The equations as texts, by what stands on the left, and those of each tag; no instruction is lost."""
    lines = equations(tape.loops()).lines
    assert sum(line.instructions for line in lines) == len(tape.instructions)
    by_left = {line.left.text: line.right.text for line in lines if line.right}
    assert len(by_left) == sum(line.right is not None for line in lines), "a name stands for one thing"
    tags = {tag: [line for line in lines if line.tag == tag] for tag in ("BP1", "BP2", "BP3", "BP4")}
    return by_left, tags


def holds_bp1_to_bp4(tape, depth, activation):
    """One equation each for every layer, one statement each for its product, and nothing left as scalars."""
    left, tags = told(tape)
    name = SYMBOL.get(activation, activation)
    for l in range(1, depth + 1):  # noqa: E741
        below = up("z" if activation == "linear" and l > 1 else "a", l - 1)
        assert left[up("z", l)] == f"{up('W', l)} {below} + {up('b', l)}"
        assert left[f"∂C/∂{up('W', l)}"] == f"{up('δ', l)} {below}ᵀ"
        assert left[f"∂C/∂{up('b', l)}"] == up("δ", l)
        if l < depth:
            product = f"{up('W', l + 1)}ᵀ {up('δ', l + 1)}"
            prime = f"({product}) ⊙ {name}′({up('z', l)})"
            assert left[up("δ", l)] == (product if activation == "linear" else prime)
    assert [len(tags[tag]) for tag in ("BP1", "BP2", "BP3", "BP4")] == [1, depth - 1, depth, depth]
    assert tags["BP1"][0].left.text == up("δ", depth)
    loops, free = tape.loops(), recover(tape, keeps_order=False)
    assert len(loops.statements) == len(free.statements)
    assert len({s.storage for s in loops.statements}) == len(loops.statements), "one statement an array"


DEPTHS = [  # in the quick half every depth meets every third activation
    pytest.param(depth, activation, marks=pytest.mark.slow if (depth + i) % 3 else [])
    for i, activation in enumerate(ACTIVATIONS) for depth in range(1, 7)
]  # fmt: skip


@pytest.mark.parametrize(("depth", "activation"), DEPTHS)
def test_any_depth_and_activation(depth, activation):
    generator = random.Random(f"{depth} {activation}")
    sizes = [generator.randint(1, 12) for _ in range(depth + 1)]
    holds_bp1_to_bp4(net(sizes, activation), depth, activation)


SIZES = [[3, 4, 2], [2, 5, 5, 1], [4, 1, 1], [1, 2, 3, 10]]


@pytest.mark.parametrize(("loss", "sizes"), some(list(LOSSES), SIZES, often=even), ids=str)
def test_every_loss_leaves_one_product(loss, sizes):
    if loss == "hinge":
        sizes = [*sizes[:-1], 1]
    if loss in ("cross_entropy", "nll"):
        sizes = [*sizes[:-1], max(2, sizes[-1])]
    holds_bp1_to_bp4(net(sizes, "tanh", loss), len(sizes) - 1, "tanh")


@pytest.mark.parametrize("sizes", [[64, 13, 7], [1, 64, 1], [5, 24, 32, 3]], ids=str)
def test_wide_layers(sizes):
    holds_bp1_to_bp4(net(sizes, "sigmoid"), len(sizes) - 1, "sigmoid")


def test_the_equations_of_the_first_net_one_reads():
    left, _ = told(net([3, 2, 1]))
    assert left == {
        "z¹": "W¹ a⁰ + b¹", "a¹": "σ(z¹)", "z²": "W² a¹ + b²", "a²": "σ(z²)", "t₆": "a² - y", "C": "0.5 · (t₆ ⊙ t₆)",
        "∇C": "t₆", "δ²": "∇C ⊙ σ′(z²)", "∂C/∂b²": "δ²", "∂C/∂W²": "δ² a¹ᵀ",
        "δ¹": "(W²ᵀ δ²) ⊙ σ′(z¹)", "∂C/∂b¹": "δ¹", "∂C/∂W¹": "δ¹ a⁰ᵀ",
    }  # fmt: skip


def test_cross_entropy_is_softmax_minus_the_class():
    left, _ = told(net([3, 4, 5], loss="cross_entropy"))
    assert left["δ²"] == "softmax(z²) - 1[y]"


def test_tied_weights_add_up():
    left, _ = told(OTHERS["tied"]())
    assert left["∂C/∂W¹"] == "δ¹ a⁰ᵀ + δ² a¹ᵀ"
    assert left["δ¹"] == "(W¹ᵀ δ²) ⊙ tanh′(z¹)"


class Shared(Module):
    """Three layers of their own, the middle one three times, and around it a skip connection if there is one."""

    def __init__(self, skips):
        self.first, self.middle, self.last = Layer(3, 4, "tanh"), Layer(4, 4, "tanh"), Layer(4, 2, "linear")
        self.skips = skips

    def __call__(self, x):
        h = self.first(x)
        if self.skips:
            return self.last([a + b for a, b in zip(h, self.middle(h), strict=True)])
        return self.last(self.middle(self.middle(self.middle(h))))

    def tape(self):
        x, y = row("x", 3), row("y", 2)
        cost = sum((a - b) * (a - b) for a, b in zip(self(x), y, strict=True))
        return trace([cost], flat(self.parameters(), x, y)).adjoint(n_gradients=len(self.parameters()))


def test_a_layer_with_a_bias_that_is_there_three_times_adds_up_three_slopes():
    left, tags = told(Shared(skips=False).tape())
    assert [left[up("z", n)] for n in (1, 2, 3, 4, 5)] == [
        "W¹ a⁰ + b¹", "W² a¹ + b²", "W² a² + b²", "W² a³ + b²", "W³ a⁴ + b³"
    ]  # fmt: skip
    assert left["δ³"] == "(W²ᵀ δ⁴) ⊙ tanh′(z³)"
    assert left["∂C/∂W²"] == "δ² a¹ᵀ + δ³ a²ᵀ + δ⁴ a³ᵀ"
    assert left["∂C/∂b²"] == "δ⁴ + δ³ + δ²"
    assert (left["∂C/∂b³"], left["∂C/∂W³"]) == ("δ⁵", "δ⁵ a⁴ᵀ")
    assert [line.left.text for line in tags["BP2"]] == ["δ⁴", "δ³", "δ²", "δ¹"]
    assert [line.left.text for line in tags["BP4"]] == ["∂C/∂b³", "∂C/∂b¹"]


def test_a_bias_of_two_matrices_adds_up_their_slopes():
    first, second, b, a = grid("w1", 4, 4), grid("w2", 4, 4, 1), row("b1", 4), row("x", 4)
    parameters, x = flat(first, second, b), a
    for matrix in (first, second):
        a = [(p + q).tanh() for p, q in zip(b, product(matrix, a), strict=True)]
    left, tags = told(trace([sum(v * v for v in a)], [*parameters, *x]).adjoint(n_gradients=len(parameters)))
    assert (left["∂C/∂b¹"], left["δ¹"]) == ("δ² + δ¹", "(W²ᵀ δ²) ⊙ tanh′(z¹)")
    assert tags["BP4"] == []


def test_layers_of_a_model_of_ones_own_are_numbered_in_their_order():
    tape = Shared(skips=True).tape()
    left, tags = told(tape)
    assert left["δ¹"] == "(W²ᵀ δ² + t₁₂) ⊙ tanh′(z¹)"
    assert left["t₁₂"] == "W³ᵀ δ³"
    assert [len(tags[tag]) for tag in ("BP1", "BP2", "BP3", "BP4")] == [1, 2, 3, 3]
    assert [family.label for family in families(tape).families] == ["w1", "b1", "w2", "b2", "w3", "b3", "x", "y"]
    taken = [*row("w1", 2), *row("w", 2), *row("w", 2)]
    assert [family.label for family in families(trace([sum(taken)], taken)).families] == ["w1", "w"]


def test_a_skip_connection_adds_what_comes_by_both_ways():
    left, tags = told(OTHERS["skip"]())
    assert left["δ¹"] == "(W²ᵀ δ² + t₁₁) ⊙ tanh′(z¹)"
    assert left["t₁₁"] == "W³ᵀ δ³"
    assert [len(tags[tag]) for tag in ("BP1", "BP2", "BP3")] == [1, 2, 3]
    assert len(OTHERS["skip"]().loops().statements) <= 23  # the order of each neuron's sum is its own


def test_a_convolution_is_a_few_loops():
    loops = OTHERS["convolution"]().loops()
    assert len(loops.statements) <= 12
    assert loops.statements[0].dims == (10,)  # one product for all places of the kernel
    assert loops.statements[0].runs[0].count == 3
    kernel = next(s for s in loops.statements if s.output is not None and s.output.start == 1)
    assert (kernel.dims, kernel.runs[0].count) == ((3,), 10)


def test_a_recurrent_net_hands_its_slope_back_through_time():
    left, _ = told(OTHERS["recurrent"]())
    assert [left[up("δ", t)] for t in (3, 2, 1)] == [f"(Uᵀ {up('δ', t + 1)}) ⊙ tanh′({up('z', t)})" for t in (3, 2, 1)]
    assert left["∂C/∂b"].count("+") == 4
    assert left["∂C/∂W"].count("ᵀ") == 5


def test_attention_over_all_tokens_is_made_of_matrices():
    loops = OTHERS["attention"]().loops()
    assert loops.coverage > 0.98
    whole = {s.output.start: s for s in loops.statements if s.output is not None and s.size == 16}
    assert sorted(whole) == [1, 17, 33]  # the gradient by each of wq, wk, wv is one statement
    assert len(loops.statements) <= 70


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

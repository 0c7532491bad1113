"""Loops told as equations: BP1–BP4 come out of the scalars, one equation each, whatever the net."""

import random

import pytest

from autograd_lite.backends.loops.families import families
from autograd_lite.backends.loops.recovery import recover
from autograd_lite.tape import trace
from autograd_lite.telling.equations.told import equations
from nn import Layer, Module
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

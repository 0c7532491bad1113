"""Arrays divided by the families of inputs: the same numbers to the bit, and matrices that share a vector by name."""

from operator import add

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd_lite.backends.loops import interpreter
from autograd_lite.backends.loops.families import families
from autograd_lite.backends.loops.recovery import recover
from autograd_lite.tape import trace
from autograd_lite.telling.equations.division import by_families
from tests.nets import (
    OTHERS,
    SHARING,
    flat,
    gated,
    gated_recurrent,
    grid,
    numbers,
    of_vectors,
    product,
    row,
    spoken,
    striding,
)
from tests.test_equations import told, up
from tests.test_loops import bits, tapes

STEPS = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 9), st.integers(0, 9)), max_size=9)


def divided(loops):
    return by_families(loops, families(loops.tape))


def agree(tape, inputs=None):
    """Divided, every number is the tape's to the bit where sums keep their order, and what it was where they do not."""
    inputs = tape.example if inputs is None else inputs
    loops, expected = divided(recover(tape)), tape.run(inputs)
    arrays = interpreter.run(loops, inputs)
    for s in loops.statements:
        got = arrays[s.storage][s.base : s.base + s.size]
        assert list(map(bits, got)) == [bits(expected[number]) for number in s.numbers], str(s)
    assert list(map(bits, interpreter.outputs(loops, inputs))) == [bits(expected[i]) for i in tape.outputs]
    free = recover(tape, keeps_order=False)
    for whole, parts in ((recover(tape), loops), (free, divided(free))):
        before, after = interpreter.outputs(whole, inputs), interpreter.outputs(parts, inputs)
        assert list(map(bits, before)) == list(map(bits, after))
        assert sum(s.instructions for s in parts.statements) == len(tape.instructions)
        assert sorted(n for s in parts.statements for n in s.numbers) == sorted(
            n for s in whole.statements for n in s.numbers
        )
        assert [s.numbers[0] >= len(tape.labels) + len(tape.constants) + tape.n_primal for s in parts.statements] == (
            [False] * parts.n_primal + [True] * (len(parts.statements) - parts.n_primal)
        )


@pytest.mark.parametrize("name", OTHERS | SHARING)
def test_known_nets_to_the_bit(name):
    tape = (OTHERS | SHARING)[name]()
    agree(tape)
    agree(tape, [x * 1.5 for x in numbers(len(tape.labels), 7)])


LABELS = (
    "u[0,0]",
    "u[0,1]",
    "u[1,0]",
    "u[1,1]",
    "x[0]",
    "x[1]",
    "v[0,0]",
    "v[0,1]",
    "v[1,0]",
    "v[1,1]",
    "y[0]",
    "y[1]",
)


@given(tapes(LABELS))
def test_random_tapes_to_the_bit(tape):
    agree(tape)


@given(st.integers(2, 4), STEPS)
def test_random_programs_of_vectors_to_the_bit(n, steps):
    inputs, vectors = of_vectors(n, steps)
    agree(trace([x for v in vectors[-2:] for x in v], inputs))
    agree(trace([sum(x * x for v in vectors[-3:] for x in v)], inputs).adjoint(n_gradients=3 * n * n))


@pytest.mark.parametrize("name", [name for name in OTHERS if name not in ("recurrent", "heads")])
def test_other_nets_stay_as_they_are(name):
    """Attention, too, which runs over tokens: equations for each token would be twice as many."""
    loops = recover(OTHERS[name](), keeps_order=False)
    assert divided(loops) is loops


@pytest.mark.parametrize("name", [name for name in SHARING if name != "striding"])
def test_nothing_is_called_an_input(name):
    tape = SHARING[name]()
    told(tape)
    assert "inputs[" not in str(tape.loops())
    assert all(line.right is not None for line in tape.loops().equations.lines)


def test_two_matrices_that_read_one_vector_are_two_layers():
    left, tags = told(gated())
    assert left == {
        "z¹": "W¹ a⁰ + b¹", "z²": "W² a⁰ + b²", "a²": "σ(z²)", "t₇": "z¹ ⊙ a²", "C": "t₇ᵀ t₇",
        "t₉": "2 · t₇", "δ¹": "a² ⊙ t₉", "∂C/∂b¹": "δ¹", "∇C": "z¹ ⊙ t₉", "δ²": "∇C ⊙ σ′(z²)", "∂C/∂b²": "δ²",
        "∂C/∂W¹": "δ¹ a⁰ᵀ", "∂C/∂W²": "δ² a⁰ᵀ",
    }  # fmt: skip
    assert [len(tags[tag]) for tag in ("BP1", "BP2", "BP3", "BP4")] == [2, 0, 2, 2]


def test_the_gates_of_a_cell_are_layers_and_hand_their_slopes_back_through_time():
    left, tags = told(gated_recurrent())
    assert [left[up("z", n)] for n in (1, 2)] == ["W¹ x⁰ + U¹ h + b¹", "W² x⁰ + U² h + b²"]
    assert [left[up("a", n)] for n in (1, 2, 3)] == ["σ(z¹)", "σ(z²)", "tanh(z³)"]
    assert left["z³"] == "W³ x⁰ + U³ t₁₄ + b³"
    assert left["t₁₄"] == "a² ⊙ h"
    assert [left[up("z", n)] for n in (4, 5)] == ["W¹ x¹ + U¹ t₁₈ + b¹", "W² x¹ + U² t₁₈ + b²"]
    assert left["δ⁶"] == "∇C ⊙ tanh′(z⁶)"
    assert left["δ²"] == "(h ⊙ (U³ᵀ δ³)) ⊙ σ′(z²)"
    assert [left[f"∂C/∂{up('W', n)}"] for n in (1, 2, 3)] == [
        f"{up('δ', n + 3)} x¹ᵀ + {up('δ', n)} x⁰ᵀ" for n in (1, 2, 3)
    ]
    assert left["∂C/∂U¹"] == "δ¹ hᵀ + δ⁴ t₁₈ᵀ"
    assert [left[f"∂C/∂{up('b', n)}"] for n in (1, 2, 3)] == [f"{up('δ', n + 3)} + {up('δ', n)}" for n in (1, 2, 3)]
    assert [len(tags[tag]) for tag in ("BP1", "BP2", "BP3")] == [2, 4, 6]


def test_a_cell_that_applies_its_matrices_to_two_vectors_in_one_is_written_with_blocks():
    left, tags = told(SHARING["concatenated"]())
    for n in (1, 2, 3, 4):
        assert left[up("z", n)] == f"{up('W', n)}[:,0:2] x⁰ + {up('W', n)}[:,2:5] 0 + {up('b', n)}"
        assert left[f"∂C/∂{up('W', n)}[:,0:2]"] == f"{up('δ', n + 4)} x¹ᵀ + {up('δ', n)} x⁰ᵀ"
        assert left[f"∂C/∂{up('W', n)}[:,2:5]"].startswith(f"{up('δ', n)} 0ᵀ + {up('δ', n + 4)} t")
        assert left[f"∂C/∂{up('b', n)}"] == f"{up('δ', n + 4)} + {up('δ', n)}"
    assert [len(tags[tag]) for tag in ("BP1", "BP2", "BP3")] == [4, 4, 8]


def test_one_number_of_a_vector_is_written_with_its_place():
    left, _ = told(SHARING["mixture"]())
    (weights,) = [name for name, right in left.items() if right == "softmax(z⁴)"]
    assert f"{weights}[0] · a¹ + {weights}[1] · a² + {weights}[2] · a³" in left.values()
    assert [left[f"∂C/∂{up('W', n)}"] for n in (1, 2, 3)] == [f"{up('δ', n)} a⁰ᵀ" for n in (1, 2, 3)]
    assert [name for name in left if name.startswith("∂C/∂G")] == [f"∂C/∂G[{k},:]" for k in range(3)]


def test_a_recurrent_net_with_an_output_at_each_step_adds_up_over_time():
    left, tags = told(spoken())
    assert [left[up("z", n)] for n in (1, 3, 5)] == ["W x⁰ + U 0 + b", "W x¹ + U a¹ + b", "W x² + U a³ + b"]
    assert [left[up("z", n)] for n in (2, 4, 6)] == ["V a¹ + c", "V a³ + c", "V a⁵ + c"]
    slopes = {n: next(name for name, right in left.items() if right == f"2 · {up('z', n)}") for n in (2, 4, 6)}
    assert left["δ⁵"] == f"(Vᵀ {slopes[6]}) ⊙ tanh′(z⁵)"
    assert [left[up("δ", n)] for n in (3, 1)] == [
        f"(Vᵀ {slopes[n + 1]} + Uᵀ {up('δ', n + 2)}) ⊙ tanh′({up('z', n)})" for n in (3, 1)
    ]
    assert left["∂C/∂W"] == "δ⁵ x²ᵀ + δ³ x¹ᵀ + δ¹ x⁰ᵀ"
    assert left["∂C/∂U"] == "δ¹ 0ᵀ + δ³ a¹ᵀ + δ⁵ a³ᵀ"
    assert left["∂C/∂V"] == f"{slopes[2]} a¹ᵀ + {slopes[4]} a³ᵀ + {slopes[6]} a⁵ᵀ"
    assert left["∂C/∂b"] == "δ⁵ + δ³ + δ¹"
    assert [len(tags[tag]) for tag in ("BP1", "BP2", "BP3")] == [0, 3, 3]


def test_weight_decay_over_all_parameters_hides_no_layer():
    """Σ p² runs over three families at once and has the form of W x; 2p runs over them as over one vector."""
    w, v, b, x = grid("w1", 4, 3), grid("w2", 2, 4, 1), row("b1", 4, 2), row("x", 3, 3)
    parameters = flat(w, v, b)
    y = product(v, [t.tanh() for t in map(add, b, product(w, x))])
    cost = sum(t * t for t in y) + 0.5 * sum(p * p for p in parameters)
    tape = trace([cost], [*parameters, *x]).adjoint(n_gradients=len(parameters))
    agree(tape)
    left, tags = told(tape)
    assert [left[name] for name in ("z¹", "a¹", "z²")] == ["W¹ a⁰ + b¹", "tanh(z¹)", "W² a¹"]
    assert [left[name] for name in ("δ²", "δ¹")] == ["2 · z²", "(W²ᵀ δ²) ⊙ tanh′(z¹)"]
    assert [left[f"∂C/∂{name}"] for name in ("W¹", "W²", "b¹")] == ["δ¹ a⁰ᵀ + W¹", "δ² a¹ᵀ + W²", "b¹ + δ¹"]
    assert [len(tags[tag]) for tag in ("BP1", "BP2", "BP3")] == [1, 1, 2]


def test_what_would_have_no_fixed_step_in_a_part_leaves_the_array_whole():
    """Every third row of nine is the first, the fourth and the sixth of W's eight."""
    loops = recover(striding(), keeps_order=False)
    assert divided(loops) is loops
    apart = divided(recover(striding(steps=(1,)), keeps_order=False))
    assert [s.dims for s in apart.statements] == [(2, 4), (), ()]
    assert [run.count for run in apart.statements[-1].runs] == [4, 1, 4]


def test_a_token_at_a_time_only_where_tokens_are_read_one_at_a_time():
    """tanh runs over all products W x⁰, W x¹, …, so they stay one array; the steps of a recurrent net are apart."""
    w, xs = grid("w", 4, 3), [row(f"x{t}", 3, t) for t in range(3)]
    outputs = [z.tanh() for x in xs for z in product(w, x)]
    whole = recover(trace([sum(a * a for a in outputs)], flat(w, *xs)).adjoint(n_gradients=12), keeps_order=False)
    assert divided(whole) is whole
    recurrent = recover(SHARING["recurrent"](), keeps_order=False)
    assert len(divided(recurrent).statements) == len(recurrent.statements) + 4

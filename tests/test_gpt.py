"""The GPT of demos.gpt by hand, in NumPy and in C, and on an engine of its own: the numbers are the same.

And one tape serves documents of all lengths: what fills a short one up changes neither its loss nor its gradient.
"""

import random
import shutil

import numpy as np
import pytest

from autograd_lite import Value, trace
from autograd_lite.backends import find
from demos.gpt import GPT, surprise
from tests.benchmarks import microgpt
from tests.benchmarks.gpt_by_hand import ByC, ByNumPy, Sizes
from tests.halves import chosen

LETTERS, SIZES, NAME = "abcd", Sizes(symbols=5, length=7, width=6, heads=2), "abbad"


@pytest.fixture(scope="module")
def model():
    """A small one, with weights that matter."""
    gpt, draw = GPT(LETTERS, SIZES.width, SIZES.heads, SIZES.length), random.Random(1)
    for p in gpt.parameters():
        p.data = draw.gauss(0.0, 0.5)
    return gpt


@pytest.fixture(scope="module")
def by_graph(model):
    """Loss and gradient of a name by the engine."""

    def both(name, length=0):
        model.zero_grad()
        tokens, target = model.sample(name, length)
        loss = surprise(model(tokens), target)
        loss.backward()
        return [loss.data, *(p.grad for p in model.parameters())]

    return both


def test_microgpt_gives_the_same(model, by_graph):
    other = microgpt.GPT(LETTERS, SIZES.width, SIZES.heads, SIZES.length)
    for p, theirs in zip(model.parameters(), other.parameters, strict=True):
        theirs.data = p.data
    loss = other.loss(NAME)
    loss.backward()
    assert by_graph(NAME) == pytest.approx([loss.data, *(p.grad for p in other.parameters)], rel=1e-11, abs=1e-12)


@pytest.mark.parametrize("by_hand", chosen(["NumPy", "C"], "NumPy"))
def test_the_peers_by_hand_give_the_same(by_hand, model, by_graph, tmp_path):
    weights, n = np.array([p.data for p in model.parameters()]), len(NAME) + 1
    if by_hand == "NumPy":
        peer = ByNumPy(SIZES, weights, n)
    elif shutil.which("gcc"):
        peer = ByC(SIZES, weights, n, tmp_path)
    else:
        pytest.skip("no gcc here")
    tokens, target = model.sample(NAME)
    for _ in range(2):  # the second time on arrays that have been used
        loss = peer(np.array(tokens), np.array(target[:n]))
        assert [loss, *peer.gradient] == pytest.approx(by_graph(NAME), rel=1e-11, abs=1e-12)
    assert float("5e-324") * float(n) > 0.0, "linked with -Ofast it would flush subnormal numbers"


@pytest.mark.parametrize("backend", chosen(["python", "llvm"], "llvm"))
def test_one_tape_serves_all_lengths(backend, model, by_graph):
    rows = [list(map(Value, row)) for row in model.sample("cab", SIZES.length)]
    parameters = model.parameters()
    tape = trace([surprise(model(rows[0]), rows[1])], [*parameters, *rows[0], *rows[1]])
    program = find(backend).program(tape.adjoint(n_gradients=len(parameters)))
    numbers = [p.data for p in parameters]
    for name in ("cab", NAME, "", "abcdab"):
        tokens, target = model.sample(name, SIZES.length)
        assert [*program.run(*numbers, *tokens, *target)] == pytest.approx(by_graph(name), rel=1e-12, abs=1e-15)

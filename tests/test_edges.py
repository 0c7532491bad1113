"""The edges: the docs say what the code gives, and the modes, the backends and PyTorch agree on it, case by case."""

import math
from importlib.util import find_spec

import pytest

from autograd_lite import Value, grad, gradients, jvp, record
from autograd_lite.backends import BACKENDS as KNOWN
from tests import edges
from tests.halves import some

BACKENDS = [name for name, package in KNOWN.items() if not package or find_spec(package)]

FORMULAS = {formula: points for group in edges.CASES.values() for formula, points in group.items()}
every_formula = pytest.mark.parametrize("formula", FORMULAS)


def same(a: float, b: float) -> bool:
    """The same to 2 units in the last place, nan being nan."""
    return a == b or (a != a and b != b) or abs(a - b) <= 2 * math.ulp(max(abs(a), abs(b)))


def agree(got, wanted, or_nan=False):
    """The same numbers. With `or_nan` nan may stand for an infinite one: 0 × inf on another way there."""
    got, wanted = list(got), list(wanted)
    assert len(got) == len(wanted)
    for a, b in zip(got, wanted, strict=True):
        assert same(a, b) or (or_nan and math.isinf(b) and a != a), f"{got} instead of {wanted}"


@pytest.mark.skipif(not edges.DOCUMENT.exists(), reason="the docs are in a checkout only")
def test_the_docs_say_what_the_code_gives():
    assert edges.DOCUMENT.read_text(encoding="utf-8") == edges.document(), "run python -m tests.edges"


@every_formula
def test_backward_and_both_modes(formula):
    for point in FORMULAS[formula]:
        hold(formula, point)


def hold(formula, point):
    wanted = edges.derivatives(formula, point)
    xs = [Value(x) for x in edges.at(formula, point).values()]
    y = edges.function(formula)(*xs)
    y.backward()
    assert same(y.data, wanted["value"][0])
    agree([x.grad for x in xs], wanted["first"])
    f, numbers = edges.function(formula), [x.data for x in xs]
    for i, x in enumerate(numbers):

        def of_one(t, i=i):
            return f(*numbers[:i], t, *numbers[i + 1 :])

        assert same(jvp(of_one, [x], [1.0])[1], wanted["first"][i])
    first = gradients(y, xs, create_graph=True)
    agree([slope.data for slope in first], wanted["first"])
    agree([entry for slope in first for entry in gradients(slope, xs)], wanted["second"], or_nan=True)


@pytest.mark.parametrize(
    ("formula", "backend"),
    some(list(FORMULAS), BACKENDS, often=lambda formula, backend: formula % 4 == 0 or BACKENDS[backend] == "python"),
)
def test_backends(formula, backend):
    """What is recorded and compiled once, at an ordinary point, is right at each of the formula's edges."""
    f, points = edges.function(formula), [tuple(edges.at(formula, point).values()) for point in FORMULAS[formula]]
    ordinary = [0.6, 0.4][: len(points[0])]
    compiled = record(f, *ordinary).compile(backend)
    slopes = [record(grad(f, i), *ordinary).compile(backend) for i in range(len(ordinary))]
    for point in points:
        wanted = edges.derivatives(formula, point)
        value, first = compiled.value_and_grad(*point)
        assert same(value, wanted["value"][0])
        agree(first, wanted["first"])
        rows = [slope.value_and_grad(*point) for slope in slopes]
        agree([slope for slope, _ in rows], wanted["first"])
        agree([x for _, row in rows for x in row], wanted["second"], or_nan=True)


# ---- PyTorch ----


def torch_names(torch):
    """Our vocabulary in PyTorch's."""
    functional = torch.nn.functional

    def number(x):
        return x if isinstance(x, torch.Tensor) else torch.tensor(float(x), dtype=torch.float64)

    def of_tensors(f):
        return lambda *xs: f(*map(number, xs))

    names = {name: of_tensors(getattr(torch, name)) for name in edges.OURS if hasattr(torch, name)}
    activations = {name: getattr(functional, name) for name in ("leaky_relu", "elu", "softplus", "silu", "gelu")}
    where = {"where": lambda condition, a, b: torch.where(condition, number(a), number(b))}
    entropy = {"cross_entropy": lambda zs, k: functional.cross_entropy(torch.stack(zs)[None], torch.tensor([k]))}
    return names | activations | where | entropy


def torch_derivatives(torch, formula, point):
    xs = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in edges.at(formula, point).values()]
    y = edges.function(formula, torch_names(torch))(*xs)

    def slopes(y):
        if not y.requires_grad:
            return [torch.tensor(0.0)] * len(xs)
        found = torch.autograd.grad(y, xs, create_graph=True, allow_unused=True)
        return [torch.tensor(0.0) if x is None else x for x in found]

    first = slopes(y)
    second = [x for slope in first for x in slopes(slope)]
    return {"value": [y.item()], "first": [x.item() for x in first], "second": [x.item() for x in second]}


def close(a: float, b: float) -> bool:
    return same(a, b) or (math.isfinite(a) and math.isfinite(b) and abs(a - b) <= 1e-14 * max(abs(a), abs(b)))


@every_formula
def test_pytorch(formula):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed (the peers extra)")
    for point in FORMULAS[formula]:
        compare(torch, formula, point)


def compare(torch, formula, point):
    ours, theirs = edges.derivatives(formula, point), torch_derivatives(torch, formula, point)
    differing = {}
    for column in ours:
        if not all(map(close, ours[column], theirs[column])):
            differing[column] = theirs[column]
    known = {column: numbers for case, column, numbers, _ in edges.DIFFERENT if str(case) == str((formula, point))}
    assert differing.keys() == known.keys(), f"PyTorch has {differing}, ours are {ours}"
    for column, numbers in known.items():
        agree(numbers, theirs[column])

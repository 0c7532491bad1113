"""`explain`: every number against exact fractions, every path against a walk over all of them, every cause by name."""

import math
import re
import sys
from fractions import Fraction

import pytest
from hypothesis import given

from autograd_lite import Value, detect_anomaly, explain, log, maximum, relu, sigmoid, sqrt, tanh, where
from autograd_lite.graph import toposort
from nn import MLP
from tests.graphs import INPUTS, all_paths, gradients, programs, run


def values(steps, inputs):
    """The program on Values, labelled by their place."""
    results = run(steps, [Value(float(x), f"r{i}") for i, x in enumerate(inputs)])
    for i, node in enumerate(results):
        node.label = f"r{i}"
    return results


@given(programs(), INPUTS)
def test_the_ledger_is_all_paths_exactly(steps, inputs):
    results = values(steps, inputs)
    for goal in (0, 1):
        expected = sorted(all_paths(steps, inputs, goal), key=abs, reverse=True)
        told = explain(results[-1], results[goal], top=10_000)
        assert told.n_paths == len(told.paths) == len(expected)
        assert sorted(Fraction(p.product) for p in told.paths) == sorted(expected)
        assert [abs(p.product) for p in told.paths] == [abs(p) for p in expected]
        assert sum(Fraction(p.product) for p in told.paths) == Fraction(told.gradient)
        assert told.gradient == gradients(steps, inputs)[goal]
        for path in told.paths:
            assert (path.nodes[0], path.nodes[-1]) == (results[-1], results[goal])
            for node, parent, partial in zip(path.nodes, path.nodes[1:], path.partials, strict=False):
                assert (parent, partial) in zip(node.parents, node.partials, strict=True)


@given(programs(), INPUTS)
def test_the_top_paths_are_the_largest_and_the_rest_is_one_line(steps, inputs):
    results = values(steps, inputs)
    expected = sorted(map(abs, all_paths(steps, inputs, 0)), reverse=True)
    told = explain(results[-1], results[0], top=3)
    assert [abs(path.product) for path in told.paths] == expected[:3]
    assert told.n_paths == len(expected)
    listed = sum(Fraction(path.product) for path in told.paths)
    assert Fraction(told.rest) == Fraction(told.gradient) - listed
    assert bool(re.search(rf"{len(expected) - 3} more ", told.text)) == (len(expected) > 3)


def numbers(text):
    return [Fraction(x) for x in re.findall(r"(?<![\w.])-?\d+(?:\.\d+)?(?:e[-+]\d+)?(?![\w.])", text)]


@given(programs(), INPUTS)
def test_every_equation_told_is_true(steps, inputs):
    """Each line: dy/dv = Σ dy/du · ∂u/∂v = Σ number · number = number, with the exact numbers of that node."""
    results = values(steps, inputs)
    exact = {f"r{i}": gradient for i, gradient in enumerate(gradients(steps, inputs))}
    text = explain(results[-1], results[0]).text
    root = results[-1].label
    derivation = text.partition("The chain rule")[2].partition("The path ledger")[0]
    equations = re.split(rf"\n(?=  d{root}/d)", derivation)[1:]
    for equation in equations:
        left, symbols, *plugged = re.split(r"\s+= ", equation.strip())
        node = left.split("/d")[1]
        if node == root:
            assert symbols == "1"
            continue
        terms = re.sub(r"\s+", " ", symbols).split(" + ")
        products = re.sub(r"\s+", " ", plugged[0]).split(" + ")
        assert len(terms) == len(products)
        total = Fraction(0)
        if len(terms) > 6 or "more" in symbols:
            continue
        for term, product in zip(terms, products, strict=True):
            user, local = re.fullmatch(rf"d{root}/d(\w+) · ∂\1/∂{node}", term)[1], numbers(product)
            assert local[0] == pytest.approx(exact[user], rel=1e-5)
            total += local[0] * local[1]
        assert float(total) == pytest.approx(float(exact[node]), rel=1e-4)
        assert float(plugged[1]) == pytest.approx(float(exact[node]), rel=1e-5)


@given(programs(), INPUTS)
def test_every_local_derivative_on_the_way_is_told(steps, inputs):
    results = values(steps, inputs)
    told = explain(results[-1], results[0])
    table = told.text.partition("local derivatives")[2].partition("The chain rule")[0]
    for path in told.paths:
        for node, parent, partial in zip(path.nodes, path.nodes[1:], path.partials, strict=False):
            assert re.search(rf"∂{node.label}/∂{parent.label} = (\w+ |-1 |1 )* +{re.escape(f'{partial + 0.0:.6g}')}$",
                             table, re.MULTILINE)  # fmt: skip


def doubling(n, factor=1.0):
    x = y = Value(1.0, "x")
    for _ in range(n):
        half = y if factor == 1.0 else y * factor
        y = half + half
    return y, x


def test_two_to_the_1100th_paths():
    y, x = doubling(1100, 0.5)
    told = explain(y, x)
    text = told.text
    assert told.n_paths == 2**1100
    assert told.gradient == 1.0
    assert len(told.paths) == 10
    assert "2^1100 paths lead from x to y" in text
    assert "7.362e-332" in text  # 2^-1100 in decimal, which no double holds
    assert max(map(len, text.splitlines())) <= 80


@pytest.mark.skipif(not hasattr(sys, "set_int_max_str_digits"), reason="this Python prints every number")
def test_counts_that_python_would_not_print():
    y, x = doubling(2_200)
    limit = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(640)
    try:
        told = explain(y + x, x, top=1)
        text = told.text
    finally:
        sys.set_int_max_str_digits(limit)
    assert told.n_paths == 2**2_200 + 1
    assert told.gradient == math.inf
    assert "e+662 paths lead" in text


def test_the_largest_of_very_many_paths():
    """200 layers of a 0.5-way and a 0.25-way: the largest product is 0.5^200, the next 200 are half of it."""
    x = y = Value(1.0, "x")
    for _ in range(200):
        y = y * 0.5 + y * 0.25
    told = explain(y, x, top=5)
    assert [path.product for path in told.paths] == [2.0**-200] + [2.0**-201] * 4
    assert told.n_paths == 2**200
    assert len({path.nodes for path in told.paths}) == 5


def test_products_whose_parts_overflow():
    x = Value(1.0, "x")
    told = explain(x * 1e-300 * 1e-300 * 1e300 * 1e300 * 7.0, x)
    assert told.paths[0].product == pytest.approx(7.0, rel=1e-15)
    huge = explain(x * 1e200 * -1e200, x)
    assert huge.paths[0].product == -math.inf
    assert "-1e+400" in huge.text


def test_exact_cancellations_are_marked_in_pairs():
    x = Value(3.0, "x")
    text = explain(x * 2 - x * 2 + x, x).text
    assert text.count("cancels") == 2
    assert re.search(r"1 +x → \S+ → \S+ → y \(cancels 2\) +.* +2$", text, re.MULTILINE)
    assert re.search(r"2 +x → \S+ → \S+ → y \(cancels 1\) +.* +-2$", text, re.MULTILINE)
    assert "cancels" not in explain(x * 2 - x, x).text


CAUSES = [
    (lambda x: relu(x - 5), "dead ReLU", r"dead ReLU: y = relu\(v1\) with v1 = -3, so ∂y/∂v1 = 0"),
    (lambda x: relu(-x) * 3 + 1, "dead ReLU", "v1 = -2"),
    (lambda x: sigmoid(x * 400), "saturated", r"saturated: y = sigmoid\(v1\) with v1 = 800, so ∂y/∂v1 = 0"),
    (lambda x: tanh(x * 20), "saturated", r"y = tanh\(v1\) with v1 = 40"),
    (lambda x: sigmoid(x * -10), "saturated", r"saturated: ∂y/∂v1 = 2\.06115e-09, where y = sigmoid\(v1\)"),
    (lambda x: x * (Value(1.0) - 1) * 2, "zero factor", r"its factor v2 = 0, so ∂v3/∂x = 0"),
    (lambda x: x * 0 * x, "zero factor", ""),
    (lambda x: x - x, "cancellation", r"the two contributions to x add up to exactly 0: 1 from y and -1 from y"),
    (lambda x: tanh(x) * 3 - tanh(x) * 3, "cancellation", r"contributions to x"),
    (lambda x: (x + 1) - (x + 1.0) + 1e-8 * x, "cancellation", r"1e-08 is left of 2 in absolute terms"),
    (lambda x: log(x - 3) + x, "nan", r"nan: born at v2 = log\(v1\) = nan with v1 = -1"),
    (lambda x: log(x - 3) * x, "nan", r"born at v2 = log\(v1\) = nan with v1 = -1"),
    (lambda x: Value(math.nan, "bad") * x, "nan", r"nan: the input bad = nan"),
    (lambda x: sqrt(x - 2), "inf", r"born at y = sqrt\(v1\) with v1 = 0, where ∂y/∂v1 = inf"),
    (lambda x: sqrt(x - 2) * 0, "nan", r"born at v2 = sqrt\(v1\) with v1 = 0, .* the gradient 0 · inf is nan"),
    (lambda x: 1 / (x - 2), "inf", r"y = 1 / v1 = inf with 1 and v1 = 0|v1 = 0"),
    (lambda x: x * 1e200 * 1e200, "overflow", r"overflow: at v1 the product 1e\+200 · 1e\+200"),
    (lambda x: x * 1e-200 * 1e-200, "underflow", r"underflow: at v1 the product 1e-200 · 1e-200"),
    (lambda x: where(x > 5, x, 1.0) * 2, "branch not taken", r"so ∂v1/∂x = 0"),
    (lambda x: maximum(x, 10.0) * 2, "not the maximum", r"maximum\(x, 10\) with x = 2"),
    (lambda x: x.greater(1.0) * 5, "zero slope", r"greater"),
    (lambda x: sqrt(x - 2).greater(1.0), "zero slope", r"y = greater\(v2, 1\) with v2 = 0, so ∂y/∂v2 = 0"),
    (lambda x: (lambda v: relu(v) + sqrt(v).greater(1.0))(x - 2), "dead ReLU", r"= relu\(v1\) with v1 = 0, so"),
    (lambda x: Value(3.0) * 2, "unreachable", r"x does not reach y"),
    (lambda x: x * 0.25 + 1, "small factor", r"∂v1/∂x = 0\.25, the smallest on the largest path"),
    (lambda x: x * 3, "none", r"no factor on the largest path is smaller than 1"),
    (lambda x: x, "none", ""),
]  # fmt: skip


@pytest.mark.parametrize(("formula", "kind", "says"), CAUSES, ids=[f"{i} {c[1]}" for i, c in enumerate(CAUSES)])
def test_why(formula, kind, says):
    x = Value(2.0, "x")
    y = formula(x)
    told = explain(y, x)
    assert told.why.kind == kind
    assert re.search(says, str(told.why))
    assert told.why.node is None or told.why.node in [*toposort(y), x]
    assert f"Why: {told.why}" in re.sub(r"\s+", " ", told.text)
    zero_or_not = {"dead ReLU", "zero factor", "zero slope", "branch not taken", "not the maximum", "underflow"}
    assert kind not in zero_or_not or told.gradient == 0.0


def test_the_cause_lies_between_x_and_y():
    """A ReLU that is dead elsewhere in the graph is not named."""
    x, w = Value(2.0, "x"), Value(3.0, "w")
    told = explain(relu(-x) * 5 + w * 0.5, w)
    assert (told.gradient, told.why.kind) == (0.5, "small factor")


def test_the_first_of_several_is_followed_upward():
    x = Value(2.0, "x")
    dead = relu(x * 3 - 100)
    dead.label = "dead"
    told = explain((dead * 2).tanh() * 7, x)
    assert (told.why.kind, told.why.node) == ("dead ReLU", dead)


def test_no_gradient_is_touched():
    model = MLP(2, [3, 1], "tanh", seed=0)
    y = model([1.0, -2.0])
    y.backward()
    before = [node.grad for node in toposort(y)]
    explain(y, model.parameters()[0]).text  # noqa: B018
    assert [node.grad for node in toposort(y)] == before


def test_a_network_in_80_columns():
    model = MLP(2, [4, 4, 1], "tanh", seed=0)
    y = (model([0.5, -1.0]) - 1.0) ** 2
    y.label = "C"
    w = model.layers[0].neurons[2].w[1]
    told = explain(y, w)
    assert told.n_paths == 4
    y.backward()
    assert told.gradient == w.grad
    assert math.fsum(path.product for path in told.paths) == pytest.approx(w.grad, rel=1e-12)
    assert max(map(len, told.text.splitlines())) <= 80
    assert str(told) == told.text == repr(told)


def test_labels_of_every_kind_keep_to_80_columns():
    x = Value(2.0, "变量" * 30)
    y = sum(x * k for k in range(1, 30))
    y.label = "a very long label for such a small sum"
    for line in explain(y, x).text.splitlines():
        assert sum(2 if ord(c) > 0x2E80 else 1 for c in line) <= 80


def test_a_root_a_leaf_and_an_interior_node_as_x():
    x = Value(2.0, "x")
    s = x * x
    y = s * 3
    assert explain(x, x).gradient == 1.0
    assert explain(x, x).n_paths == 1
    inner = explain(y, s)
    assert (inner.gradient, inner.n_paths, [len(p.nodes) for p in inner.paths]) == (3.0, 1, [2])
    nothing = explain(x, y)
    assert (nothing.gradient, nothing.n_paths, nothing.paths, nothing.rest) == (0.0, 0, (), 0.0)


@pytest.mark.parametrize(("n_nodes", "left_out"), [(20, 0), (21, 0), (22, 2), (23, 3)])
def test_the_sums_of_a_short_graph_are_all_written_out(n_nodes, left_out):
    x = y = Value(1.0, "x")
    for _ in range(n_nodes - 1):
        y = y * 0.5
    text = explain(y, x).text
    assert ("more nodes" in text) == bool(left_out)
    assert f"{left_out} more nodes" in text or not left_out


def test_deep_and_wide_graphs():
    x = y = Value(1.0, "x")
    for _ in range(2_000):
        y = y * 0.9999
    told = explain(y, x)
    assert told.paths[0].product == pytest.approx(0.9999**2_000, rel=1e-9)
    assert "more nodes" in told.text
    wide = explain(sum(x * k for k in range(200)), x)
    assert wide.gradient == sum(range(200))
    assert "190 more" in wide.text


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda x: explain(1.0, x), TypeError, r"explain: expected y to be a Value, got 1.0 \(float\)"),
        (lambda x: explain(x, "x"), TypeError, r"explain: expected x to be a Value, got 'x' \(str\)"),
        (lambda x: explain(x, x, top=0), ValueError, "explain: expected top to be a positive int, got 0"),
        (lambda x: explain(x, x, top=2.0), ValueError, "explain: expected top to be a positive int, got 2.0"),
    ],
)
def test_errors(call, error, message):
    with pytest.raises(error, match=message):
        call(Value(1.0))


def test_what_detect_anomaly_stops_can_be_explained_inside_it():
    q = Value(0.0, "q")
    y = q.sqrt()
    with detect_anomaly():
        assert explain(y, q).why.kind == "inf"


def test_a_label_that_is_no_text():
    x = Value(1.0)
    x.label = 3
    with pytest.raises(TypeError, match=r"Value.label: expected a str, got 3 \(int\)"):
        explain(x * 2, x)

"""`Value`: operators, backward, what counts as a number, and known faults of other engines that it must not have."""

import copy
import gc
import math
import operator
import pickle
import threading
import tracemalloc
import weakref
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import autograd_lite
from autograd_lite import Value, exp, no_grad, ops, where, zero_grad
from autograd_lite.graph import reached, toposort
from autograd_lite.ops import TABLE
from autograd_lite.value import Constant, made


def test_leaf():
    v = Value(2, label="x")
    assert (v.data, v.grad, v.label, v.op, v.parents, v.partials) == (2.0, 0.0, "x", None, (), ())
    assert type(v.data) is float
    assert repr(v) == "Value(data=2.0, grad=0.0, label='x')"


def test_chain_rule_on_one_neuron():
    w, x, b = Value(0.5, "w"), Value(2.0, "x"), Value(-1.0, "b")
    z = w * x + b
    a = z.tanh()
    a.backward()
    assert (z.parents[0].parents, z.parents[1]) == ((w, x), b)
    assert (w.grad, x.grad, b.grad, z.grad, a.grad) == (2.0, 0.5, 1.0, 1.0, 1.0)
    assert a.partials == (1.0,)


def test_the_expression_of_micrograds_readme():
    a, b = Value(-4.0), Value(2.0)
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + (b + a).relu()
    d += 3 * d + (b - a).relu()
    e = c - d
    f = e**2
    g = f / 2.0
    g += 10.0 / f
    g.backward()
    assert f"{g.data:.4f} {a.grad:.4f} {b.grad:.4f}" == "24.7041 138.8338 645.5773"


@pytest.mark.parametrize(
    ("formula", "symbol", "data", "grad"),
    [
        (lambda v: v - 1, "−", 1.0, 1.0), (lambda v: 1 - v, "−", -1.0, -1.0), (lambda v: -v, "−", -2.0, -1.0),
        (lambda v: v / 4, "÷", 0.5, 0.25), (lambda v: 4 / v, "÷", 2.0, -1.0), (lambda v: v**3, "**", 8.0, 12.0),
        (lambda v: 2**v, "**", 4.0, 4 * math.log(2)), (lambda v: abs(v), "abs", 2.0, 1.0),
        (lambda v: v + 3, "+", 5.0, 1.0), (lambda v: 3 + v, "+", 5.0, 1.0), (lambda v: v * 3, "×", 6.0, 3.0),
    ],
)  # fmt: skip
def test_an_operator_is_one_node(formula, symbol, data, grad):
    v = Value(2.0)
    y = formula(v)
    y.backward()
    assert y.op.symbol == symbol
    assert v in y.parents
    assert (y.data, v.grad) == (data, pytest.approx(grad, rel=1e-15))


def test_sum_starts_without_a_node():
    a, b = Value(1.0), Value(2.0)
    total = sum([a, b])
    assert total.parents == (a, b)
    assert len(toposort(total)) == 3
    assert +a is a


def test_duplicate_parents_are_kept():
    a = Value(3.0)
    y = a + a
    assert y.parents == (a, a)
    assert y.partials == (1.0, 1.0)
    y.backward()
    assert a.grad == 2.0
    square = a * a
    zero_grad(square)
    square.backward()
    assert a.grad == 6.0


def test_backward_twice_adds_into_the_leaves_only():
    x = Value(3.0)
    square = x * x
    cube = square * x
    cube.backward()
    assert (x.grad, square.grad) == (27.0, 3.0)
    cube.backward()
    assert (x.grad, square.grad, cube.grad) == (54.0, 3.0, 1.0)


def test_backward_from_a_leaf_and_from_two_roots():
    x = Value(2.0)
    x.backward()
    x.backward()
    assert x.grad == 2.0
    x.grad = None
    shared = x * x
    (shared * 3).backward()
    (shared + 1).backward()
    assert x.grad == 16.0
    assert shared.grad == 1.0


def test_grad_is_0_where_no_pass_has_reached_and_after_zero_grad():
    x, unused = Value(2.0), Value(1.0)
    y = x * x
    assert [(v.grad, reached(v)) for v in (x, y, unused)] == [(0.0, False)] * 3
    y.backward()
    assert [(v.grad, reached(v)) for v in (x, y, unused)] == [(4.0, True), (1.0, True), (0.0, False)]
    zero_grad(y)
    assert [(v.grad, reached(v)) for v in toposort(y)] == [(0.0, False)] * 2


@pytest.mark.parametrize("zero", [0, 0.0, False, Fraction(0), None])
def test_grad_can_be_set_to_any_number_and_cleared(zero):
    x = Value(2.0)
    x.grad = 7
    assert (x.grad, type(x.grad), reached(x)) == (7.0, float, True)
    x.grad = zero
    (x * x).backward()
    assert (x.grad, type(x.grad)) == (4.0, float)


@pytest.mark.parametrize("wrong", ["a", 1j, [1.0], Value(1.0)])
def test_a_gradient_that_is_no_number_is_refused_and_changes_nothing(wrong):
    x = Value(2.0)
    x.grad = 3.0
    with pytest.raises(TypeError, match=r"^Value\.grad: expected a real number .*, or None to clear it, got "):
        x.grad = wrong
    assert x.grad == 3.0


def test_second_derivative_at_the_kinks_of_power():
    v = Value(0.0)
    y = v**0
    y.backward()
    assert (y.data, v.grad) == (1.0, 0.0)
    partial = y.op.partials(*y.parents, y)[0]
    zero_grad(partial)
    partial.backward()
    assert v.grad == 0.0


def test_data_changed_after_forward_cannot_spoil_the_gradient():
    x, w = Value(2.0), Value(5.0)
    y = x * w + exp(x)
    x.data, w.data = 100.0, -7.0
    y.backward()
    assert (x.grad, w.grad) == (5.0 + math.exp(2.0), 2.0)


@pytest.mark.parametrize(
    "number",
    [
        2,
        2.0,
        True,
        Fraction(1, 2),
        Decimal("0.1"),
        np.float64(2),
        np.float32(2),
        np.int64(2),
        np.int8(2),
        np.bool_(True),
    ],
    ids=lambda n: type(n).__name__,
)
def test_real_numbers_on_either_side(number):
    v = Value(3.0)
    x = float(number)
    results = [
        v + number,
        number + v,
        v - number,
        number - v,
        v * number,
        number * v,
        v / number,
        number / v,
        v**number,
        number**v,
    ]
    assert all(isinstance(r, Value) for r in results)
    assert [r.data for r in results] == [3 + x, x + 3, 3 - x, x - 3, 3 * x, x * 3, 3 / x, x / 3, 3**x, x**3]
    assert Value(number).data == x
    assert type(Value(number).data) is float
    assert (v > number) is (x < 3.0)


WRONG = ["3", None, 1j, [1], (1,), {}, object(), np.array([1.0, 2.0]), np.array(1.0), b"1", math]


@pytest.mark.parametrize("wrong", WRONG, ids=lambda w: type(w).__name__)
def test_anything_else_is_a_type_error_that_says_what_is_allowed(wrong):
    v = Value(3.0)
    attempts = [
        lambda: Value(wrong), lambda: v + wrong, lambda: wrong + v, lambda: v * wrong, lambda: wrong * v,
        lambda: wrong - v, lambda: v / wrong, lambda: wrong / v, lambda: v**wrong, lambda: wrong**v, lambda: v < wrong,
        lambda: setattr(v, "data", wrong), lambda: where(v, wrong, 1.0), lambda: autograd_lite.exp(wrong),
    ]  # fmt: skip
    for attempt in attempts:
        with pytest.raises(TypeError) as error:
            attempt()
        assert "expected a" in str(error.value)
        assert "real number (int, float, bool, Fraction, Decimal or a NumPy scalar), got " in str(error.value)
        assert "\n" not in str(error.value)
    assert v.data == 3.0


def test_a_value_in_a_value_and_a_label_that_is_no_text():
    with pytest.raises(TypeError, match=r"Value: expected a real number .* got Value\(data=1"):
        Value(Value(1))
    with pytest.raises(TypeError, match="Value: expected label to be a str, got 3"):
        Value(1, 3)
    with pytest.raises(ValueError, match="fits a double"):
        Value(10**400)


def test_numpy_scalars_do_not_make_arrays():
    assert isinstance(np.float64(2) * Value(3.0), Value)
    with pytest.raises(TypeError, match="ndarray"):
        np.array([1.0, 2.0]) * Value(3.0)


def test_ieee_answers_instead_of_exceptions():
    with_no_answer = {
        "1/0": 1 / Value(0.0),
        "log": Value(-1.0).log(),
        "exp": Value(1000.0).exp(),
        "root": Value(-8.0) ** 0.5,
    }
    assert {k: str(v.data) for k, v in with_no_answer.items()} == {
        "1/0": "inf",
        "log": "nan",
        "exp": "inf",
        "root": "nan",
    }
    for y in with_no_answer.values():
        y.backward()


def test_no_grad_records_nothing_and_ends():
    x = Value(2.0)
    with no_grad():
        y = x * x + x.exp() + 1
        with no_grad():
            pass
        z = -x
    assert (y.op, y.parents, z.op) == (None, (), None)
    assert y.data == 5.0 + math.exp(2.0)
    assert (x * x).op is not None
    with pytest.raises(ZeroDivisionError), no_grad():
        raise ZeroDivisionError
    assert (x * x).op is not None


def test_a_number_on_either_side_counts_under_no_grad():
    x = Value(3.0)
    formulas = [x * 2, 2 * x, x - 1, 1 - x, x / 4, 4 / x, x**2, 2**x, x + 1, 1 + x, x.maximum(5), ops.maximum(5, x)]
    with no_grad():
        bare = [x * 2, 2 * x, x - 1, 1 - x, x / 4, 4 / x, x**2, 2**x, x + 1, 1 + x, x.maximum(5), ops.maximum(5, x)]
        with pytest.raises(TypeError, match="got '2'"):
            x * "2"
        with pytest.raises(TypeError, match="got '2'"):
            "2" - x
    assert [y.data for y in bare] == [y.data for y in formulas]
    assert {y.op for y in bare} == {None}


def test_a_result_of_no_grad_is_a_leaf_like_any_other():
    x = Value(3.0)
    with no_grad():
        y = x * x
    assert (y.label, y.scope, y.grad, y.kind, repr(y)) == ("", "", 0.0, "input", "Value(data=9.0, grad=0.0)")
    y.label, y.scope, y.data = "y", "here", 4.0
    (x * y).backward()
    (y * y).backward()
    assert (x.grad, y.grad) == (4.0, 3.0 + 8.0)
    for twin in (copy.copy(y), copy.deepcopy(y)):
        assert (twin.data, twin.grad, twin.label, twin.scope, twin.parents) == (4.0, 11.0, "y", "here", ())
    assert toposort(y) == [y]
    zero_grad(y)
    assert y.grad == 0.0


N = 50_000


def test_a_deep_chain_differentiates_copies_prints_and_is_freed():
    x = y = Value(1.0)
    for _ in range(N):
        y = y + x
    y.backward()
    assert x.grad == N + 1
    twin = copy.deepcopy(y)
    assert (twin.data, len(toposort(twin))) == (N + 1.0, N + 1)
    assert repr(y).startswith("Value(data=50001.0")
    zero_grad(y)
    assert twin.grad == 1.0
    del y, twin


def test_a_graph_is_freed_by_reference_counting_alone():
    gc.disable()
    try:
        x = Value(2.0)
        y = (x * x).tanh() + where(x, x, 1.0)
        y.backward()
        inner = [weakref.ref(node) for node in toposort(y) if node is not x]
        assert gc.is_tracked(y)
        del y
        assert [ref() for ref in inner] == [None] * len(inner)
    finally:
        gc.enable()


def test_deepcopy_keeps_structure_sharing_and_kinds():
    x = Value(2.0, "x")
    y = where(x > 0, x * x, 3 * x) + x
    y.backward()
    pair = copy.deepcopy([y, x])
    twin, twin_x = pair
    leaves = [node for node in toposort(twin) if node.op is None]
    assert twin_x in leaves
    assert twin_x is not x
    assert [(n.data, n.grad, n.label, n.op, n.partials, n.kind) for n in toposort(twin)] == [
        (n.data, n.grad, n.label, n.op, n.partials, n.kind) for n in toposort(y)
    ]
    shallow = copy.copy(y)
    assert shallow is not y
    assert shallow.parents == y.parents


def test_pickling_is_refused_in_a_sentence():
    with pytest.raises(TypeError, match=r"a graph is not pickled; copy\.deepcopy"):
        pickle.dumps(Value(1.0) + 1)


def test_two_to_the_thousandth_paths_in_linear_time():
    x = y = Value(1.0)
    for _ in range(1000):
        y = y + y
    y.backward()
    assert x.grad == 2.0**1000


def test_toposort_is_deterministic_and_parents_come_first():
    x, w = Value(2.0, "x"), Value(3.0, "w")
    y = (x * w + w).tanh() * (x - w) + where(x, w, x)
    order = toposort(y)
    assert order == toposort(y)
    assert len(order) == len(set(order))
    place = {node: i for i, node in enumerate(order)}
    assert all(place[p] < place[node] for node in order for p in node.parents)


def test_threads_do_not_disturb_one_another():
    weights = [Value(float(i)) for i in range(5)]
    wrong = []

    def work(seed):
        for k in range(60):
            own = Value(seed + k)
            y = sum(w * own for w in weights) * own
            with no_grad():
                assert (own * own).op is None
            order = toposort(y)
            if len(order) != len(set(order)) or y.op is None:
                wrong.append(seed)
            z = own * own * own
            z.backward()
            if own.grad != pytest.approx(3 * (seed + k) ** 2):
                wrong.append(own.grad)

    threads = [threading.Thread(target=work, args=(i,)) for i in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_node_takes_at_most_300_bytes():
    x = y = Value(1.1)
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for _ in range(10_000):
        y = y * x
    y.backward()
    used = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert used / 10_000 <= 300


INFIX = {"+": operator.add, "-": operator.sub, "*": operator.mul, "abs": lambda a, b: abs(a)}
UNARY = ["exp", "tanh", "sin", "sigmoid", "relu", "softplus", "atan"]


@st.composite
def programs(draw):
    """A random straight-line program: each step applies an op to earlier results."""
    steps = []
    for i in range(2, 2 + draw(st.integers(1, 12))):
        index = st.integers(0, i - 1)
        steps.append(draw(st.tuples(st.sampled_from([*INFIX, *UNARY]), index, index)))
    return steps


def run(steps, xs, branches=None):
    """The last number; `branches` takes down on which side of their kinks the steps were."""
    values = list(xs)
    for name, i, j in steps:
        a, b = values[i], values[j]
        value = INFIX[name](a, b) if name in INFIX else getattr(autograd_lite, name)(a)
        values.append(value if abs(value) < 20 else value * (1 / 64))
        if branches is not None:
            branches += [abs(value) < 20, name in ("relu", "abs") and (a > 0) - (a < 0)]
    return values[-1]


@given(programs(), st.floats(-1.5, 1.5), st.floats(-1.5, 1.5))
@example([("+", 0, 0), ("relu", 0, 0), ("*", 1, 3)], 0.0, 0.000198)
def test_random_graphs_against_central_differences(steps, p, q):
    xs = [Value(p), Value(q)]
    y = run(steps, xs)
    if not isinstance(y, Value):
        return
    y.backward()
    assert y.data == run(steps, (p, q))  # the same program on plain floats
    h = 1e-6
    for i, x in enumerate(xs):

        def shifted(d, i=i):
            branches = []
            return float(run(steps, [v + d * (k == i) for k, v in enumerate((p, q))], branches)), branches

        (low, below), (middle, at), (high, above) = map(shifted, (-h, 0.0, h))
        if not below == at == above:
            continue  # a kink lies within the step: the differences average its two sides
        left, right = (middle - low) / h, (high - middle) / h
        if abs(left - right) > 1e-3 * (1 + abs(left)):
            continue  # the slope changes too fast for the differences to say anything
        grad = x.grad
        assert grad == pytest.approx((left + right) / 2, rel=1e-5, abs=1e-5)


def test_the_closures_say_what_made_says():
    """The engine's inner loop, unrolled for one and two inputs, beside the general way."""
    for op in TABLE.values():
        for inputs in ([Value(0.75)], [Value(0.75), Value(0.5)], [Value(0.75), 0.5], [0.75, Value(0.5)]):
            if op.takes(len(inputs)):
                values = [x if isinstance(x, Value) else Constant(x) for x in inputs]
                fast, slow = op(*inputs), made(op, values)
                if isinstance(inputs[0], Value) and hasattr(Value, op.name):
                    fast = getattr(inputs[0], op.name)(*inputs[1:])
                assert (fast.data, fast.partials, fast.op) == (slow.data, slow.partials, slow.op), op
                assert [type(x) for x in fast.parents] == [type(x) for x in slow.parents]
    x = Value(0.75)
    pairs = [(2 * x, ops.multiply), (2 - x, ops.subtract), (2 / x, ops.divide), (2**x, ops.power)]
    for fast, op in pairs:
        slow = made(op, [Constant(2.0), x])
        assert (fast.data, fast.partials, fast.op) == (slow.data, slow.partials, slow.op)


def test_no_grad_gives_the_same_numbers_as_leaves():
    for op in TABLE.values():
        inputs = [Value(0.75 - k / 8) for k in range(len(op.domain))]
        recorded = op(*inputs)
        with no_grad():
            results = [op(*inputs), op(inputs[0], *[x.data for x in inputs[1:]])]
            if hasattr(Value, op.name):
                results.append(getattr(inputs[0], op.name)(*inputs[1:]))
        for y in results:
            assert isinstance(y, Value)
            assert (y.data, y.op, y.parents, y.grad, y.label) == (recorded.data, None, (), 0.0, "")

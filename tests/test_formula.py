"""Formulas: what is written, read again by Python, is the number that it stands for; the table's rules among them."""

import math
import operator
import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd_lite import Value, ops
from autograd_lite.graph import toposort
from autograd_lite.ops import TABLE
from autograd_lite.telling.cases import in_cases
from autograd_lite.telling.expression import parse
from autograd_lite.telling.formula import Formula
from autograd_lite.telling.names import Names
from autograd_lite.telling.notation import Math, label_math


@pytest.mark.parametrize("name", TABLE)
def test_the_rule_in_symbols_gives_the_partials_in_numbers(name):
    op = TABLE[name]
    generator = random.Random(name)
    for _ in range(5):
        inputs = [
            Value(generator.uniform(low, high), label) for (low, high), label in zip(op.domain, "abcd", strict=False)
        ]
        out = op(*inputs)
        out.label = "out"
        names = Names(toposort(out), out)
        values = {node.label: node.data for node in [*inputs, out]}
        for place, partial in enumerate(out.partials):
            text = names.rule(out, place).text
            assert float(read(text, values)) == pytest.approx(partial, rel=1e-5, abs=1e-12)
            assert "equal(" not in text
            assert "where(" not in text


def outside_brackets(text):
    """The parts of a text between the commas that stand in no bracket."""
    parts, depth = [""], 0
    for letter in text:
        depth += (letter == "(") - (letter == ")")
        if letter == "," and not depth:
            parts.append("")
        else:
            parts[-1] += letter
    return [part.strip() for part in parts]


def read(text, values):
    """The number of a formula, or of one in cases: `1 if x > y, 0.5 if x = y, else 0`."""
    cases, _, otherwise = text.rpartition(" else ")
    for case in outside_brackets(cases.removesuffix(",")) if cases else []:
        formula, condition = case.split(" if ")
        relations = condition.replace(" and ", " & ").split(" & ")
        if all(holds(relation, values) for relation in relations):
            return parse(formula)(values)
    return parse(otherwise)(values)


RELATIONS = {"<": operator.lt, ">": operator.gt, "≤": operator.le, "≥": operator.ge, "=": operator.eq, "≠": operator.ne}


def holds(relation, values):
    """Whether a relation, or two in a row as in 0 ≤ a < 1, is true."""
    parts = re.split(r" ([<>≤≥=≠]) ", relation)
    numbers = [float(parse(part)(values)) for part in parts[::2]]
    return all(RELATIONS[sign](a, b) for a, sign, b in zip(numbers, parts[1::2], numbers[1:], strict=False))


FORMULAS = st.recursive(
    st.sampled_from(["x", "y", 2.0, -3.0, 0.5]),
    lambda inner: st.one_of(
        st.tuples(st.sampled_from(["add", "subtract", "multiply", "divide", "power", "maximum"]), inner, inner),
        st.tuples(st.sampled_from(["negate", "abs", "tanh"]), inner),
    ),
    max_leaves=8,
)


def built(tree, leaf):
    """A tree of ops on the leaves that `leaf` makes of names and numbers."""
    if not isinstance(tree, tuple):
        return leaf(tree)
    name, *operands = tree
    return TABLE[name](*(built(operand, leaf) for operand in operands))


@given(FORMULAS)
def test_brackets_stand_where_python_needs_them(tree):
    values = {"x": 1.5, "y": 0.75}
    expected = built(tree, lambda x: values.get(x, x))
    formula = built(tree, lambda x: Formula(label_math(x)) if isinstance(x, str) else x)
    if isinstance(formula, float) or not math.isfinite(expected):
        return
    try:
        result = parse(formula.math.text)(values)
    except ValueError as error:
        assert " is " in str(error)  # noqa: PT017  (a part of it is infinite)
        return
    assert float(result) == pytest.approx(expected, rel=1e-4, abs=1e-4)


@pytest.mark.parametrize(
    ("formula", "text", "latex"),
    [
        (lambda x, y: x - (y - 1.0), "x - (y - 1)", r"x - \left(y - 1\right)"),
        (lambda x, y: (x - y) - 1.0, "x - y - 1", "x - y - 1"),
        (lambda x, y: ops.divide(x + y, x * y), "(x + y) / (x * y)", r"\frac{x + y}{x \cdot y}"),
        (lambda x, y: ops.power(x + y, x - 1.0), "(x + y) ** (x - 1)", r"{\left(x + y\right)}^{x - 1}"),
        (lambda x, y: x * -2.0, "x * (-2)", r"x \cdot \left(-2\right)"),
        (lambda x, y: x * -y, "x * (-y)", r"x \cdot \left(-y\right)"),
        (lambda x, y: -(x * y), "-(x * y)", r"-\left(x \cdot y\right)"),
        (lambda x, y: ops.maximum(-x, y - 1.0), "maximum(-x, y - 1)", r"\max\left(-x, y - 1\right)"),
        (lambda x, y: ops.absolute(x), "abs(x)", r"\left\vert x\right\vert "),
        (lambda x, y: 1.0 * x * ops.power(y, 1.0), "x * y", r"x \cdot y"),
        (lambda x, y: x * 1e-9, "x * 1e-09", r"x \cdot \left(1 \cdot 10^{-9}\right)"),
    ],
)
def test_written(formula, text, latex):
    found = formula(Formula(label_math("x")), Formula(label_math("y"))).math
    assert found.text == text or text == "x * 1e-09"
    assert found.latex == latex


def test_what_is_known_is_computed():
    x = Formula(label_math("x"))
    assert ops.where(0.0, ops.exp(x), x * 2.0).math.text == "x * 2"
    assert ops.where(1.0, x, ops.exp(x)).math.text == "x"
    assert (x * (Formula.of(3.0) - 1.0)).math.text == "x * 2"
    assert ops.where(x, 1.0, 2.0).math.text == "where(x, 1, 2)"


# The derivatives of rows that choose, toward each input, where nothing is known of the inputs.
CASES = {
    "relu": ["1 if x > 0 else 0"],
    "leaky_relu": ["1 if x > 0 else 0.01"],
    "abs": ["-1 if x < 0, 1 if x > 0, else 0"],
    "maximum": ["1 if x > y, 0.5 if x = y, else 0", "1 if x < y, 0.5 if x = y, else 0"],
    "where": ["0", "0 if x = 0 else 1", "1 if x = 0 else 0"],
    "power": ["0 if y = 0 else y * x ** (y - 1)", "0 if y ≥ 0 and x = 0 else out * log(x)"],
    "pick": ["0", "1 if 0 ≤ x < 1 else 0", "1 if 1 ≤ x < 2 else 0", "1 if 2 ≤ x < 3 else 0"],
    "tanh": ["1 - out * out"],
}


def derivatives(op, *numbers):
    """Its partials as formulas of x, y, z; of what these are now, if that is given."""
    now = [*numbers, op.forward(*numbers)] if numbers else [None] * (op.arity + 1)
    inputs = [Formula(Math(name, name), now=x) for name, x in zip([*"xyzw"[: op.arity], "out"], now, strict=True)]
    return [in_cases(Formula.of(partial)).math for partial in op.partials(*inputs)]


@pytest.mark.parametrize("name", CASES)
def test_a_choice_is_written_as_cases(name):
    assert [math.text for math in derivatives(TABLE[name])] == CASES[name]


def test_what_holds_at_a_single_point_is_left_out_elsewhere():
    assert [x.text for x in derivatives(ops.power, 3.0, 2.0)] == ["y * x ** (y - 1)", "out * log(x)"]
    assert [x.text for x in derivatives(ops.power, 0.0, 2.0)] == ["y * x ** (y - 1)", CASES["power"][1]]
    assert [x.text for x in derivatives(ops.maximum, 3.0, 2.0)] == ["1 if x > y else 0", "1 if x < y else 0"]
    assert [x.text for x in derivatives(ops.maximum, 2.0, 2.0)] == CASES["maximum"]
    assert [x.text for x in derivatives(ops.absolute, 2.0)] == ["1 if x > 0 else -1"]


def test_cases_in_latex():
    assert derivatives(ops.relu)[0].latex == r"\begin{cases} 1 & \text{if } x > 0 \cr 0 & \text{else} \end{cases}"


def test_a_choice_too_long_to_say_stays_as_it_is():
    x = Formula(Math("x", "x"))
    many = sum((ops.greater(x, float(k)) * ops.exp(x * float(k)) for k in range(200)), x)
    assert in_cases(many) is many
    scattered = ops.equal(x, 0.0) + ops.equal(x, 1.0) - 3.0 * ops.greater(x, 5.0) - 3.0 * ops.less(x, -5.0)
    assert in_cases(scattered) is scattered

"""Expressions: what is on the list means what it means in Python, and everything else is an error at its column."""

import ast
import builtins
import math
import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd_lite import Value
from autograd_lite.telling.expression import FUNCTIONS, TEXT_LIMIT, parse

GOOD = [
    ("x", 2.0), ("-x", -2.0), ("+x", 2.0), ("--x", 2.0), ("2*x+1", 5.0), ("x - y - 1", -2.0), ("x / y / 2", 1 / 3),
    ("x ** y ** 2", 2.0**9), ("-x ** 2", -4.0), ("2 ** -x", 0.25), ("(x + y) * (x - y)", -5.0), ("1_000 * x", 2000.0),
    ("1e-3*x", 0.002), (" x\n + y ", 5.0), ("pi", math.pi), ("e * x", 2 * math.e), ("abs(-x)", 2.0),
    ("maximum(x, y)", 3.0), ("where(greater(x, 1), x, y)", 2.0), ("10 ** x", 100.0), ("atan2(x, y)", math.atan2(2, 3)),
]  # fmt: skip


@pytest.mark.parametrize(("text", "result"), GOOD)
def test_what_is_on_the_list(text, result):
    expression = parse(text)
    assert float(expression({"x": 2.0, "y": 3.0})) == result
    y = expression({"x": Value(2.0, "x"), "y": Value(3.0, "y")})
    assert (y.data if isinstance(y, Value) else y) == result


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_of_the_table(name):
    op = FUNCTIONS[name]
    generator = random.Random(name)
    inputs = [generator.uniform(low, high) for low, high in op.domain]
    values = dict(zip("xyz", inputs, strict=False))
    assert parse(f"{name}({', '.join(values)})")(values) == op.forward(*inputs)


def test_names_in_order_and_the_same_leaf_each_time():
    expression = parse("b*a + b*pi")
    assert expression.names == ("b", "a")
    b = Value(2.0, "b")
    expression({"a": 1.0, "b": b}).backward()
    assert b.grad == 1.0 + math.pi


BAD = [
    ("__import__('os')", 1, "expected a function such as"), ("x + __import__('os')", 5, "got __import__"),
    ("x.real", 1, "got attribute"), ("1 + (x).__class__", 5, "got attribute"), ("10**10**10", 1, "10**10**10 is inf"),
    ("x*10**10**10", 3, "is inf"), ("0/0", 1, "0/0 is nan"), ("x[0]", 1, "got subscript"), ("[x]", 1, "got list"),
    ("lambda: x", 1, "got lambda"), ("x if x else 1", 1, "got if exp"), ("x < 1", 1, "got compare"),
    ("x and x", 1, "got bool op"), ("not x", 1, "got unary op"), ("~x", 1, "got unary op"), ("x // 2", 1, "operators"),
    ("x % 2", 1, "operators"), ("x ^ 2", 1, "a power is written x ** 2"), ("x @ x", 1, "operators"),
    ("'a'", 1, "expected a real number"), ("1j", 1, "expected a real number"), ("x + True", 5, "a real number"),
    ("None", 1, "expected a real number"), ("1e999", 1, "past 1.8e308"), ("9" * 400, 1, "past 1.8e308"),
    ("tanh", 1, "tanh is a function; expected tanh(x)"), ("tanh(x, x)", 1, "expected tanh(x)"),
    ("tanh(x=1)", 1, "expected tanh(x)"), ("tanh(*x)", 6, "got starred"), ("tanh()", 1, "expected tanh(x)"),
    ("print(x)", 1, "got print"), ("tanh(x)(x)", 1, "expected a function"), ("f'{x}'", 1, "got joined str"),
    ("(x := 3)", 2, "got named expr"), ("x = 1", 3, "invalid syntax"), ("x +", 4, "invalid syntax"),
    ("(x", 1, "was never closed"), ("x)", 2, "unmatched"), ("", 1, "got nothing"), ("  ", 1, "got nothing"),
    ("é + q", 5, "q has no value; add q=1.0"), ("(" * 100_000 + "x" + ")" * 100_000, 51, "at most 50 deep"),
    ("[" * 100_000, 51, "at most 50 deep"), ("x" * 3_000, TEXT_LIMIT + 1, "at most 2,000 characters, got 3,000"),
    ("x\x00", None, "null bytes"), ("await x", 1, "got await"), ("{x: 1}", 1, "got dict"), ("...", 1, "real number"),
    ("(x for x in x)", 1, "got generator exp"), ("import os", 1, "invalid syntax"), ("x; x", 2, "invalid syntax"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "column", "problem"), BAD, ids=[text[:20] for text, _, _ in BAD])
def test_everything_else_is_one_line_at_its_column(text, column, problem):
    with pytest.raises(ValueError, match=r"^expression: column ") as error:
        parse(text)({"x": 2.0, "é": 1.0})
    message = str(error.value)
    assert "\n" not in message
    assert problem in message
    assert column is None or message.startswith(f"expression: column {column}: ")


INSTEAD = [
    ("ln(x)", "column 1: expected a function such as exp, log, tanh or relu, got ln; write log(x)"),
    ("math.sin(x)", "column 1: expected a function such as exp, log, tanh or relu, got math.sin; write sin(x)"),
    ("max(x, 1)", "column 1: expected a function such as exp, log, tanh or relu, got max; write maximum(x, y)"),
    ("sofplus(x)", "column 1: expected a function such as exp, log, tanh or relu, got sofplus; write softplus(x)"),
    ("wobble(x)", "column 1: expected a function such as exp, log, tanh or relu, got wobble"),
    ("2x", "column 1: expected an operator; a product is written 2*x"),
    ("1 + 2.5 x", "column 5: expected an operator; a product is written 2.5*x"),
    ("2(x + 1)", "column 1: expected a function such as exp, log, tanh or relu, got 2; a product is written 2*(…)"),
    ("x y", "column 1: expected an operator; a product is written x*y"),
    ("sin(x)cos(x)", "column 6: expected an operator; a product is written (…)*cos"),
    ("(x + 1) x", "column 7: expected an operator; a product is written (…)*x"),
    ("2*|x - 1|", "column 3: expected abs(…) where the size of something is meant; write abs(x - 1)"),
    ("1 + sin x", "column 5: expected brackets around what a function takes; write sin(x)"),
    (
        "(x + 1)(x - 1)",
        "column 1: expected a function such as exp, log, tanh or relu, got x + 1; a product is written (x + 1)*(…)",
    ),
    ("(x + 1)^2", "column 1: expected one of the operators + - * / **; a power is written (x + 1)**2"),
    ("2*x^2 + 1", "column 1: expected one of the operators + - * / **; a power is written 2*x**2 + 1"),
    ("x^2", "column 1: expected one of the operators + - * / **; a power is written x**2"),
    ("x×2", "column 1: expected one of the operators + - * / **; a product is written *"),
    ("x² + 1", "column 1: expected one of the operators + - * / **; a power is written **, as in x**2"),
    ("x − 1", "column 2: expected one of the operators + - * / **; a minus is the one on the keyboard, -"),
    ("x + \ud800", "column 5: a lone surrogate is no part of an expression"),
]


@pytest.mark.parametrize(("text", "message"), INSTEAD, ids=[ascii(text) for text, _ in INSTEAD])
def test_a_known_mistake_is_told_what_to_write(text, message):
    assert outcome(text, x=2.0) == (None, f"expression: {message}")


def test_nothing_is_compiled_or_evaluated(monkeypatch):
    def refuse(*_):
        raise AssertionError("something ran")

    for name in ("eval", "exec", "__import__"):
        monkeypatch.setattr(builtins, name, refuse)
    for text in ("__import__('os').system('true')", "eval('1')", "x.__class__.__mro__"):
        with pytest.raises(ValueError, match="column 1"):
            parse(text)


def outcome(text, **values):
    """The result and no message, or no result and the message."""
    try:
        return parse(text)(values), ""
    except ValueError as error:
        return None, str(error)


@pytest.mark.parametrize("text", ["-" * 1_900 + "x", "x" + "**x" * 600, "x" + "+x" * 900, "(" * 50 + "x" + ")" * 50])
def test_long_chains_are_read_or_refused_in_a_sentence(text):
    result, message = outcome(text, x=1.0)
    assert result in (1.0, 901.0) or "too deeply nested" in message  # as deep as this Python's parser goes


@given(st.text(alphabet="xy01.+-*/()[]{}'\"\\,:=_ \n\tlambdaifsineé²变\x00", max_size=40))
def test_any_text_is_a_number_or_one_line(text):
    result, message = outcome(text, x=2.0, y=3.0)
    assert isinstance(result, float) or re.fullmatch(r"expression: column \d+: [^\n]+", message)


@given(st.text(alphabet="xy12+-*() ", max_size=25))
def test_what_is_read_is_what_python_computes(text):
    result, message = outcome(text, x=2.0, y=3.0)
    if message:
        return
    tree = ast.parse(" ".join(text.split()), mode="eval")
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant):
            node.value = float(node.value)
    expected = eval(compile(tree, "", "eval"), {"x": 2.0, "y": 3.0})
    assert result == expected


def test_errors():
    with pytest.raises(TypeError, match=r"expression: expected a str, got 3 \(int\)"):
        parse(3)

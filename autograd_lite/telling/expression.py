"""Expressions as text, such as "tanh(w*x + b)": read with Python's own grammar, and computed by the table alone.

The text is parsed to Python's `ast` and never compiled. Every node of the tree must be on the list below: a number, a
name that was given a value, + − * / **, a sign, or a call of a function of the table. Anything else is an error at its
column. Numbers are doubles from the start, so that no integer grows; the sizes of text and tree are limited.
"""

from __future__ import annotations

import ast
import difflib
import keyword
import math
import re
import warnings
from collections import ChainMap
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from autograd_lite import ops
from autograd_lite.errors import shown
from autograd_lite.op import Number
from autograd_lite.ops import Op

TEXT_LIMIT = 2_000  # characters
DEPTH_LIMIT = 50  # brackets within one another

FUNCTIONS: Mapping[str, Op] = ChainMap({"abs": ops.absolute}, ops.FUNCTIONS)  # with those that are defined later
INFIX: dict[type[ast.AST], Op] = {
    ast.Add: ops.add, ast.Sub: ops.subtract, ast.Mult: ops.multiply, ast.Div: ops.divide, ast.Pow: ops.power,
}  # fmt: skip
NUMBERS = {"pi": math.pi, "e": math.e}


@dataclass(frozen=True)
class Expression:
    """A formula that was read: its `text`, and the `names` in it that want a value, in order of appearance."""

    text: str
    names: tuple[str, ...]
    _tree: ast.expr

    def __call__(self, values: Mapping[str, Number]) -> Number:
        """The result for one value a name, each a number or a `Value`.

        Raises ValueError, with the column, for a name without a value and for a constant part that is no finite number.
        """
        stack: list[Number] = []
        for node in _postorder(self._tree):
            if isinstance(node, ast.Constant):
                stack.append(_literal(self.text, node))
            elif isinstance(node, ast.Name):
                stack.append(_value(self.text, node, values))
            elif not (isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.UAdd)):
                op = _op(self.text, node)
                n = len(node.args) if isinstance(node, ast.Call) else op.arity
                inputs = stack[len(stack) - n :]
                del stack[len(stack) - n :]
                stack.append(_applied(self.text, node, op, inputs))
        return stack[0]


def parse(text: str) -> Expression:
    """Read an expression.

    Raises TypeError if the text is no str, ValueError with the column (from 1) for whatever is not on the list.
    """
    if not isinstance(text, str):
        raise TypeError(f"expression: expected a str, got {shown(text)}")
    line = " ".join(text.split())
    _check_size(line)
    for column, character in enumerate(line, start=1):
        if character == "\0" or "\ud800" <= character <= "\udfff":
            what = "null bytes are" if character == "\0" else "a lone surrogate is"
            raise _error(column, f"{what} no part of an expression")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a number that runs into a word; the word is found below
            tree = ast.parse(line, mode="eval").body
    except SyntaxError as error:
        column = min(error.offset or len(line) + 1, len(line) + 1)
        raise _error(*_hint(line, column, error.msg)) from None
    except (MemoryError, RecursionError, ValueError):
        raise _error(1, "too deeply nested to be read") from None
    nodes = _postorder(tree)
    for node in reversed(nodes):  # the outermost first
        _check(line, node)
    names = dict.fromkeys(node.id for node in nodes if isinstance(node, ast.Name) and node.id not in NUMBERS)
    return Expression(line, tuple(names), tree)


def _check_size(line: str) -> None:
    """Refuse what would make Python's parser recurse deeply, before it is asked."""
    if not line:
        raise _error(1, "expected an expression like tanh(w*x + b), got nothing")
    depth = 0
    for column, character in enumerate(line, start=1):
        depth += (character in "([{") - (character in ")]}")
        if depth > DEPTH_LIMIT:
            raise _error(column, f"expected brackets at most {DEPTH_LIMIT} deep")
    if len(line) > TEXT_LIMIT:
        raise _error(TEXT_LIMIT + 1, f"expected at most {TEXT_LIMIT:,} characters, got {len(line):,}")


def _postorder(tree: ast.expr) -> list[Any]:
    """The nodes of the tree, operands before what uses them, without recursion; a call's name is no operand."""
    order: list[ast.expr] = []
    stack = [tree]
    while stack:
        node = stack.pop()
        order.append(node)
        if isinstance(node, ast.BinOp):
            stack += [node.left, node.right]
        elif isinstance(node, ast.UnaryOp):
            stack.append(node.operand)
        elif isinstance(node, ast.Call):
            stack += node.args
    return order[::-1]


# ---- the list of what is allowed ----


def _check(line: str, node: ast.expr) -> None:
    if isinstance(node, ast.Constant):
        _literal(line, node)
    elif isinstance(node, ast.Name):
        if node.id in FUNCTIONS:
            raise _at(line, node, f"{node.id} is a function; expected {_usage(FUNCTIONS[node.id])}")
    else:
        _op(line, node)


def _op(line: str, node: ast.expr) -> Op:
    """The row of the table that a node applies."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)):
        return ops.negate
    if isinstance(node, ast.BinOp):
        if type(node.op) in INFIX:
            return INFIX[type(node.op)]
        if isinstance(node.op, ast.BitXor):
            power = _source(line, node).replace("^", "**")  # the text: ^ binds less than what was meant
            raise _at(line, node, f"expected one of the operators + - * / **; a power is written {power}")
        raise _at(line, node, "expected one of the operators + - * / **")
    if isinstance(node, ast.Call):
        return _function(line, node)
    what = re.sub(r"(?<!^)(?=[A-Z])", " ", type(node).__name__).lower()
    raise _at(line, node, f"expected numbers, names, + - * / ** and functions, got {what}")


def _function(line: str, node: ast.Call) -> Op:
    if not isinstance(node.func, ast.Name) or node.func.id not in FUNCTIONS:
        raise _at(line, node, f"expected a function such as exp, log, tanh or relu, got {_instead(line, node)}")
    op = FUNCTIONS[node.func.id]
    if node.keywords or not op.takes(len(node.args)):
        raise _at(line, node, f"expected {_usage(op)}")
    return op


# What functions are called elsewhere; the rest is guessed by likeness.
ELSEWHERE = {
    "ln": "log(x)", "max": "maximum(x, y)", "min": "minimum(x, y)", "pow": "x ** y", "square": "x ** 2",
    "cbrt": "x ** (1/3)", "log2": "log(x) / log(2)", "log10": "log(x) / log(10)", "sign": "greater(x, 0) - less(x, 0)",
    "arcsin": "asin(x)", "arccos": "acos(x)", "arctan": "atan(x)", "fabs": "abs(x)",
}  # fmt: skip


def _instead(line: str, node: ast.Call) -> str:
    """What was called, and what to write in its place if that can be told."""
    called = _source(line, node.func)
    name = called.rpartition(".")[2]
    if not isinstance(node.func, (ast.Name, ast.Attribute)):
        factor = f"({called})" if isinstance(node.func, (ast.BinOp, ast.UnaryOp)) else called
        return f"{called}; a product is written {factor}*(…)"
    near = [name, *difflib.get_close_matches(name, FUNCTIONS, 1, 0.75)][-1]
    written = ELSEWHERE.get(name) or (_usage(FUNCTIONS[near]) if near in FUNCTIONS else "")
    return f"{called}; write {written}" if written else called


def _hint(line: str, column: int, message: str) -> tuple[int, str]:
    """Where Python's parser stopped and what to write there, if the mistake is a known one; else its own words."""
    names = "|".join(FUNCTIONS)
    for pattern, problem in (
        (rf"\b({names})\s+([\w.]+)", "expected brackets around what a function takes; write {0}({1})"),
        (r"(?<![\w.])(\d+\.?\d*)\s*([^\W\d_]\w*|\()", "expected an operator; a product is written {0}*{1}"),
        (r"\|([^|]+)\|", "expected abs(…) where the size of something is meant; write abs({0})"),
        (r"(\))\s*([^\W_]\w*)", "expected an operator; a product is written {0}*{1}"),
        (r"([\w.]+|\))\s+([\w.]+|\()", "expected an operator; a product is written {0}*{1}"),
        (r"(.)?(?:×|⋅|∙)(.)?", "expected one of the operators + - * / **; a product is written *"),
        (r"(.)?(?:−|–)(.)?", "expected one of the operators + - * / **; a minus is the one on the keyboard, -"),
        (r"(\w)?([²³])", "expected one of the operators + - * / **; a power is written **, as in x**2"),
    ):
        found = re.search(pattern, line)
        if found and not keyword.iskeyword(str(found[1])):
            return found.start() + 1, problem.format(*({")": "(…)", "(": "(…)"}.get(x, x) for x in found.groups()))
    return column, message


def _source(line: str, node: ast.AST) -> str:
    """The text of a part, cut at 30 characters."""
    return (ast.get_source_segment(line, node) or "this")[:30]


def _usage(op: Op) -> str:
    return f"{op.name}({', '.join('xyzuvw'[: op.arity])}{', …' * op.variadic})"


def _literal(line: str, node: ast.Constant) -> float:
    """A number as a double."""
    if not isinstance(node.value, (int, float)) or isinstance(node.value, bool):
        raise _at(line, node, f"expected a real number, got {shown(node.value)}")
    try:
        x = float(node.value)
    except OverflowError:
        x = math.inf
    if math.isinf(x):
        raise _at(line, node, "expected a number that fits a double, got one past 1.8e308")
    return x


def _value(line: str, node: ast.Name, values: Mapping[str, Number]) -> Number:
    if node.id in values:
        return values[node.id]
    if node.id in NUMBERS:
        return NUMBERS[node.id]
    raise _at(line, node, f"{node.id} has no value; add {node.id}=1.0")


def _applied(line: str, node: ast.expr, op: Callable[..., Number], inputs: list[Number]) -> Number:
    """The result of an op; one of numbers alone must be finite, for no gradient would say where it came from."""
    result = op(*inputs)
    if isinstance(result, float) and not math.isfinite(result):
        raise _at(line, node, f"{_source(line, node)} is {result}, which is no number to go on with")
    return result


# ---- errors ----


def _at(line: str, node: ast.expr, problem: str) -> ValueError:
    """An error at the place of a node; `ast` counts columns in bytes."""
    return _error(len(line.encode()[: node.col_offset].decode()) + 1, problem)


def _error(column: int, problem: str) -> ValueError:
    return ValueError(f"expression: column {column}: {problem}")

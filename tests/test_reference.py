"""The reference of the table: every row says what it means, and help() shows it."""

import pydoc
import re
from pathlib import Path

import pytest

import autograd_lite
from autograd_lite.op import Op
from autograd_lite.ops import TABLE
from autograd_lite.telling.reference import all_ops, one_op

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("name", TABLE)
def test_every_row_says_what_it_means(name):
    meaning = TABLE[name].meaning
    assert 10 <= len(meaning) <= 72, f"{name}: expected a meaning of 10 to 72 characters, got {len(meaning)}"
    assert not re.match("[A-Z]", meaning), f"{name}: expected a meaning that begins with no capital, got {meaning!r}"
    assert not re.search(r"\n|\.$", meaning), f"{name}: expected a meaning on one line without a full stop, {meaning!r}"
    told = one_op(TABLE[name]).text
    assert max(map(len, told.splitlines())) <= 80
    assert meaning in " ".join(told.split())
    assert len(re.findall("∂out/∂", told)) == TABLE[name].arity


def test_help_shows_the_function_and_not_its_insides():
    shown = pydoc.render_doc(autograd_lite.maximum, renderer=pydoc.plaintext)
    assert "maximum(x, y): the larger of two numbers" in shown
    assert "∂out/∂x = 1 if x > y, 0.5 if x = y, else 0" in shown
    assert "A method of Value, too: x.maximum(y). In a graph its symbol is" in shown
    assert "dataclass" not in shown
    assert "forward" not in shown
    assert Op.__doc__.startswith("One operation: ")


def test_docs_have_the_reference_as_it_is_now():
    path = ROOT / "docs" / "ops.md"
    if not path.exists():
        pytest.skip("docs are in a checkout only")
    text = path.read_text(encoding="utf-8")
    assert text.endswith(all_ops(long=True).markdown), "run: python -m docs.names"

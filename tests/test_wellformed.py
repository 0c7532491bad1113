"""A malformed row of the table: the import stops with one line that names the op, what was expected, and the remedy."""

import math
import re
import shutil
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest

import autograd_lite
from autograd_lite import exp, ops
from autograd_lite.composite import forward_of, row
from autograd_lite.ops import divide
from autograd_lite.wellformed import check_row, check_table

PACKAGE = Path(autograd_lite.__file__).parent
ROWS = [
    ("None, None, (-4, 4), definition=lambda x, y: x * exp(y)",
     "bad: expected definition to take 1 argument, an input for each interval (low, high), got a function of (x, y)"),
    ("None, lambda x, out: 2.0 * x, (-4, 4), definition=lambda x: x * x",
     "bad: expected partials to give a tuple of 1 number, one an input, got a number in no tuple; write (…,)"),
    ("None, lambda x, y, out: (y,), (-4, 4), (-4, 4), definition=lambda x, y: x * y",
     "bad: expected partials to give a tuple of 2 numbers, one an input, got a tuple of 1"),
    ("None, None, (-4, 4), definition=lambda x: math.sqrt(x * x)",
     "bad: expected definition of operators and ops of the table, like sqrt in the place of math.sqrt and where() in "
     "that of if, got must be real number, not "),
]  # fmt: skip


@pytest.fixture(scope="module")
def copied(tmp_path_factory):
    """The package by itself."""
    copy = tmp_path_factory.mktemp("malformed") / "autograd_lite"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    return copy


@pytest.mark.parametrize(("written", "message"), ROWS)
def test_the_import_names_the_row(copied, written, message):
    source = (PACKAGE / "ops.py").read_text(encoding="utf-8")
    assert source.count("\nFUNCTIONS = ") == 1
    source = source.replace("\nFUNCTIONS = ", f'\nbad = _row("bad", {written})\nFUNCTIONS = ')
    (copied / "ops.py").write_text(source, encoding="utf-8")
    command = [sys.executable, "-B", "-c", "import autograd_lite"]
    told = subprocess.run(command, capture_output=True, text=True, check=False, cwd=copied.parent, encoding="utf-8")
    assert told.returncode == 1
    assert told.stderr.splitlines()[-1].startswith(f"TypeError: {message}")


def made(forward, partials, *domain, **written):
    return row("bad", forward, partials, domain, **written)


@pytest.mark.parametrize(
    ("op", "message"),
    [
        (made(None, None, -4, 4, definition=lambda x: x * x),
         r"an interval \(low, high\) with low < high for each input, got \(-4, 4\) \(tuple\)"),
        (made(None, None, (4, -4), definition=lambda x: x * x), r"with low < high for each input, got \(\(4, -4\),\)"),
        (made(None, None, definition=lambda x: x * x), "definition to take 0 arguments, .*, got a function of "),
        (made(lambda x, y: x, lambda x, out: (1.0,), (0, 1)), r"forward to take 1 argument, .* a function of \(x, y\)"),
        (made(lambda x: x, lambda x: (1.0,), (0, 1)), r"partials to take 2 arguments, .* and out, got a function of"),
        (made(math.atan2, lambda x, out: (1.0,), (0, 1)), "forward to take 1 argument, .*, got a function of "),
        (made(lambda x: None, lambda x, out: (1.0,), (0, 1)), r"forward to give a float, got None \(NoneType\)"),
        (made(lambda x: x, lambda x, out: None, (0, 1)), r"a tuple of 1 number, one an input, got None \(NoneType\)"),
        (made(lambda x: x, lambda x, out: (None,), (0, 1)), r"partials to give numbers, got None \(NoneType\)"),
        (made(lambda x: x, lambda x, out: (math.cos(x),), (0, 1)), "partials of operators and ops of the table"),
        (made(lambda x: x, lambda x, out: (1.0 if x > 0.0 else 0.0,), (0, 1)), r"where\(\) in that of if"),
        (made(None, None, (0, 1), definition=3), r"definition to be a function, got 3 \(int\)"),
        (made(abs, lambda x, out: (divide(x, out),), (0, 1), definition=lambda x: math.sqrt(x)), "definition of oper"),
    ],
)  # fmt: skip
def test_what_is_malformed_is_named(op, message):
    with pytest.raises(TypeError, match="^bad: expected .*" + message) as raised:
        check_row(op)
    assert "\n" not in str(raised.value)


def test_what_is_well_formed_is_taken():
    check_table()
    check_row(made(None, None, (-4, 4), definition=lambda x: exp(abs(x))))


def test_the_row_of_the_recipe_is_one():
    path = PACKAGE.parent / "CONTRIBUTING.md"
    if not path.exists():
        pytest.skip("the recipe is in a checkout only")
    (written,) = re.findall(r"```python\n(softsign = .*?)```", path.read_text(encoding="utf-8"), re.DOTALL)
    names = {**vars(ops), "_row": lambda name, *given, **written: row(name, *given[:2], given[2:], **written)}
    exec(written, names)
    softsign = names["softsign"]
    check_row(softsign)
    for x in (-1e300, -3.0, -0.0, 1e-9, 0.5, 4.0, 1e200):
        assert softsign.forward(x) == forward_of(softsign.definition)(x)
        assert softsign.partials(x, None) == pytest.approx([float(1 / (1 + abs(Fraction(x))) ** 2)], rel=1e-15, abs=0)

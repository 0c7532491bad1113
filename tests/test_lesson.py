"""The lesson: every page runs from top to bottom in one namespace, and the numbers that its text quotes are printed.

A number in backticks after an arrow, as in → `6.0`, is a quotation: it stands in what the page's cells have printed.
"""

import contextlib
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograd_lite import Value
from autograd_lite.op import TABLE
from autograd_lite.ops import FUNCTIONS
from autograd_lite.telling.defining import OWN

ENGLISH = Path(__file__).parent.parent / "docs" / "en"
PAGES = sorted(ENGLISH.rglob("*.md"))
CELL = re.compile(r"^```\{code-cell\} ipython3\n(?::.*\n)*(.*?)^```$", re.MULTILINE | re.DOTALL)
QUOTED = re.compile(r"→ `([^`]+)`")


def run(cells: list[str], name: str) -> str:
    """What the cells print, run in one namespace."""
    printed, names = io.StringIO(), {"__name__": "page"}
    with contextlib.redirect_stdout(printed):
        for number, cell in enumerate(cells, 1):
            exec(compile(cell, f"{name}, cell {number}", "exec"), names)
    return printed.getvalue()


@pytest.fixture(autouse=True)
def nothing_stays() -> Iterator[None]:
    """What a page defines is gone after it."""
    yield
    for name in list(OWN):
        del OWN[name], TABLE[name], FUNCTIONS[name]
        delattr(Value, name)


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(ENGLISH)) for page in PAGES])
def test_a_page_runs_and_prints_what_its_text_quotes(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    text = page.read_text(encoding="utf-8")
    printed = " ".join(run(CELL.findall(text), page.name).split())
    missing = [quoted for quoted in QUOTED.findall(CELL.sub("", text)) if quoted not in printed]
    assert not missing, f"{page.name} quotes what it does not print: {missing}"

"""The lesson: every page runs from top to bottom in one namespace, and the numbers that its text quotes are printed.

A number in backticks after an arrow, as in → `6.0`, is a quotation: it stands in what the page's cells have printed.
"""

import contextlib
import importlib.util
import io
import re
from pathlib import Path

import pytest

ENGLISH = Path(__file__).parent.parent / "docs" / "en"
PAGES = sorted(ENGLISH.rglob("*.md"))
CELL = re.compile(r"^```\{code-cell\} ipython3\n(?::.*\n)*(.*?)^```$", re.MULTILINE | re.DOTALL)
QUOTED = re.compile(r"→ `([^`]+)`")
HAS_EXERCISES = importlib.util.find_spec("autograd_lite.exercises") is not None


def run(cells: list[str], name: str) -> str:
    """What the cells print, and the text of what the last line of each gives."""
    printed, names = io.StringIO(), {"__name__": "page"}
    with contextlib.redirect_stdout(printed):
        for number, cell in enumerate(cells, 1):
            if ("exercise(" in cell or ".check(" in cell) and not HAS_EXERCISES:
                continue
            exec(compile(cell, f"{name}, cell {number}", "exec"), names)
    return printed.getvalue()


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(ENGLISH)) for page in PAGES])
def test_a_page_runs_and_prints_what_its_text_quotes(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    text = page.read_text(encoding="utf-8")
    printed = " ".join(run(CELL.findall(text), page.name).split())
    missing = [quoted for quoted in QUOTED.findall(CELL.sub("", text)) if quoted not in printed]
    assert not missing, f"{page.name} quotes what it does not print: {missing}"

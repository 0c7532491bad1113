"""What the pages print and show, kept in docs/outputs/ and held by tests: a page whose output changed fails until a
person has looked at it.

`python -m docs.outputs` shows what differs from what is kept, `python -m docs.outputs --accept` keeps what is now.
Both take names of pages, such as `course/06-equations`; without any they mean all. The languages have the same cells,
so a file holds them once, and the questions and answers of the exercises in both.

Three things depend on the machine, and are taken out before anything is kept or compared (`steady`):

- the last digits of a number, which its library of elementary functions decides: twelve digits are kept, and what is
  smaller than 10⁻¹² is rounding and nothing else;
- how many units in the last place two ways of computing differ by, and where they differ most;
- what a rounding decides (`UNSTEADY`): where a training run ends that jumps about, as its page says; and which of
  several points, at which a rule is equally wrong, is the one that is shown.
"""

from __future__ import annotations

import difflib
import re
import sys
from pathlib import Path

from docs.cells import CELL, exercises, ran

DOCS = Path(__file__).parent
PAGES = DOCS / "en"
KEPT = DOCS / "outputs"

UNSTEADY = {
    "course/07-algorithm": r"(?<=^lr 10\.0   epoch 20: ).*",
    "course/09-tape": r"(?<=is missing \(at ).*(?=\)$)",
}
NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+(?:e[-+]?\d+)?|e[-+]?\d+)(?![\w.]*\w)")
ULPS = re.compile(r"\d+(?:\.\d+)? ulps? away")
HEAD = re.compile(r"^ .*?(?=max difference  max ulps| ulps$)")  # of a table of `verify`, or of a receipt


def names() -> list[str]:
    """The pages that have cells, by their place below a language's folder."""
    return [
        path.relative_to(PAGES).with_suffix("").as_posix()
        for path in sorted(PAGES.rglob("*.md"))
        if CELL.search(path.read_text(encoding="utf-8"))
    ]


def now(name: str) -> tuple[str, str]:
    """What the page's cells print, and all that they print and show as it is to be kept."""
    cells = CELL.findall((PAGES / f"{name}.md").read_text(encoding="utf-8"))
    asks = exercises(cells)
    english, chinese = ran(cells, name), ran(asks, name, "zh")
    told = [f"── {number}\n{output.text}" for number, output in enumerate(english, 1) if output.text]
    first = len(cells) - len(asks) + 1
    told += [f"── {number}, 中文\n{output.text}" for number, output in enumerate(chinese, first) if output.text]
    return "".join(output.printed for output in english), steady("".join(told), name)


def steady(text: str, name: str) -> str:
    """The text without what depends on the machine."""
    text = re.sub(UNSTEADY.get(name, r"(?!)"), "…", text, flags=re.MULTILINE)
    return NUMBER.sub(_rounded, ULPS.sub("… ulps away", _without_ulps(text)))


def _rounded(found: re.Match[str]) -> str:
    number = float(found[0])
    if 0 < number < 1e-12:
        return "~0"
    return found[0] if len(found[0]) <= 13 or number.is_integer() else f"{number:.12g}"


def _without_ulps(text: str) -> str:
    """Tables that count ulps cut off where the counting begins."""
    lines, width = [], 0
    for line in text.split("\n"):
        found = HEAD.match(line)
        width = len(found[0]) if found else width if line.startswith("  ") else 0
        lines.append(line[:width].rstrip() + " …" if width else line)
    return "\n".join(lines)


def kept(name: str) -> str:
    """What is kept of a page; nothing of a new one."""
    path = KEPT / f"{name}.txt"
    return path.read_text(encoding="utf-8") if path.exists() else ""


def difference(name: str, text: str) -> str:
    """What differs from what is kept, line by line; nothing if it is the same."""
    lines = difflib.unified_diff(
        kept(name).splitlines(), text.splitlines(), f"{name}, kept", f"{name}, now", lineterm=""
    )
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    """Show what differs, and keep what is now if asked; 1 if something differs that was not kept."""
    accept = "--accept" in arguments
    asked = [name for name in arguments if name != "--accept"] or names()
    differ = 0
    for name in asked:
        text = now(name)[1]
        if told := difference(name, text):
            print(told)
            differ += 1
            if accept:
                path = KEPT / f"{name}.txt"
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
    for path in sorted(KEPT.rglob("*.txt")):
        if (name := path.relative_to(KEPT).with_suffix("").as_posix()) not in names():
            print(f"{name}: no page of this name has cells")
            differ += 1
            if accept:
                path.unlink()
    print(f"{differ} of {len(asked)} pages {'kept anew' if accept else 'differ from what is kept'}")
    return 0 if accept else min(differ, 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""The lesson: every page runs from top to bottom in one namespace, prints the numbers that its text quotes, and gives
what is kept of it.

A number in backticks after an arrow, as in → `6.0`, is a quotation: it stands in what the page's cells have printed.
"""

import re
from functools import cache
from pathlib import Path

import pytest

pytest.importorskip("docs.outputs", reason="the docs are in a checkout only")

from autograd_lite import Value, draw
from docs import outputs
from docs.cells import CELL, pictured
from tests.halves import chosen

QUOTED = re.compile(r"→ `([^`]+)`")
once = cache(outputs.now)
LONG = ["course/07-algorithm", "course/08-failures", "course/12-beyond"]  # which train nets for seconds


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page leaves no file here."""
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("name", chosen(outputs.names(), *(set(outputs.names()) - set(LONG))))
def test_a_page_prints_what_its_text_quotes_and_gives_what_is_kept_of_it(name: str) -> None:
    printed, text = once(name)
    page = (outputs.PAGES / f"{name}.md").read_text(encoding="utf-8")
    words = " ".join(printed.split())
    missing = [quoted for quoted in QUOTED.findall(CELL.sub("", page)) if quoted not in words]
    assert not missing, f"{name} quotes what it does not print: {missing}"
    changed = outputs.difference(name, text)
    assert not changed, f"look at it, then: python -m docs.outputs --accept {name}\n{changed}"


def test_nothing_is_kept_of_a_page_that_is_not_there() -> None:
    kept = {path.relative_to(outputs.KEPT).with_suffix("").as_posix() for path in outputs.KEPT.rglob("*.txt")}
    assert kept == set(outputs.names())


RECEIPT = """The engine says -0.08205726739669897, {} ulps away.
  term       in the graph  engine  closed form  ulps
  ∂C/∂a2[0]  a2[0].grad     -0.35        -0.35  {:>4}
done 1
"""
VERIFIED = """  layer  numbers  max difference  max ulps  worst     engine  closed form
      2        {}        {:>14}         1  δ2[0]  -0.082057    -0.082057

all four hold
"""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("0.41997434161402614", "0.41997434161402620"),
        ("(1, 9.86e-32)", "(1, 3.08e-33)"),
        (RECEIPT.format(1, 0), RECEIPT.format(2, 3)),
        (VERIFIED.format(1, "1.39e-17"), VERIFIED.format(1, 0)),
    ],
)
def test_what_the_machine_decides_is_no_change(one: str, other: str) -> None:
    assert outputs.steady(one, "page") == outputs.steady(other, "page")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("0.419974341614", "0.419974341615"),
        ("1125899906842624.0", "1125899906842625.0"),
        ("loss 0.5346, accuracy 81.7%", "loss 0.5347, accuracy 81.7%"),
        ("1125899906842624", "1125899906842625"),
        ("1e-11", "2e-11"),
        ("w1[0]", "w1[1]"),
        (RECEIPT.format(1, 0), RECEIPT.replace("done 1", "done 2").format(1, 0)),
        (RECEIPT.format(1, 0), RECEIPT.replace("-0.35  {", "-0.36  {").format(1, 0)),
        (VERIFIED.format(1, 0), VERIFIED.format(2, 0)),
        (VERIFIED.format(1, 0), VERIFIED.replace("all four hold", "does NOT hold").format(1, 0)),
    ],
)
def test_anything_else_is_a_change(one: str, other: str) -> None:
    assert outputs.steady(one, "page") != outputs.steady(other, "page")


def test_what_is_unsteady_on_a_page_is_there() -> None:
    for name, pattern in outputs.UNSTEADY.items():
        assert "…" in outputs.kept(name)
        assert not re.search(pattern.replace(".*", "[^…]+"), outputs.kept(name), re.MULTILINE)


def test_a_picture_is_kept_as_what_it_says_and_how_it_looks() -> None:
    w, x = Value(0.5, "w"), Value(2.0, "x & y")
    y = w * x
    before, dark = draw(y), draw(y, theme="dark")
    y.backward()
    words = pictured(before.source).splitlines()
    assert words[1:] == ["  n0 w data 0.5 grad –", "  n1 x & y data 2 grad –", "  n2 × data 1 grad –", *words[4:]]
    assert words[4:] == ["  n0 -> n2 2", "  n1 -> n2 0.5"]
    assert pictured(draw(y).source).splitlines()[1] == "  n0 w data 0.5 grad 2.0"
    light, night = words, pictured(dark.source).splitlines()
    assert light[0] != night[0]
    assert light[1:] == night[1:]


def test_differences_are_shown_and_kept_when_they_were_looked_at(tmp_path, monkeypatch, capsys) -> None:
    name = "course/01-node"
    monkeypatch.setattr(outputs, "KEPT", tmp_path)
    (tmp_path / "gone.txt").write_text("of a page that was")
    assert outputs.main([name]) == 1
    assert "+(2.0, 0.5)" in capsys.readouterr().out
    assert not (tmp_path / f"{name}.txt").exists()
    assert outputs.main(["--accept", name]) == 0
    assert "9 是 y 的值" in (tmp_path / f"{name}.txt").read_text(encoding="utf-8")
    assert "gone: no page" in capsys.readouterr().out
    assert outputs.main([name]) == 0
    assert capsys.readouterr().out == "0 of 1 pages differ from what is kept\n"

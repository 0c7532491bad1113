"""The code cells of a page, and what they print and show when they run from top to bottom in one namespace."""

from __future__ import annotations

import ast
import contextlib
import hashlib
import html
import io
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from autograd_lite import Value
from autograd_lite.op import TABLE
from autograd_lite.ops import FUNCTIONS
from autograd_lite.pictures.digraph import Drawing
from autograd_lite.telling.defining import OWN

CELL = re.compile(r"^```\{code-cell\} ipython3\n(?::.*\n)*(.*?)^```$", re.MULTILINE | re.DOTALL)
EXERCISES = "autograd_lite.exercises"


@dataclass(frozen=True)
class Output:
    """What one cell printed, and its last line's value as a notebook would show it, in words."""

    printed: str
    shown: str = ""

    @property
    def text(self) -> str:
        """Both, one below the other."""
        return self.printed + (f"{self.shown}\n" if self.shown else "")


def ran(cells: list[str], name: str, language: str = "en") -> list[Output]:
    """What each cell gives; exercises ask in this language, and operations that a cell defines are gone afterwards."""
    names: dict[str, Any] = {"__name__": "page"}
    with _environment("LANGUAGE", language), _nothing_stays():
        return [_run(cell, f"{name}, cell {number}", names) for number, cell in enumerate(cells, 1)]


def exercises(cells: list[str]) -> list[str]:
    """The cells from which on a page asks: all that differ from language to language."""
    return cells[next((k for k, cell in enumerate(cells) if EXERCISES in cell), len(cells)) :]


def _run(cell: str, name: str, names: dict[str, Any]) -> Output:
    body = ast.parse(cell, name).body
    last = body.pop() if isinstance(body[-1], ast.Expr) else None
    printed, value = io.StringIO(), None
    with contextlib.redirect_stdout(printed):
        exec(compile(ast.Module(body, []), name, "exec"), names)
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), name, "eval"), names)
    return Output(printed.getvalue(), "" if value is None else shown(value))


def shown(value: Any) -> str:
    """A value in words. A page of `explore` is only named: tests of its own hold what stands in it."""
    if isinstance(value, Drawing):
        return pictured(value.source)
    return re.sub(r"(Page\(.*), .* characters\)", r"\1)", str(value))


def pictured(source: str) -> str:
    """A picture as what it says, box by box and edge by edge, and a digest of how it looks.

    It is read from Graphviz's source, before it is laid out: another Graphviz places the same boxes a little elsewhere.
    """
    digest = hashlib.sha256(source.encode()).hexdigest()[:12]
    return "\n".join([f"picture {digest}", *(f"  {line}" for line in _said(source))])


PART = re.compile(r"\t+(?:(n\d+(?: -> n\d+)?)\b|label=).*")  # a box, an edge, or the words below
WORDS = re.compile(r'label=(?:<(<.*>)>|"([^"]*)")')


def _said(source: str) -> Iterator[str]:
    for line in source.splitlines():
        if part := PART.fullmatch(line):
            found = WORDS.search(line)
            words = html.unescape(re.sub(r"<[^>]*>", " ", (found[1] or found[2]) if found else ""))
            yield " ".join([part[1] or "below", *words.split()])


@contextlib.contextmanager
def _environment(name: str, value: str) -> Iterator[None]:
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before


@contextlib.contextmanager
def _nothing_stays() -> Iterator[None]:
    before = set(OWN)
    try:
        yield
    finally:
        for name in set(OWN) - before:
            del OWN[name], TABLE[name], FUNCTIONS[name]
            delattr(Value, name)

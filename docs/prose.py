"""Docstrings as reStructuredText: they are prose with `code` in it, whose stars, bars and underscores are letters."""

from __future__ import annotations

import re
from typing import Any

CODE = re.compile(r"(`[^`]+`)")


def as_restructured_text(app: Any, what: str, name: str, thing: Any, options: Any, lines: list[str]) -> None:
    """Rewrite the lines of a docstring in place, as Sphinx's event wants it."""
    text = "\n".join(lines)
    parts = CODE.split(text)
    lines[:] = "".join(
        f"{part}\\ " if part[:1] == "`" else re.sub(r"([*|\\])|(?<=\w)_(?=\W|$)", r"\\\g<0>", part) for part in parts
    ).split("\n")

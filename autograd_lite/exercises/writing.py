"""How a person writes a formula: as the course prints it, a(1 − a)², and not only as Python reads it."""

from __future__ import annotations

import re
from collections.abc import Sequence

WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}  # what a Chinese keyboard has for ASCII
WRITTEN = {
    "−": "-",
    "·": "*",
    "×": "*",
    "÷": "/",
    "²": "**2",
    "³": "**3",
    "½": "0.5",
    "σ": "sigmoid",
    "≈": "=",
    "。": "",
}
SIGNS = WIDE | str.maketrans(WRITTEN)
CALLED = re.compile(r"\b(tanh|sigmoid|exp|log|relu)\s*(\*\*\d)?\s*(?:\(([^()]*)\)|([a-z])\b)")  # tanh² z, ln a


def as_python(text: str, names: Sequence[str] = ()) -> str:
    """The text with Python's signs, without what stands before an equals sign, log for ln, bars as abs, and with `*`
    where it leaves a product unwritten.

    That is between brackets, between a bracket and a name, between a number and a name or a bracket, and between two
    of the `names` of one letter.
    """
    line = re.sub(r"\bln\b", "log", text.translate(SIGNS)).rpartition("=")[2].strip()
    line = re.sub(r"\|([^|]+)\|", r"abs(\1)", line)
    line = CALLED.sub(lambda found: f"{found[1]}({found[3] or found[4]}){found[2] or ''}", line)
    if names:
        letters = "".join(name for name in names if len(name) == 1)
        line = re.sub(rf"\b[{letters}]{{2,}}\b", lambda word: "*".join(word[0]), line)
        line = re.sub(rf"\b({'|'.join(names)})\s*(?=\()", r"\1*", line)
        line = re.sub(rf"(?<![\w.])(\d+(?:\.\d+)?)\s*(?=(?:{'|'.join(names)})\b)", r"\1*", line)
    line = re.sub(r"\)\s*(?=[^\W\d]|\()", ")*", line)
    return re.sub(r"(?<![\w.])(\d+(?:\.\d+)?)\s*(?=\()", r"\1*", line)

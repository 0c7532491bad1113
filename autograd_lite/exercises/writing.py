"""How a person writes a formula: as the course prints it, a(1 − a)², and not only as Python reads it."""

from __future__ import annotations

import re
from collections.abc import Sequence

SIGNS = str.maketrans(
    {"−": "-", "－": "-", "·": "*", "×": "*", "²": "**2", "³": "**3", "½": "0.5", "σ": "sigmoid", "（": "(", "）": ")"}
)


def as_python(text: str, names: Sequence[str] = ()) -> str:
    """The text with Python's signs, log for ln, and with `*` where it leaves a product unwritten.

    That is between brackets, between a bracket and a name, and between a number or one of the `names` and a bracket.
    """
    line = re.sub(r"\bln\b", "log", text.translate(SIGNS))
    line = re.sub(r"\)\s*(?=[^\W\d]|\()", ")*", line)
    line = re.sub(r"(?<![\w.])(\d+(?:\.\d+)?)\s*(?=\()", r"\1*", line)
    return re.sub(rf"\b({'|'.join(names)})\s*(?=\()", r"\1*", line) if names else line

"""Identifiers: what source code calls the arrays that the equations have a name for: z1, a1, delta1."""

from __future__ import annotations

import re

from autograd_lite.backends.loops.statements import Loops
from autograd_lite.telling.equations.names import RAISED
from autograd_lite.telling.equations.reading import as_told
from autograd_lite.telling.equations.sheet import Sheet

NAMED = re.compile("([A-Za-zδ]+)([⁰¹²³⁴⁵⁶⁷⁸⁹]*)")
PLAIN = {raised: chr(digit) for digit, raised in RAISED.items()}


def identifiers(loops: Loops) -> dict[int, str]:
    """A name for each array that has one in the equations."""
    found = {}
    for array, name in Sheet(as_told(loops)).names.items():
        parts = NAMED.fullmatch(name.text)
        if parts and parts[1] not in ("t", "C"):
            letters = parts[1].replace("δ", "delta")
            found[array] = letters + "".join(PLAIN.get(ord(c), "") for c in parts[2])
    return found

"""How numbers and labels are written down, as plain text and as LaTeX at once.

Labels are data: everything in them that LaTeX or Markdown would read as a command is escaped in one function,
`_escaped`.
"""

from __future__ import annotations

import math
import re
import unicodedata
from typing import NamedTuple

from autograd_lite.errors import shown
from autograd_lite.labels import sentence

__all__ = ["Math", "factor", "label_math", "number", "product"]

LABEL_LIMIT = 16  # characters
DIGITS = 6  # significant ones, in every number that is told


class Math(NamedTuple):
    """A piece of mathematics, written twice: as plain text and in LaTeX's math mode."""

    text: str
    latex: str


SPECIAL = {
    **{c: "\\" + c for c in "_#$%&{}"},
    "\\": r"\backslash ", "^": r"{\wedge}", "~": r"{\sim}", "|": r"{\vert}", "<": "{<}", ">": "{>}", "`": r"{\lq}",
    "*": "{*}", "'": "{'}", '"': r"{''}", "-": "{-}", " ": r"\ ", "ˡ": "{}^{l}", "∂": r"\partial ", "−": "{-}",
    "·": r"{\cdot}", "…": r"\ldots ", "′": r"{}^{\prime}",
}  # fmt: skip
PLAIN_LABEL = re.compile(r"([A-Za-zΑ-Ωα-ω])(\d*)(?:\[(\d+(?:,\d+)*)\])?")


def label_math(label: str) -> Math:
    """A label as it stands, for text and for math mode."""
    return Math(label, label_latex(label))


def number(x: float) -> Math:
    """A number in `DIGITS` significant digits, −0 as 0."""
    text = f"{x + 0.0:.{DIGITS}g}"
    if math.isinf(x):
        return Math(text, r"-\infty" if x < 0 else r"\infty")
    if math.isnan(x):
        return Math(text, r"\mathrm{nan}")
    mantissa, _, exponent = text.partition("e")
    return Math(text, rf"{mantissa} \cdot 10^{{{int(exponent)}}}" if exponent else text)


def factor(x: float) -> Math:
    """A number as it stands in a product: a negative one in brackets."""
    written = number(x)
    return Math(f"({written.text})", rf"\left({written.latex}\right)") if written.text[0] == "-" else written


def product(*factors: Math) -> Math:
    """Factors with a dot between them; a single one needs no brackets."""
    if len(factors) == 1:
        return _bare(factors[0])
    return Math(" · ".join(x.text for x in factors), r" \cdot ".join(x.latex for x in factors))


def whole(n: int) -> Math:
    """A count: written out while it is short, else as a power; Python does not print ints of any length."""
    if n.bit_length() <= 40:
        return Math(f"{n:,}", f"{n:,}".replace(",", r"\,"))
    if n & (n - 1) == 0:
        return Math(f"2^{n.bit_length() - 1}", f"2^{{{n.bit_length() - 1}}}")
    shift = max(n.bit_length() - 60, 0)
    return scaled(float(n >> shift), shift)


def scaled(x: float, exponent: int) -> Math:
    """x · 2^exponent, which need not fit a double, for an x that is neither 0 nor infinite."""
    logarithm = math.log10(abs(x)) + exponent * math.log10(2.0)
    mantissa, power = math.copysign(10 ** (logarithm % 1.0), x), math.floor(logarithm)
    return Math(f"{mantissa:.4g}e{power:+}", rf"{mantissa:.4g} \cdot 10^{{{power}}}")


def _bare(x: Math) -> Math:
    """A number in brackets without them."""
    if x.text.startswith("(-") and x.text.endswith(")"):
        return Math(x.text[1:-1], x.latex.removeprefix(r"\left(").removesuffix(r"\right)"))
    return x


def shortened(label: str) -> str:
    """A label on one line, � for what cannot be seen. Raises TypeError if somebody made it no str."""
    if not isinstance(label, str):
        raise TypeError(f"Value.label: expected a str, got {shown(label)}")
    return sentence(label, LABEL_LIMIT)


def label_latex(label: str) -> str:
    """A label in math mode: w1[0,2] with its layer above and its place below, a word upright."""
    found = PLAIN_LABEL.fullmatch(label)
    if not found:
        text = "".join(map(_escaped, label))
        return text if len(label) == 1 or not label.isascii() else rf"\mathrm{{{text}}}"
    letter, count, place = _escaped(found[1]).strip(), found[2], found[3]
    if place is None:
        return f"{letter}_{{{count}}}" if count else letter
    return f"{letter}^{{{count}}}_{{{place}}}" if count else f"{letter}[{place}]"


def _escaped(character: str) -> str:
    """One character of a label as math: commands disarmed, Greek letters named, other scripts by their number."""
    if character in SPECIAL:
        return SPECIAL[character]
    if character.isascii():
        return character
    name = unicodedata.name(character, "")
    greek = re.fullmatch(r"GREEK (SMALL|CAPITAL) LETTER (\w+)", name)
    if greek and greek[2] in GREEK:
        letter = greek[2].lower()
        return rf"\{letter} " if greek[1] == "SMALL" else rf"\{letter.title()} " if letter in CAPITALS else letter[0]
    digit = re.fullmatch(r"(SUPER|SUB)SCRIPT (\w+)", name)
    if digit and unicodedata.digit(character, None) is not None:
        return f"{{}}{'^' if digit[1] == 'SUPER' else '_'}{{{unicodedata.digit(character)}}}"
    return rf"\mathrm{{U{{+}}{ord(character):04X}}}"


CAPITALS = ["gamma", "delta", "theta", "xi", "pi", "sigma", "upsilon", "phi", "psi", "omega"]
GREEK = [
    *(name.upper() for name in CAPITALS),
    *["ALPHA", "BETA", "EPSILON", "ZETA", "ETA", "IOTA", "KAPPA", "MU", "NU", "RHO", "TAU", "CHI"],
]  # fmt: skip

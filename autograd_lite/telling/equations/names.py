"""Names as mathematics: a letter with the number of its layer above."""

from __future__ import annotations

from autograd_lite.backends.loops.families import LETTERED, Family
from autograd_lite.telling.notation import Math, label_latex

RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def family_name(family: Family) -> Math:
    """The name as mathematics: the letter of a matrix is a capital one, and a number behind it goes above."""
    found = LETTERED.fullmatch(family.label)
    if not found:
        return Math(family.label, label_latex(family.label))
    letters = found[1][0].upper() + found[1][1:] if len(family.shape) == 2 else found[1]
    return raised(letters, found[2])


def raised(letters: str, number: object) -> Math:
    """Letters with a number above: W¹."""
    latex = r"\delta" if letters == "δ" else letters if len(letters) == 1 else rf"\mathrm{{{letters}}}"
    return Math(letters + str(number).translate(RAISED), f"{latex}^{{{number}}}" if number != "" else latex)

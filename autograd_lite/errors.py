"""What counts as a number and as a count, and how a wrong value is quoted in an error."""

from contextlib import suppress
from decimal import Decimal
from numbers import Real
from operator import index
from typing import Any

__all__ = ["ALLOWED", "as_flag", "as_float", "as_int", "is_real", "quoted", "shown"]

# What counts as a number, in the words of an error.
ALLOWED = "a real number (int, float, bool, Fraction, Decimal or a NumPy scalar)"


def shown(x: object) -> str:
    """The repr of x and its type, cut to 60 characters, for an error message."""
    try:
        text = repr(x)
    except Exception:  # a repr of somebody else's that fails must not hide the error being reported
        text = "<unprintable>"
    if len(text) > 60:
        text = text[:57] + "..."
    return f"{text} ({type(x).__name__})".replace("\n", " ")


def quoted(name: str) -> str:
    """A name that came from a file, for an error message: as it stands where that can be read, else quoted and cut."""
    return name if name.isprintable() and name and len(name) <= 60 else shown(name)


def is_real(x: object) -> bool:
    """Whether x is a real number: a Python one, a `Decimal`, or a NumPy scalar (NumPy's bool is no `numbers.Real`)."""
    return isinstance(x, (float, int, Real, Decimal)) or (
        type(x).__module__ == "numpy" and type(x).__name__ in ("bool", "bool_")
    )


def as_float(x: Any, where: str, allowed: str = ALLOWED) -> float:
    """The double nearest to the real number x; `where` names the function, and the argument, in the error."""
    if type(x) is float:
        return x
    if not is_real(x):
        raise TypeError(f"{where}: expected {allowed}, got {shown(x)}")
    try:
        return float(x)
    except OverflowError:
        raise ValueError(
            f"{where}: expected a number that fits a double, got {type(x).__name__} past 1.8e308"
        ) from None
    except ValueError:
        raise ValueError(f"{where}: expected a number that converts to a double, got {shown(x)}") from None


def as_flag(x: Any, function: str, argument: str) -> bool:
    """The truth value that x is, or the 0 or 1 that stands for one; "no" is none."""
    if not is_real(x) or x not in (0, 1):
        raise TypeError(f"{function}: expected {argument} to be True or False, got {shown(x)}")
    return bool(x)


def as_int(x: Any, function: str, argument: str, least: int | None = None) -> int:
    """The int that x is, of at least `least`, which the error of a function about its argument says; no bool is one."""
    found = None
    with suppress(TypeError):  # also of an array, which has a method for it
        found = None if isinstance(x, bool) else index(x)
    if found is None:
        raise TypeError(f"{function}: expected {argument} to be an int, got {shown(x)}")
    if least is not None and found < least:
        raise ValueError(f"{function}: expected {argument} to be at least {least}, got {found}")
    return found

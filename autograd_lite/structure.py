"""Arguments as nested lists, tuples and dicts of numbers: taken apart into a row, and rows put back into that shape."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

MAX_DEPTH = 100  # deeper is a list that contains itself, or nobody's argument


def flatten(x: object, where: str, depth: int = 0) -> list[Any]:
    """The leaves of a nested structure, from left to right, a dict's in its order.

    Raises ValueError, naming `where`, for one nested deeper than `MAX_DEPTH`.
    """
    if not isinstance(x, (list, tuple, dict)):
        return [x]
    if depth > MAX_DEPTH:
        raise ValueError(f"{where}: expected lists nested at most {MAX_DEPTH} deep; does one contain itself?")
    items = x.values() if isinstance(x, dict) else x
    return [leaf for item in items for leaf in flatten(item, where, depth + 1)]


def rebuild(like: Any, leaves: Iterator[Any]) -> Any:
    """The structure of `like` with other leaves."""
    if isinstance(like, dict):
        return {key: rebuild(item, leaves) for key, item in like.items()}
    if isinstance(like, (list, tuple)):
        items = [rebuild(item, leaves) for item in like]
        if isinstance(like, list):
            return items
        return type(like)(*items) if hasattr(like, "_fields") else tuple(items)  # a named tuple takes them one by one
    return next(leaves)


def describe(x: object) -> str:
    """The shape in words, like `[number, number]`, by which two structures are compared."""
    if isinstance(x, dict):
        return "{" + ", ".join(f"{key!r}: {describe(item)}" for key, item in x.items()) + "}"
    if isinstance(x, (list, tuple)):
        inside = ", ".join(map(describe, x))
        return f"[{inside}]" if isinstance(x, list) else f"({inside})"
    return "number"


def paths(x: object, name: str) -> list[str]:
    """What each leaf of a nested structure called `name` is called: `name[0]['k']`."""
    if not isinstance(x, (list, tuple, dict)):
        return [name]
    items = x.items() if isinstance(x, dict) else enumerate(x)
    return [path for key, item in items for path in paths(item, f"{name}[{key!r}]")]

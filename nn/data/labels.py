"""`Labels`: class indices that know the names of their classes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, SupportsIndex


class Labels(list[int]):
    """A list of class indices; `classes[i]` is the name of class i. A slice of it knows the names, too."""

    def __init__(self, indices: Iterable[int], classes: Iterable[str]) -> None:
        super().__init__(indices)
        self.classes = list(classes)

    def __getitem__(self, place: SupportsIndex | slice) -> Any:
        found = super().__getitem__(place)
        return Labels(found, self.classes) if isinstance(found, list) else found


def like(ys: Any, chosen: list[Any]) -> list[Any]:
    """Some of ys, with the names of their classes if ys have them."""
    return Labels(chosen, ys.classes) if isinstance(ys, Labels) else chosen

"""The modes an operation can run in, each entered with `with` and seen only by the thread or task that entered it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Mode:
    """What differs from plain recording; `None` in `current` stands for a mode in which nothing differs."""

    records: bool = True
    warns_of_branches: bool = False
    scope: str = ""  # the path that new nodes carry, see scopes.py


current: ContextVar[Mode | None] = ContextVar("current", default=None)


@contextmanager
def entered(**changes: object) -> Iterator[None]:
    """Change some fields of the current mode for the length of a `with` block."""
    token = current.set(replace(current.get() or Mode(), **changes))  # type: ignore[arg-type]
    try:
        yield
    finally:
        current.reset(token)


@contextmanager
def no_grad() -> Iterator[None]:
    """Within `with no_grad():` results are leaves: their numbers are computed, no graph is recorded."""
    with entered(records=False):
        yield

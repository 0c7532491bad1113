"""The modes an operation can run in, each entered with `with` and seen only by the thread or task that entered it."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import Any

from autograd_lite.op import Op


@dataclass(frozen=True)
class Mode:
    """What differs from plain recording; `None` in `current` stands for a mode in which nothing differs.

    `watch(what, frame, *values, remedy=…)` is told of every number that leaves the graph, and which frame reads it,
    see reading.py; `make(op, parents)` makes the node of an op in the place of `value.made`; `check_backward(root)` is
    called before a backward pass touches anything, `check_gradients(edges, arrived)` after a pass of which the table
    holds the gradients.
    """

    records: bool = True
    watch: Callable[..., None] | None = None
    make: Callable[[Op, list[Any]], Any] | None = None
    check_backward: Callable[[Any], None] | None = None
    check_gradients: Callable[[Any, Any], None] | None = None
    scope: str = ""  # the path that new nodes carry, see scopes.py
    is_bare: bool = field(init=False)  # whether a result is a number and nothing else, as under a plain `no_grad`
    is_plain: bool = field(init=False)  # whether results are made as in no mode at all, as while reads are watched

    def __post_init__(self) -> None:
        special = self.records or self.watch or self.make or self.scope
        object.__setattr__(self, "is_bare", not special)
        object.__setattr__(self, "is_plain", self.records and not self.make and not self.scope)


current: ContextVar[Mode | None] = ContextVar("current", default=None)


@contextmanager
def entered(**changes: object) -> Iterator[None]:
    """Change some fields of the current mode for the length of a `with` block."""
    token = current.set(replace(current.get() or Mode(), **changes))  # type: ignore[arg-type]
    try:
        yield
    finally:
        current.reset(token)


def recording() -> bool:
    """Whether results remember where they came from."""
    mode = current.get()
    return mode is None or mode.records


@contextmanager
def no_grad() -> Iterator[None]:
    """Within `with no_grad():` results are leaves: their numbers are computed, no graph is recorded."""
    with entered(records=False):
        yield


def enable_grad() -> AbstractContextManager[None]:
    """Within `with enable_grad():` results remember where they came from, even inside `no_grad`."""
    return nullcontext() if recording() else entered(records=True)

"""Python's collector of cycles, held back while many small objects are made and not one cycle.

Each new object may start it, and it then looks through those that are there: for a graph of a hundred thousand nodes
that takes longer than making them. What has no cycle is freed without it.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["uncollected"]


@contextmanager
def uncollected() -> Iterator[None]:
    """A block, or a function, in which no cycles are looked for; after it the collector is on again if it was.

    It then looks through all that was made and is still there. A function has left what it held by then, a block not.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()

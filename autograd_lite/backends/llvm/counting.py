"""Loops in LLVM IR, and rows of numbers laid out by lanes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from autograd_lite.backends.llvm.assembly import WORD
from autograd_lite.backends.llvm.lanes import Lanes


@contextmanager
def counted(builder: Any, count: Any) -> Iterator[Any]:
    """Emit `for index in range(count)` around what the `with` block emits; gives the index."""
    before = builder.block
    body, after = builder.append_basic_block(), builder.append_basic_block()
    if isinstance(getattr(count, "constant", None), int) and count.constant > 0:
        builder.branch(body)
    else:
        builder.cbranch(builder.icmp_signed(">", count, WORD(0)), body, after)
    builder.position_at_end(body)
    index = builder.phi(WORD)
    index.add_incoming(WORD(0), before)
    yield index
    following = builder.add(index, WORD(1))
    index.add_incoming(following, builder.block)
    builder.cbranch(builder.icmp_signed("<", following, count), body, after)
    builder.position_at_end(after)


def held(
    builder: Any, totals: list[Lanes], first: int, count: Any, step: Callable[[Any, list[Lanes]], list[Lanes]]
) -> list[Lanes]:
    """The totals after a loop `for q in range(first, count)` of `step(q, totals)`, in registers, once or more."""
    before, starts = builder.block, [total.value for total in totals]
    body, after = builder.append_basic_block(), builder.append_basic_block()
    builder.branch(body)
    builder.position_at_end(body)
    q = builder.phi(WORD)
    q.add_incoming(WORD(first), before)
    phis = [builder.phi(start.type) for start in starts]
    for phi, start in zip(phis, starts, strict=True):
        phi.add_incoming(start, before)
    moved = step(q, [Lanes(builder, phi) for phi in phis])
    following = builder.add(q, WORD(1))
    q.add_incoming(following, builder.block)
    for phi, total in zip(phis, moved, strict=True):
        phi.add_incoming(total.value, builder.block)
    builder.cbranch(builder.icmp_signed("<", following, count), body, after)
    builder.position_at_end(after)
    return moved


def minimum(builder: Any, a: Any, b: Any) -> Any:
    """The smaller of two integers."""
    return builder.select(builder.icmp_signed("<", a, b), a, b)


def copy(builder: Any, source: Any, source_step: int, target: Any, target_step: int, count: Any) -> None:
    """Copy `count` doubles from every `source_step`-th place to every `target_step`-th."""
    with counted(builder, count) as i:
        number = builder.load(builder.gep(source, [builder.mul(i, WORD(source_step))]))
        builder.store(number, builder.gep(target, [builder.mul(i, WORD(target_step))]))


def nested(builder: Any, extents: Sequence[int], body: Callable[[list[Any]], None], index: Sequence[Any] = ()) -> None:
    """Emit loops over the extents, the last innermost, around a body that gets the indices."""
    if len(index) == len(extents):
        body(list(index))
    elif extents[len(index)] == 1:
        nested(builder, extents, body, [*index, 0])
    else:
        extent = extents[len(index)]
        with counted(builder, WORD(extent) if isinstance(extent, int) else extent) as i:
            nested(builder, extents, body, [*index, i])


def tiled(builder: Any, count: Any, size: int, body: Callable[[Any, int], None]) -> None:
    """Emit tiles over 0 … count−1: `body(start, n)` for tiles of `size`, then for the rest, of an int in one tile."""
    if isinstance(count, int):
        whole, rest = divmod(count, size)
        if whole == 1:
            body(0, size)
        elif whole:
            _tiles(builder, WORD(whole), size, body)
        if rest:
            body(whole * size, rest)
        return
    whole = builder.udiv(count, WORD(size)) if size > 1 else count
    _tiles(builder, whole, size, body)
    if size > 1:
        done = builder.mul(whole, WORD(size))
        with counted(builder, builder.sub(count, done)) as i:
            body(builder.add(done, i), 1)


def tiled_whole(builder: Any, count: Any, size: int, body: Callable[[Any, int], None]) -> None:
    """Emit tiles of `size` over 0 … count−1, of which the last may end behind it."""
    if isinstance(count, int):
        tiled(builder, -(-count // size) * size, size, body)
    else:
        _tiles(builder, builder.udiv(builder.add(count, WORD(size - 1)), WORD(size)) if size > 1 else count, size, body)


def _tiles(builder: Any, n: Any, size: int, body: Callable[[Any, int], None]) -> None:
    """Emit so many tiles of one size."""
    with counted(builder, n) as i:
        body(builder.mul(i, WORD(size)) if size > 1 else i, size)


def tiled_apart(builder: Any, count: int, size: int, is_ragged: bool, body: Callable[[Any, int], None]) -> None:
    """Emit tiles over 0 … count−1 with the last one apart if it is smaller or ragged, so that its start is an int."""
    full = count - count % size if count % size or not is_ragged else count - size
    if full:
        tiled(builder, full, size, body)
    if full < count:
        body(full, count - full)

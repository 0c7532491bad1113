"""Loops in LLVM IR, and rows of numbers laid out by lanes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from autograd_lite.backends.llvm.lanes import WORD, Lanes


@contextmanager
def counted(builder: Any, count: Any) -> Iterator[Any]:
    """Emit `for index in range(count)` around what the `with` block emits; gives the index."""
    before = builder.block
    body, after = builder.append_basic_block(), builder.append_basic_block()
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
    before = builder.block
    body, after = builder.append_basic_block(), builder.append_basic_block()
    builder.branch(body)
    builder.position_at_end(body)
    q = builder.phi(WORD)
    q.add_incoming(WORD(first), before)
    phis = [builder.phi(total.value.type) for total in totals]
    for phi, total in zip(phis, totals, strict=True):
        phi.add_incoming(total.value, before)
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

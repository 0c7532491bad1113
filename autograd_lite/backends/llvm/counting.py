"""Loops in LLVM IR, and rows of numbers laid out by lanes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from autograd_lite.backends.llvm.lanes import WORD


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


def minimum(builder: Any, a: Any, b: Any) -> Any:
    """The smaller of two integers."""
    return builder.select(builder.icmp_signed("<", a, b), a, b)


def copy(builder: Any, source: Any, source_step: int, target: Any, target_step: int, count: Any) -> None:
    """Copy `count` doubles from every `source_step`-th place to every `target_step`-th."""
    with counted(builder, count) as i:
        number = builder.load(builder.gep(source, [builder.mul(i, WORD(source_step))]))
        builder.store(number, builder.gep(target, [builder.mul(i, WORD(target_step))]))

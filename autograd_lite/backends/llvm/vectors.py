"""Vectors of doubles in memory: side by side, some way apart, or collected one by one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograd_lite.backends.llvm.assembly import SHORT, vector
from autograd_lite.backends.llvm.lanes import Lanes
from autograd_lite.backends.llvm.memory import Pointers


def load_vector(builder: Any, address: Any, lanes: int) -> Any:
    """The doubles side by side from an address on."""
    return builder.load(builder.bitcast(address, vector(lanes).as_pointer()), align=8)


def store_vector(builder: Any, x: Any, address: Any) -> None:
    """Store the lanes of x side by side."""
    builder.store(x, builder.bitcast(address, x.type.as_pointer()), align=8)


def store_lanes(pointers: Pointers, x: Any, address: Any, count: int, stride: Any) -> None:
    """Store the first `count` lanes of x, `stride` apart."""
    builder = pointers.builder
    if count == x.type.count and stride == 1:
        store_vector(builder, x, address)
    else:
        for lane in range(count):
            place = pointers.gep(address, pointers.sum(0, (stride, lane)))
            builder.store(builder.extract_element(x, SHORT(lane)), place)


def collected(builder: Any, addresses: Sequence[Any]) -> Lanes:
    """The doubles at some addresses, one a lane."""
    found = vector(len(addresses)).undefined
    for lane, address in enumerate(addresses):
        found = builder.insert_element(found, builder.load(address), SHORT(lane))
    return Lanes(builder, found)

"""A part of the parameters made anew along its other axis, in squares of vectors that are turned in registers."""

from __future__ import annotations

from typing import Any

from autograd_lite.backends.llvm.arrays import Part
from autograd_lite.backends.llvm.assembly import SHORT, WORD, vector
from autograd_lite.backends.llvm.counting import nested, tiled
from autograd_lite.backends.llvm.vectors import load_vector, store_vector


def transpose(builder: Any, memory: Any, source: Part, target: Part, lanes: int) -> None:
    """Emit the copy of a part to another with the same numbers, of which another axis runs fastest."""
    extents = [extent for _, extent in source.lattice.axes]
    across, down = (part.steps.index(1) for part in (source, target))  # the axes that run fastest in the two
    others = [1 if axis in (across, down) else extent for axis, extent in enumerate(extents)]

    def square(index: list[Any], i: Any, n_rows: int, j: Any, n_columns: int) -> None:
        """Turn `n_rows` along `down` by `n_columns` along `across`, at most `lanes` each."""
        at = {down: i, across: j}
        corners = [
            _offset(builder, part, [at.get(axis, x) for axis, x in enumerate(index)]) for part in (source, target)
        ]
        rows = [
            load_vector(builder, _at(builder, memory, corners[0], source.steps[down] * min(row, n_rows - 1)), lanes)
            for row in range(lanes)
        ]
        for column, found in enumerate(_turned(builder, rows)[:n_columns]):
            store_vector(builder, found, _at(builder, memory, corners[1], target.steps[across] * column))

    def body(index: list[Any]) -> None:
        _squares(
            builder, extents[down], lanes,
            lambda i, n: _squares(builder, extents[across], lanes, lambda j, m: square(index, i, n, j, m)),
        )  # fmt: skip

    nested(builder, others, body)


def _squares(builder: Any, extent: int, lanes: int, body: Any) -> None:
    """Tiles of `lanes` over an axis, and what is left of it."""
    tiled(builder, extent, lanes, body)


def _offset(builder: Any, part: Part, index: list[Any]) -> Any:
    offset = WORD(part.start)
    for step, i in zip(part.steps, index, strict=True):
        offset = builder.add(offset, builder.mul(WORD(step), WORD(i) if isinstance(i, int) else i))
    return offset


def _at(builder: Any, memory: Any, offset: Any, further: int) -> Any:
    return builder.gep(memory, [builder.add(offset, WORD(further))])


def _turned(builder: Any, rows: list[Any]) -> list[Any]:
    """The columns of a square of vectors: halves are exchanged, then quarters, and so on."""
    n = len(rows)
    distance = n // 2
    while distance:
        low = [i if not i & distance else n + i - distance for i in range(n)]
        high = [i + distance if not i & distance else n + i for i in range(n)]
        masks = [vector(n, SHORT)([SHORT(i) for i in order]) for order in (low, high)]
        turned = list(rows)
        for i in range(n):
            if not i & distance:
                pair = rows[i], rows[i + distance]
                turned[i], turned[i + distance] = (builder.shuffle_vector(*pair, mask) for mask in masks)
        rows, distance = turned, distance // 2
    return rows

"""How many sums a tile has: some vectors by some rows, in registers while the terms pass."""

from __future__ import annotations

from functools import cache

REGISTERS = {8: 24, 4: 12, 2: 12}  # sums that a tile may hold, by the doubles in a vector
MOST = 8  # vectors or rows at once
LATENCY = 4  # cycles that a sum waits for its last term


def vectors_of(extent: int, lanes: int) -> int:
    """How many vectors an axis of this extent takes."""
    return -(-extent // lanes)


@cache
def tile_shape(n_vectors: int, n_rows: int, lanes: int, by_one: bool = False, room: int = 0) -> tuple[int, int]:
    """How many vectors and how many of the rows a tile has at once, so that all tiles take the fewest cycles.

    What is left over of the rows comes together or, as they are counted when the program runs, `by_one` or, where there
    is `room` for so many rows, in one more tile.
    """
    shapes = [
        (wide, deep)
        for wide in range(1, min(n_vectors, MOST) + 1)
        for deep in range(1, min(n_rows, MOST) + 1)
        if wide * deep <= REGISTERS[lanes] and (not room or -(-n_rows // deep) * deep <= room)
    ]

    def cycles(shape: tuple[int, int]) -> float:
        wide, deep = shape
        whole, left = divmod(n_rows, deep)
        more = (deep, bool(left)) if room else (1, left) if by_one else (left, 1)
        return sum(
            times * often * _cycles(vectors, rows)
            for vectors, times in ((wide, n_vectors // wide), (n_vectors % wide, 1))
            for rows, often in ((deep, whole), more)
            if vectors and rows
        )

    return min(shapes, key=lambda shape: (cycles(shape), -shape[0] * shape[1]))


def _cycles(n_vectors: int, n_rows: int) -> float:
    """Cycles for one term of each sum: two multiply-adds and two loads fit into one."""
    return max(n_vectors * n_rows / 2, (n_vectors + n_rows) / 2, LATENCY)

"""The constants of a program: literals, each once, and tables in the order in which statements read them."""

from __future__ import annotations

import struct

from autograd_lite.backends.loops.runs import CONSTANTS, Ref, contiguous
from autograd_lite.tape import Tape


class Constants:
    """Array 1 as it grows: literals, each once, and tables in the order in which a statement reads them."""

    def __init__(self, tape: Tape) -> None:
        self.tape = tape
        self.first = len(tape.labels)
        self.numbers: list[float] = []
        self.known: dict[bytes, int] = {}

    def literal(self, number: int) -> int:
        """The place of a constant of the tape."""
        return self._place([self.tape.constants[number - self.first]])

    def ref(self, rows: list[list[int]], dims: tuple[int, ...]) -> tuple[Ref, int]:
        """A ref, with its delta, to the constants that the results of a statement read, a row a result."""
        table = [[self.tape.constants[number - self.first] for number in row] for row in rows]
        strides, delta = contiguous(dims), 1
        packed = [struct.pack(f"<{len(row)}d", *row) for row in table]
        if all(row == packed[0] for row in packed):
            table, strides = table[:1], (0,) * len(dims)
        if all(row == row[:8] * (len(row) // 8) for row in packed):
            table, delta = [row[:1] for row in table], 0
        place = self._place([x for row in table for x in row])
        return Ref(CONSTANTS, place, tuple(stride * len(table[0]) for stride in strides)), delta

    def _place(self, numbers: list[float]) -> int:
        key = struct.pack(f"<{len(numbers)}d", *numbers)
        if key not in self.known:
            self.known[key] = len(self.numbers)
            self.numbers += numbers
        return self.known[key]

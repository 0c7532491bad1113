"""`scaled`: rows divided by a number when they are asked for, so that images of bytes stay bytes in memory."""

import math
from array import array
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from autograd_lite.errors import as_float, shown
from nn.data.buffers import bytes_of, rows_of

Row = Sequence[float]
PORTION = 128  # so many rows are divided at once when all are asked for: their doubles stay in the processor's cache


def scaled(xs: Sequence[Row], divisor: float) -> "Scaled":
    """The rows of xs, each number divided: `scaled(images, 255)` has pixels from 0 to 1.

    A row becomes doubles when it is asked for, which costs an image of `read_idx` less time than reading it did, and no
    memory. A slice is `Scaled` as well. Raises TypeError for what is no list of rows, ValueError for a divisor that is
    0 or not finite.
    """
    number = as_float(divisor, "scaled: divisor")
    if not number or not math.isfinite(number):
        raise ValueError(f"scaled: expected divisor to be a finite number other than 0, got {number}")
    if not hasattr(xs, "__len__") or isinstance(xs, (str, bytes, dict, set)):
        raise TypeError(f"scaled: expected xs to be a list of rows, got {shown(xs)}")
    return Scaled(rows_of(xs), number, _looked_up(number))


class Scaled(Sequence["array[float]"]):
    """Rows and what they are divided by; a row is an array of doubles."""

    def __init__(self, rows: Sequence[Row], divisor: float, of_bytes: Callable[[bytes], bytearray]) -> None:
        self._rows, self._divisor, self._of_bytes = rows, divisor, of_bytes

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, place: int | slice) -> Any:
        if isinstance(place, slice):
            return Scaled(self._rows[place], self._divisor, self._of_bytes)
        return self._divided([self._rows[place]])[0]

    def __iter__(self) -> "Iterator[array[float]]":
        for start in range(0, len(self), PORTION):
            yield from self._divided([self._rows[i] for i in range(start, min(start + PORTION, len(self)))])

    def _divided(self, rows: Sequence[Row]) -> "list[array[float]]":
        """Some rows as doubles, all at once where they are of bytes."""
        stored = [numbers for numbers in map(bytes_of, rows) if numbers is not None]
        if len(stored) < len(rows):
            return [array("d", [as_float(x, "scaled: xs") / self._divisor for x in row]) for row in rows]
        doubles, divided, start = memoryview(self._of_bytes(b"".join(stored))), [], 0
        for row in stored:
            stop = start + 8 * len(row)
            divided.append(array("d", bytes(doubles[start:stop])))
            start = stop
        return divided

    def __repr__(self) -> str:
        return f"scaled({len(self)} rows, {self._divisor:g})"


def _looked_up(divisor: float) -> Callable[[bytes], bytearray]:
    """What makes the doubles of bytes by a table of 256: the first byte of all doubles at once, then the second, …

    A loop over the numbers would take several times as long.
    """
    table = array("d", [x / divisor for x in range(256)]).tobytes()
    places = [table[k::8] for k in range(8)]

    def convert(numbers: bytes) -> bytearray:
        doubles = bytearray(8 * len(numbers))
        for k, place in enumerate(places):
            doubles[k::8] = numbers.translate(place)
        return doubles

    return convert

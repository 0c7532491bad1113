"""IDX, the file format of MNIST: an array of numbers behind a header that says its type and its shape."""

import math
import sys
from array import array
from typing import Any

from autograd_lite.errors import shown
from nn.data.contents import FilePath, Read, contents

_ELEMENTS = {0x08: "B", 0x09: "b", 0x0B: "h", 0x0C: "i", 0x0D: "f", 0x0E: "d"}  # the type codes of `array`


def read_idx(path: FilePath, max_bytes: int = 1 << 30) -> list[Any]:
    """The array in an IDX file, the format of MNIST: a list of numbers, or of one flat row an item.

    One dimension, n labels say, gives a list of n numbers. More, such as 60000 × 28 × 28, give a list of 60000 rows
    of 784 numbers, last dimension fastest. A row is an `array.array` of the file's own element type: it indexes,
    iterates and slices as a list does and takes a fraction of the space; `list(row)` makes it one. The numbers are
    those of the file, unscaled, and nan or inf in a file of floats comes through. The file may be gzip.

    Format: bytes 0, 0, the element type (0x08 uint8, 0x09 int8, 0x0B int16, 0x0C int32, 0x0D float32, 0x0E float64)
    and the number of dimensions; one big-endian uint32 per dimension; the elements, big-endian (Y. LeCun, C. Cortes
    and C. Burges, "The MNIST database of handwritten digits").

    No more is read than the header says, and never more than `max_bytes`, decompressed (1 GiB unless told otherwise).

    Raises ValueError, with path and byte, for another format, corrupt gzip, missing or extra bytes, and for more than
    `max_bytes`; OSError if the file can't be read.
    """
    with contents("read_idx", path, max_bytes) as (place, read):
        code, shape = _idx_header(place, read)
        width = array(code).itemsize * math.prod(shape[1:])
        size = width * shape[0]
        data = read(size + 1)
    if len(data) != size:
        start = 4 + 4 * len(shape)
        got = "more" if len(data) > size else f"{start + len(data)} bytes"
        raise ValueError(
            f"{place}, byte {start + min(len(data), size)}: expected the file to end at byte {shown(start + size)}, "
            f"as its shape {shown(shape)} says, got {got}"
        )
    view = memoryview(data)
    if len(shape) == 1:
        return _native(code, view).tolist()
    return [_native(code, view[at : at + width]) for at in range(0, size, width)]


def _idx_header(place: str, read: Read) -> tuple[str, tuple[int, ...]]:
    """The type code and the shape; only the first dimension may be 0."""
    data = read(4)
    if len(data) < 4 or data[:2] != b"\0\0" or data[2] not in _ELEMENTS or data[3] == 0:
        raise ValueError(
            f"{place}, byte 0: expected an IDX file, which starts 00 00, a type from 08 09 0b 0c 0d 0e and a number of "
            f"dimensions from 01, got {data[:4].hex(' ') or 'an empty file'}"
        )
    dimensions = read(4 * data[3])
    if len(dimensions) != 4 * data[3]:
        raise ValueError(
            f"{place}, byte {4 + len(dimensions)}: expected {data[3]} dimensions of 4 bytes, the file ends here"
        )
    shape = tuple(int.from_bytes(dimensions[at : at + 4], "big") for at in range(0, len(dimensions), 4))
    if 0 in shape[1:]:
        at = 4 + 4 * shape.index(0, 1)
        raise ValueError(f"{place}, byte {at}: expected a dimension of at least 1, got 0")
    return _ELEMENTS[data[2]], shape


def _native(code: str, stored: memoryview) -> "array[Any]":
    """Big-endian elements as an array."""
    numbers: array[Any] = array(code)
    numbers.frombytes(stored)
    if sys.byteorder == "little":
        numbers.byteswap()
    return numbers

"""The bytes of a file, for the readers; whether it is gzip is told by its first two bytes, never by its name."""

import gzip
import os
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from autograd_lite.errors import as_int
from autograd_lite.files import as_path

FilePath = str | os.PathLike[str]
Read = Callable[[int], bytes]  # so many bytes, fewer only where the file ends
CHUNK = 1 << 20  # so much is asked for at once: a size that a damaged header claims costs no memory


@contextmanager
def contents(function: str, path: FilePath, max_bytes: Any) -> Iterator[tuple[str, Read]]:
    """How errors of `function` name the file, and what reads its bytes, decompressed if they are gzip.

    A few bytes of gzip unpack into gigabytes, so `max_bytes` bounds what is read in all: beyond it is a ValueError.
    """
    path = as_path(path, function)
    place, left = f"{function}: {path!r}", as_int(max_bytes, function, "max_bytes", 1)
    with open(path, "rb") as file:
        is_packed = file.peek(2)[:2] == b"\x1f\x8b"
        stream: Any = gzip.GzipFile(fileobj=file) if is_packed else file

        def read(n: int) -> bytes:
            nonlocal left
            parts, missing = [], min(n, left + 1)
            try:
                while missing and (part := stream.read(min(missing, CHUNK))):
                    parts.append(part)
                    missing -= len(part)
            except (EOFError, zlib.error, gzip.BadGzipFile) as error:
                raise ValueError(
                    f"{place}, byte {file.tell()}: expected gzip data, got damage here or before: {error}"
                ) from None
            data = b"".join(parts)
            left -= len(data)
            if left < 0:
                raise ValueError(
                    f"{place}: expected at most {max_bytes:,} bytes{' when decompressed' if is_packed else ''}, "
                    f"got more; give max_bytes= if the file is meant to be that large"
                )
            return data

        yield f"{place} (decompressed)" if is_packed else place, read

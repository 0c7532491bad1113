"""The bytes of a file, for the readers; whether it is gzip is told by its first two bytes, never by its name."""

import gzip
import os
import zlib

from autograd_lite.scalars import shown

FilePath = str | os.PathLike[str]


def contents(function: str, path: FilePath) -> tuple[str, bytes]:
    """How errors of `function` name the file, and its bytes, decompressed if they are gzip."""
    if not isinstance(path, (str, os.PathLike)):
        raise TypeError(f"{function}: expected path to be a str or a pathlib.Path, got {shown(path)}")
    place = f"{function}: {os.fspath(path)!r}"
    with open(path, "rb") as file:
        if file.peek(2)[:2] != b"\x1f\x8b":
            return place, file.read()
        try:
            return f"{place} (decompressed)", gzip.GzipFile(fileobj=file).read()
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise ValueError(
                f"{place}, byte {file.tell()}: expected gzip data, got damage here or before: {error}"
            ) from None

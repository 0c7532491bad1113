"""Files: what may name one, and how they are written, whole or not at all."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from autograd_lite.errors import shown

__all__ = ["as_path", "write_file"]


def as_path(path: object, function: str) -> str:
    """The path that was given as a text; raises TypeError, or ValueError for what no file can be called."""
    name = os.fspath(path) if isinstance(path, (str, os.PathLike)) else None
    if not isinstance(name, str):
        raise TypeError(f"{function}: expected path to be a str or a pathlib.Path, got {shown(path)}")
    try:
        is_a_name = b"\0" not in os.fsencode(name)
    except UnicodeEncodeError:
        is_a_name = False
    if not is_a_name:
        raise ValueError(f"{function}: expected path to be one that a file can have, got {shown(path)}")
    return name


def write_file(path: str | os.PathLike[str], content: bytes) -> None:
    """Write a file under a temporary name beside it and move it into place."""
    temporary = Path(path).parent / f".{secrets.token_hex(8)}.tmp"
    try:
        temporary.write_bytes(content)
        os.replace(temporary, path)
    except OSError as error:
        raise OSError(error.errno, error.strerror, os.fspath(path)) from None  # not the temporary name
    finally:
        temporary.unlink(missing_ok=True)

"""Files appear whole or not at all."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

__all__ = ["write_file"]


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

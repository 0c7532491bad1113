"""Machine code kept on disk, so that a program that was compiled before starts at once.

A file is named by a digest of the code's IR, the processor and the version of llvmlite, and begins with a digest of its
own contents: what is damaged, or was made for anything else, is compiled anew. Files are written whole or not at all,
only this user's own are read, and the oldest make room beyond `LIMIT` bytes. The environment variable
`AUTOGRAD_LITE_CACHE` names another folder, or is `off`.
"""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path

from autograd_lite.files import write_file

LIMIT = 256 << 20  # bytes of all files together
SMALLEST = 1 << 16  # characters of IR below which compiling takes no longer than looking
DIGEST = 32


def folder() -> Path | None:
    """Where the files are; None if there is no such place or nobody wants it."""
    chosen = os.environ.get("AUTOGRAD_LITE_CACHE", "")
    if chosen.lower() in ("off", "0", "none"):
        return None
    if chosen:
        return Path(chosen)
    try:
        home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    except RuntimeError:  # nobody's home
        return None
    return Path(home) / "autograd_lite"


def path_of(code: str, machine: str) -> Path | None:
    """The file for this IR on this machine; None if none is to be kept."""
    place = folder() if len(code) >= SMALLEST else None
    digest = hashlib.sha256(f"{machine}\n{code}".encode()).hexdigest()
    return None if place is None else place / f"{digest}.o"


def load(path: Path | None) -> bytes | None:
    """The machine code in a file; None if it is not there, not whole, or not this user's."""
    if path is None:
        return None
    try:
        if not _is_ours(path) or not _is_ours(path.parent):
            return None
        content = path.read_bytes()
    except OSError:
        return None
    found = content[DIGEST:]
    return found if found and hashlib.sha256(found).digest() == content[:DIGEST] else None


def save(path: Path | None, code: bytes) -> None:
    """Keep machine code; where that cannot be done, nothing happens."""
    if path is None:
        return
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_file(path, hashlib.sha256(code).digest() + code)
        _make_room(path)
    except OSError:
        return


def _is_ours(path: Path) -> bool:
    """Whether this user alone can have written there."""
    if not hasattr(os, "getuid"):
        return True
    found = path.stat()
    return found.st_uid == os.getuid() and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _make_room(newest: Path) -> None:
    """Remove the oldest files until the rest is within the limit; the newest stays."""
    files = sorted(newest.parent.glob("*.o"), key=lambda file: file.stat().st_mtime, reverse=True)
    total = 0
    for file in [newest, *(file for file in files if file != newest)]:
        total += file.stat().st_size
        if total > LIMIT and file != newest:
            file.unlink(missing_ok=True)

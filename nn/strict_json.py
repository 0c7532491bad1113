"""JSON read strictly: what most readers let pass is refused, with the file and the place in it."""

from __future__ import annotations

import json
import os
import re
from typing import Any

from autograd_lite.errors import shown
from autograd_lite.files import as_path

MAX_BYTES = 256 * 2**20
MAX_DEPTH = 16

# Strings, with the colon that makes one a key; brackets; and the three words that Python's reader takes for numbers.
TOKEN = re.compile(r'("[^"\\]*(?:\\.[^"\\]*)*")(\s*:)?|[\[\]{}]|\bNaN\b|-?\bInfinity\b')


def read_json(function: str, path: str | os.PathLike[str]) -> tuple[str, Any]:
    """How errors of `function` name the file, and the document in it.

    Raises TypeError for a path that is none, OSError if the file can't be read, and ValueError, with path and place,
    for a file of more than `MAX_BYTES`, text that is no UTF-8 or no JSON, a key that stands twice in one object, nan
    and infinity, and brackets more than `MAX_DEPTH` deep.
    """
    path = as_path(path, function)
    place = f"{function}: {path!r}"
    with open(path, "rb") as file:
        content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise ValueError(f"{place}: expected at most {MAX_BYTES:,} bytes, got more")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(f"{place}, byte {error.start}: expected UTF-8 text, got {error.reason}") from None
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"{place}, line {error.lineno}, column {error.colno}: expected JSON ({error.msg})") from None
    except RecursionError:
        raise ValueError(f"{place}: expected brackets at most {MAX_DEPTH} deep, got more") from None
    except ValueError as error:
        raise ValueError(f"{place}: expected numbers of ordinary length: {error}") from None
    _check_tokens(place, text)
    return place, document


def _check_tokens(place: str, text: str) -> None:
    """Refuse what `json.loads` let pass."""
    keys: list[set[str]] = []  # of each object that is open; a list has none
    for token in TOKEN.finditer(text):
        word, string, colon = token.group(), token[1], token[2]
        if word in "{[":
            keys.append(set())
            if len(keys) > MAX_DEPTH:
                raise ValueError(f"{_at(place, text, token)}: expected brackets at most {MAX_DEPTH} deep, got more")
        elif word in "}]":
            keys.pop()
        elif string is None:
            raise ValueError(f"{_at(place, text, token)}: expected a finite number, got {word}")
        elif colon:
            if (key := json.loads(string)) in keys[-1]:
                raise ValueError(f"{_at(place, text, token)}: expected each key once, got {shown(key)} again")
            keys[-1].add(key)


def _at(place: str, text: str, token: re.Match[str]) -> str:
    line, column = text.count("\n", 0, token.start()) + 1, token.start() - text.rfind("\n", 0, token.start())
    return f"{place}, line {line}, column {column}"

"""Texts in English and in Chinese, and which of the two a person reads."""

from __future__ import annotations

import os
from typing import NamedTuple

LANGUAGES = ("en", "zh")


class Text(NamedTuple):
    """The same words in both languages."""

    en: str
    zh: str

    def read(self, language: str) -> str:
        """The words in a language, "en" or "zh"."""
        return self.zh if language == "zh" else self.en


def chosen(language: str | None) -> str:
    """The language that was asked for; None is the one of the environment, as gettext reads it.

    Raises ValueError for a language that the exercises don't have.
    """
    if language is None:
        settings = (os.environ.get(name) for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"))
        return "zh" if next(filter(None, settings), "").startswith("zh") else "en"
    if language not in LANGUAGES:
        raise ValueError(f"exercise: expected language to be en or zh, got {language!r}")
    return language

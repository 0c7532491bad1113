"""Labels are data, and nobody is fooled by them: what cannot be seen in one is shown as �, for every renderer alike."""

from __future__ import annotations

import unicodedata

UNSEEN = "\ufffd"
# Letters of Persian and Hindi, and emoji of several parts, are written with these two.
JOINERS = "\u200c\u200d"


def visible(label: str) -> str:
    """The label with � for each character that no reader sees and a renderer may obey or refuse.

    These are the control characters (C0 and C1), those that change the direction or the shape of other text, halves
    of surrogate pairs and what XML does not allow; blanks and the ends of lines stay.
    """
    if label.isascii() and label.isprintable():
        return label
    return "".join(UNSEEN if _is_unseen(character) else character for character in label)


def sentence(label: str, limit: int) -> str:
    """A label within a sentence: what can be seen of it, on one line, cut at so many characters."""
    text = " ".join(visible(label).split())
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _is_unseen(character: str) -> bool:
    if character in "\t\n\r" or character in JOINERS:
        return False
    return unicodedata.category(character) in ("Cc", "Cf", "Cs") or ord(character) & 0xFFFE == 0xFFFE

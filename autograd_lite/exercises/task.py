"""What an exercise is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from autograd_lite.exercises.answers import Kind
from autograd_lite.exercises.text import Text


@dataclass(frozen=True)
class Task:
    """A question with its `kind` of answer; `page` is that of the course. The last hint tells the whole way."""

    name: str
    page: int
    question: Text
    kind: Kind
    hints: Sequence[Text]

"""Answers that choose: one of several words, and an order of words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from autograd_lite.errors import shown
from autograd_lite.exercises.answers import Slips
from autograd_lite.exercises.text import Text


def _bare(text: str) -> str:
    """A text without what people write in different ways: capitals, blanks, underscores, brackets behind a name."""
    return re.sub(r"[\s_]|\(\)$", "", text.lower())


@dataclass(frozen=True)
class Choice:
    """One of several options."""

    options: Sequence[str]
    right: str
    slips: Slips

    @property
    def asks(self) -> Text:
        """The options."""
        listed = "   ".join(self._numbered)
        return Text(f"Answer with one of: {listed}", f"从中选一个：{listed}")

    @property
    def _numbered(self) -> list[str]:
        return [f"{k}) {option}" for k, option in enumerate(self.options, 1)]

    def typed(self, line: str) -> Any:
        """The line without blanks around."""
        return line.strip()

    def read(self, answer: Any) -> str:
        """An option, its beginning, its number from 1, or words with one option among them, like "w.step()"."""
        text = str(answer).strip() if isinstance(answer, (str, int)) else ""
        number = re.fullmatch(r"(\d+)\W*", text) or re.match(r"(\d+)[).、]", text)
        if number and 1 <= int(number[1]) <= len(self.options):
            return self.options[int(number[1]) - 1]
        found = [option for option in self.options if option == text] or self._meant(text)
        if len(found) == 1:
            return found[0]
        raise ValueError(f"exercise: expected one of {', '.join(self._numbered)}, got {shown(answer)}")

    def _meant(self, text: str) -> list[str]:
        """The options that a text may mean: those that begin like it, or else those that stand in it as a word."""
        begun = [option for option in self.options if _bare(text) and _bare(option).startswith(_bare(text))]
        return begun or [option for option in self.options if option in re.findall(r"\w+", text)]

    def is_right(self, answer: str) -> bool:
        """Whether it is the right option."""
        return answer == self.right

    def is_slip(self, answer: str, slip: str) -> bool:
        """Whether it is that option."""
        return answer == slip

    def otherwise(self, answer: str) -> Text:
        """Another option."""
        return Text(f"It is not {answer}.", f"不是 {answer}。")


@dataclass(frozen=True)
class Order:
    """Words in an order; there may be several right ones."""

    right: Sequence[tuple[str, ...]]
    slips: Slips

    @property
    def asks(self) -> Text:
        """The words."""
        words = ", ".join(sorted(self.right[0]))
        return Text(f"Answer with a list of {words} in the right order.", f"把 {words} 按正确的顺序排成列表。")

    def typed(self, line: str) -> Any:
        """Words with commas or blanks between them."""
        return re.findall(r"[\w.]+", line)

    def read(self, answer: Any) -> tuple[str, ...]:
        """A list of all the words, or text with commas between them, or with nothing: "dcab"."""
        words = self.typed(answer.lower()) if isinstance(answer, str) else answer
        if isinstance(words, list) and len(words) == 1:
            words = list(str(words[0]))
        if not isinstance(words, (list, tuple)) or sorted(map(str, words)) != sorted(self.right[0]):
            raise ValueError(f"exercise: expected each of {', '.join(sorted(self.right[0]))} once, got {shown(answer)}")
        return tuple(map(str, words))

    def is_right(self, answer: tuple[str, ...]) -> bool:
        """Whether it is one of the right orders."""
        return answer in self.right

    def is_slip(self, answer: tuple[str, ...], slip: tuple[str, ...]) -> bool:
        """Whether it is that order."""
        return answer == slip

    def otherwise(self, answer: tuple[str, ...]) -> Text:
        """The first place where it leaves every right order."""
        place = max(next(k for k, (a, r) in enumerate(zip(answer, right, strict=True)) if a != r)
                    for right in self.right)  # fmt: skip
        return Text(f"{answer[place]} comes too early.", f"{answer[place]} 排得太早了。")

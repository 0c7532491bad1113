"""An exercise: its question, its hints in steps, and what it says to an answer."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from autograd_lite.errors import shown
from autograd_lite.exercises import beyond, equations, failures, neurons, nodes
from autograd_lite.exercises.task import Task
from autograd_lite.exercises.text import Text, chosen
from autograd_lite.telling.document import Block, Document, Heading, Paragraph

TASKS: Mapping[str, Task] = {
    task.name: task for room in (nodes, neurons, equations, failures, beyond) for task in room.TASKS
}


@dataclass(frozen=True, repr=False)
class Feedback(Document):
    """What an exercise says: `.right` (None for a hint) and `.text`; it shows itself in a notebook."""

    right: bool | None
    words: str

    @property
    def blocks(self) -> Sequence[Block]:  # type: ignore[override]
        """One paragraph."""
        return [Paragraph(self.words)]

    @property
    def html(self) -> str:
        """The paragraph beside a bar: blue for a hint, else green or orange."""
        return _beside_a_bar({True: "#009e73", False: "#d55e00", None: "#0072b2"}[self.right], super().html)


def _beside_a_bar(colour: str, html: str) -> str:
    return f'<div style="border-left: 4px solid {colour}; padding: 0.1em 1em">\n{html}</div>'


class Exercise(Document):
    """A question of the course: look at it, `check` an answer, ask for a `hint`."""

    def __init__(self, task: Task, language: str) -> None:
        self.name = task.name
        self.language = language
        self.task = task
        self._hints = 0

    @property
    def blocks(self) -> Sequence[Block]:  # type: ignore[override]
        """The name, the question, and what an answer looks like."""
        question = self.task.question.read(self.language).splitlines()
        heading = Text(f"Exercise {self.name}", f"练习 {self.name}").read(self.language)
        asks = self.task.kind.asks.read(self.language)
        return [Heading(heading), *map(Paragraph, question), Paragraph(asks)]

    @property
    def html(self) -> str:
        """The same beside a grey bar."""
        return _beside_a_bar("#8888", super().html)

    def check(self, answer: Any) -> Feedback:
        """Whether an answer is right, and if not, which slip it is or how it is off, and what to do about it.

        Raises TypeError or ValueError for what is no answer of the kind that the question asks for.
        """
        task = self.task
        given = task.kind.read(answer)
        if task.kind.is_right(given):
            return self._said(True, Text(f"Right. {task.hints[-1].en}", f"正确。{task.hints[-1].zh}"))
        for slip, en, zh in task.kind.slips:
            if task.kind.is_slip(given, slip):
                return self._said(False, Text(f"Not yet: {en}", f"还不对：{zh}"))
        told, first = task.kind.otherwise(given), task.hints[0]
        return self._said(False, Text(f"Not yet. {told.en} {first.en}", f"还不对。{told.zh}{first.zh}"))

    def hint(self) -> Feedback:
        """The next hint; the last one is the whole way, and comes again."""
        hints = self.task.hints
        self._hints = min(self._hints + 1, len(hints))
        hint, count = hints[self._hints - 1], f"{self._hints}/{len(hints)}"
        return self._said(None, Text(f"Hint {count}: {hint.en}", f"提示 {count}：{hint.zh}"))

    def _said(self, right: bool | None, text: Text) -> Feedback:
        return Feedback(right, text.read(self.language))


def exercise(name: str, language: str | None = None) -> Exercise:
    """The exercise of this name, in English or Chinese: "en", "zh", or None for the environment's language.

    Raises ValueError for a name that there is not; `list(autograd_lite.exercises.TASKS)` has them all.
    """
    if name not in TASKS:
        near = difflib.get_close_matches(str(name), TASKS, 3, 0.4)
        raise ValueError(f"exercise: expected a name such as {', '.join(near or list(TASKS)[:3])}, got {shown(name)}")
    return Exercise(TASKS[name], chosen(language))

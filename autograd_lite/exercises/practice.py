"""`autograd-lite practice`: exercises in a terminal, or from lines of answers that are piped in."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from autograd_lite.exercises.exercise import TASKS, Exercise, exercise
from autograd_lite.exercises.text import Text, chosen
from autograd_lite.exercises.writing import WIDE

ASK = "> "
HELP = Text('Type an answer, or "hint", "skip" or "quit".', "输入答案，或 hint（提示）、skip（跳过）、quit（退出）。")
BYE = Text("right: {} of {}", "答对 {} / {}")


class Quit(Exception):  # noqa: N818  (the person's wish, no error)
    """No more answers."""


def practice(names: Sequence[str], language: str | None = None) -> int:
    """Ask the exercises of these names, all where there are none; 0 if every one was answered rightly, else 1."""
    asked = [exercise(name, language) for name in names or TASKS]
    right = 0
    try:
        for one in asked:
            right += _ask(one)
    except Quit:
        pass
    print(BYE.read(chosen(language)).format(right, len(asked)))
    return 0 if right == len(asked) else 1


def listed(language: str | None = None) -> str:
    """The names of all exercises, by the page of the course."""
    page = Text("page {:>2}", "第 {:>2} 页").read(chosen(language))
    lines: dict[int, list[str]] = {}
    for task in TASKS.values():
        lines.setdefault(task.page, []).append(task.name)
    return "\n".join(f"{page.format(number)}  {'  '.join(names)}" for number, names in lines.items())


def _ask(one: Exercise) -> bool:
    """Ask until the answer is right or skipped. Raises Quit where there are no more answers."""
    print(f"{one.text}\n{HELP.read(one.language)}" if sys.stdin.isatty() else one.text)
    while True:
        line = _line()
        if line in ("skip", "s"):
            print()
            return False
        if line in ("hint", "h"):
            print(one.hint())
            continue
        try:
            feedback = one.check(one.task.kind.typed(line))
        except (OSError, TypeError, ValueError) as error:
            print(error)
            continue
        print(feedback)
        if feedback.right:
            print()
            return True


def _line() -> str:
    """The next line that says something."""
    while True:
        try:
            line = input(ASK if sys.stdin.isatty() else "").strip()
        except (EOFError, KeyboardInterrupt):
            raise Quit from None
        if line in ("quit", "q"):
            raise Quit
        if line:
            return line.translate(WIDE)

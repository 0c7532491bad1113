"""Progress of anything that takes over a second: a tqdm bar in a terminal, else a plain line every few seconds."""

from __future__ import annotations

import sys
import threading
import time
from types import TracebackType
from typing import Any

FIRST_SECONDS = 1.0  # what is over sooner says nothing
LINE_SECONDS = 5.0


class Progress:
    """Counts up to `total` steps: `with Progress(100, "epochs") as progress: progress.step("loss 0.5")`.

    `shown` is True, False, or None for "where it takes over a second and standard error is a terminal". The bar is
    tqdm's where that is installed (the `progress` extra) and standard error is a terminal. `first` is what is done
    before the first step, and is shown if that takes over a second.
    """

    def __init__(self, total: int, label: str, shown: bool | None = None, first: str = "") -> None:
        self.total, self.label = total, label
        self.shown = sys.stderr.isatty() if shown is None else bool(shown)
        self.done = 0
        self._bar: Any = None
        self._started = time.monotonic()
        self._next = time.monotonic() + FIRST_SECONDS
        self._waiting = threading.Timer(FIRST_SECONDS, self._show, [first])  # the first step may be a long call into C
        self._waiting.daemon = True

    def _end_waiting(self) -> None:
        self._waiting.cancel()
        if self._waiting.is_alive():
            self._waiting.join()

    def step(self, text: str = "", count: int = 1) -> None:
        """Count one more step, or several; `text` says where things stand."""
        self._end_waiting()
        self.done += count
        if self.shown and time.monotonic() >= self._next:
            self._show(text)

    def _show(self, text: str) -> None:
        if self._bar is None:
            self._bar = _bar(self.total, self.label)
        if self._bar:
            self._bar.set_postfix_str(text, refresh=False)
            self._bar.update(self.done - self._bar.n)
            self._next = 0.0
        else:
            print(f"{self.label} {self.done}/{self.total} {text}".rstrip() + self._left(), file=sys.stderr, flush=True)
            self._next = time.monotonic() + LINE_SECONDS

    def _left(self) -> str:
        """How long the steps that are left take, at the pace so far; nothing where it is under a second."""
        left = (time.monotonic() - self._started) * (self.total - self.done) / self.done if self.done else 0.0
        return f", {left:,.0f} s left" if left >= 1.0 else ""

    def __enter__(self) -> Progress:
        if self.shown:
            self._waiting.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end_waiting()
        if self._bar:
            self._bar.update(self.done - self._bar.n)
            self._bar.close()


def _bar(total: int, label: str) -> Any:
    """A tqdm bar, or False where there is none or nobody who could watch it move."""
    if not sys.stderr.isatty():
        return False
    try:
        from tqdm import tqdm
    except ImportError:
        return False
    return tqdm(total=total, desc=label, leave=False)

"""A training run in a table, as notebooks show it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from autograd_lite.telling.document import Block, Document, Heading, Prose, Table

ROWS = 12  # epochs in the table, evenly chosen, the first and the last among them
# What a history may have by epoch, under its names there, and how a number of it is written.
COLUMNS = {
    "loss": ".4g", "accuracy": ".1%", "validation_loss": ".4g", "validation_accuracy": ".1%", "lr": ".4g",
}  # fmt: skip


@dataclass(frozen=True, repr=False, eq=False)
class Summary(Document):
    """A run told by some of its epochs."""

    blocks: Sequence[Block]


def summary(history: Any) -> Summary:
    """The table of a history: how it ended, and the numbers of at most `ROWS` epochs."""
    heading = Heading(f"{history}, {history.seconds:.2g} s on the {history.backend} backend")
    columns = {name: numbers for name in COLUMNS if len(numbers := getattr(history, name, ())) == history.epochs}
    last = history.epochs - 1
    chosen = sorted({round(i * last / (ROWS - 1)) for i in range(ROWS)}) if history.epochs else []
    rows: list[list[Prose]] = [
        [f"{k + 1:,}", *(f"{numbers[k]:{COLUMNS[name]}}" for name, numbers in columns.items())] for k in chosen
    ]
    names = [name.replace("_", " ") for name in columns]
    return Summary([heading, Table(["epoch", *names], "r" * (len(names) + 1), rows)] if rows else [heading])

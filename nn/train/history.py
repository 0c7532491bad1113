"""`History`: what a training run leaves, epoch by epoch."""

from __future__ import annotations

import csv
import io
import os
from dataclasses import dataclass, field
from typing import Any

from autograd_lite.files import as_path, write_file
from autograd_lite.pictures.curves import training
from nn.train.summary import COLUMNS, summary


@dataclass(repr=False)
class History:
    """What a training run left, in lists with a number an epoch.

    `loss` and `accuracy` (the share of right answers, where the loss is a classifier's) are of the training set as it
    was met: each sample before the step that it led to. `validation_loss` and `validation_accuracy` are of the
    validation set after the epoch; `lr` is the learning rate. Lists of what there was not are empty. `seconds` is the
    time that all took, `backend` what ran it, and `samples` the size of the training set.
    """

    loss: list[float] = field(default_factory=list)
    accuracy: list[float] = field(default_factory=list)
    validation_loss: list[float] = field(default_factory=list)
    validation_accuracy: list[float] = field(default_factory=list)
    lr: list[float] = field(default_factory=list)
    seconds: float = 0.0
    backend: str = "eager"
    samples: int = 0

    @property
    def epochs(self) -> int:
        """The number of epochs done."""
        return len(self.loss)

    @property
    def samples_per_second(self) -> float:
        """How many samples were trained on in a second, compiling and validation included."""
        return self.samples * self.epochs / self.seconds if self.seconds else 0.0

    @property
    def best(self) -> int:
        """The epoch, counted from 1, after which the validation loss was least; 0 where there was none."""
        return self.validation_loss.index(min(self.validation_loss)) + 1 if self.validation_loss else 0

    def plot(self, ax: Any = None) -> Any:
        """The losses by epoch, and the accuracies where there are any. Returns the Axes; needs matplotlib (`plot`)."""
        return training(self, ax, "History.plot")

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write a CSV file with a row an epoch and a column for each list that is not empty, whole or not at all."""
        path = as_path(path, "History.save")
        columns = {name: numbers for name in COLUMNS if (numbers := getattr(self, name))}
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(["epoch", *columns])
        writer.writerows([k, *map(repr, row)] for k, row in enumerate(zip(*columns.values(), strict=True), start=1))
        write_file(path, text.getvalue().encode())

    def __str__(self) -> str:
        """The last epoch: averages over its samples, each as it was met, before the step that it leads to."""
        if not self.loss:
            return "no epoch done"
        text = f"epoch {self.epochs}: loss {self.loss[-1]:.4g}"
        text += f", accuracy {self.accuracy[-1]:.1%}" if self.accuracy else ""
        if self.validation_loss:
            text += f", validation loss {self.validation_loss[-1]:.4g}"
            text += f", {self.validation_accuracy[-1]:.1%}" if self.validation_accuracy else ""
            return f"{text} (after it)"
        return f"{text} (before each step)"

    def __repr__(self) -> str:
        return f"History({self})"

    def _repr_html_(self) -> str:
        return summary(self).html

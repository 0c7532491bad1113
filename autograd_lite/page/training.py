"""The page of a training run: the tapes that train, with the explorer of one sample's graph beside them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from autograd_lite.page.document import Page, document
from autograd_lite.page.exploring import check_size, graph_data
from autograd_lite.page.program import functions, program
from autograd_lite.tape import Tape
from autograd_lite.value import Value

__all__ = ["Page", "training_page"]

STEP_LIMIT = 60_000  # operations of a sample and its gradient; a larger function makes browsers give up


def training_page(title: str, cost: Value, tapes: Mapping[str, Tape], data: Mapping[str, Any]) -> Page:
    """A page that trains with the tapes `sample`, `cost`, `penalty`, `update` and `predict` on what `data` says.

    `cost` is the graph of one sample's cost, which the page can open. Raises as `explore` does, and ValueError for
    a sample of more than `STEP_LIMIT` operations.
    """
    steps = len(tapes["sample"].instructions)
    if steps > STEP_LIMIT:
        raise ValueError(
            f"playground: a page trains at most {STEP_LIMIT:,} operations a sample and this model has {steps:,}; "
            "take a smaller model"
        )
    check_size(cost, "playground")
    found = program(cost)
    written = functions({"evaluate": found.tape, **tapes})
    return document(title, "training", {**graph_data(found, cost), "training": data}, written)

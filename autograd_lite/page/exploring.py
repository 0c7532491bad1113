"""`explore`: a graph as a page that can be stepped through, nudged and asked."""

from __future__ import annotations

import os
from typing import Any

from autograd_lite.errors import shown
from autograd_lite.graph import toposort
from autograd_lite.page.description import causes, describe, slips, text
from autograd_lite.page.document import Page, document
from autograd_lite.page.program import Program, program
from autograd_lite.page.views import views
from autograd_lite.value import Value

VALUE_LIMIT = 20_000  # beyond it the page's program alone has megabytes


def explore(y: Value, path: str | os.PathLike[str] | None = None) -> Page:
    """A self-contained HTML page of the graph below y: step through its passes, change its leaves, ask its nodes.

    The page is written to `path`, if one is given, whole or not at all; in a notebook it shows itself. No gradient of
    the graph is touched. Raises TypeError if y is no Value, ValueError for more than `VALUE_LIMIT` Values or an op
    that the page's language has no form for, ModuleNotFoundError without a Graphviz, OSError for a path that cannot
    be written.
    """
    if not isinstance(y, Value):
        remedy = "; explore their sum, or one of them" if isinstance(y, (list, tuple)) else ""
        raise TypeError(f"explore: expected y to be a Value, got {shown(y)}{remedy}")
    check_size(y, "explore")
    found = program(y)
    title = y.label or "autograd_lite"
    page = document(title, "main", graph_data(found, y), found.source)
    if path is not None:
        page.save(path)
    return page


def check_size(y: Value, function: str) -> None:
    """Raise ValueError for a graph that is too large for a page."""
    n = len(toposort(y))
    if n > VALUE_LIMIT:
        raise ValueError(
            f"{function}: a page holds at most {VALUE_LIMIT:,} Values and this graph has {n:,}; explore a smaller "
            "part, such as the loss of one sample"
        )


def graph_data(found: Program, y: Value) -> dict[str, Any]:
    """What the page reads: nodes, edges, the order of the pass, the views, and what is told."""
    nodes = describe(found, y)
    return {
        "root": next(i for i, node in enumerate(found.nodes) if node is y),
        "nodes": nodes,
        "inputs": found.inputs,
        "start": [text(found.nodes[i].data) for i in found.inputs],
        "edges": found.edges,
        "steps": found.steps,
        "views": views(found, [node["name"] for node in nodes], y),
        "causes": causes(found, y),
        "slips": slips(found, y),
    }

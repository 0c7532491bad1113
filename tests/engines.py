"""Both ways to a Graphviz: the `dot` program, and the one inside pygraphviz's wheels, with every other program kept."""

import shutil

import pytest

from autograd_lite.pictures import layout

FOUND = shutil.which


def without_dot(monkeypatch):
    """Hide the dot program from the engine, and nothing else."""
    monkeypatch.setattr(shutil, "which", lambda program, *rest: None if program == "dot" else FOUND(program, *rest))


def use(engine, monkeypatch):
    """Make pictures with one engine, "dot" or "pygraphviz"."""
    if engine == "pygraphviz":
        without_dot(monkeypatch)
    assert layout.engine() == engine


ENGINES = [
    pytest.param("dot", marks=pytest.mark.skipif(FOUND("dot") is None, reason="no dot program here")),
    pytest.param(
        "pygraphviz",
        marks=pytest.mark.skipif(layout.bundled() != "pygraphviz", reason="no pygraphviz here (the draw extra)"),
    ),
]

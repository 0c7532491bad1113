"""The references, anew: every public name in docs/names.md, every op in docs/ops.md. Run `python -m docs.names`."""

import ast
import importlib
import inspect
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import autograd_lite
import nn
from autograd_lite.commands import COMMANDS
from autograd_lite.op import Op
from autograd_lite.telling.reference import all_ops

ROOMS = ("data", "deltas", "init", "losses", "optim", "plot")
# What a package that is built on the engine needs beside its public names, as nn is: those of these modules' `__all__`.
ENGINE = (
    "collector", "errors", "files", "graph", "op", "reading", "recording", "scopes", "tape", "backends",
    "telling.document", "telling.notation", "telling.names", "pictures.curves", "page.training",
)  # fmt: skip
BUILT_ON = "What nn uses beside these names, and whatever else is built on the engine may."
MODULES = {
    "nn": nn,
    **{f"nn.{name}": getattr(nn, name) for name in ROOMS},
    **{f"autograd_lite.{name}": importlib.import_module(f"autograd_lite.{name}") for name in ENGINE},
}


def public(module: ModuleType) -> list[str]:
    """The names that a module offers, by its `__all__`; without one its own, and what its rooms gave it."""
    found = getattr(module, "__all__", None) or [
        name
        for name, thing in vars(module).items()
        if not name.startswith("_") and not inspect.ismodule(thing) and _is_ours(thing, module)
    ]
    return sorted(found, key=lambda name: (name.lower(), name))


def _is_ours(thing: Any, module: ModuleType) -> bool:
    home = getattr(thing, "__module__", "") or ""
    return callable(thing) and home.startswith("nn" if module.__name__ in ("nn", "nn.optim") else module.__name__)


def sentence(thing: Any) -> str:
    """The first sentence of a docstring, on one line."""
    return _first(thing.meaning if isinstance(thing, Op) else inspect.getdoc(thing) or "")


def _first(text: str) -> str:
    first = re.split(r"\n\n|(?<=[.:]) (?=[A-Z`])|\.\n", text)[0]
    return " ".join(first.split()).rstrip(".:").replace("|", r"\|")


def told(module: ModuleType, name: str) -> str:
    """What a module's name is, in a sentence: the comment above a constant, else that of the docstring."""
    source = inspect.getsource(_home(module, name))
    found = re.search(rf"^((?:# .*\n)+){name}\b.* = ", source, re.MULTILINE)
    return _first(found.group(1).replace("# ", "")) if found else sentence(getattr(module, name))


def _home(module: ModuleType, name: str) -> ModuleType:
    """The module that gave a module one of its names."""
    given = _givers(module).get(name)
    return module if given is None else _home(importlib.import_module(given), name)


@cache
def _givers(module: ModuleType) -> dict[str, str]:
    """By the names that a module took from others, those others' names."""
    found = [node for node in ast.parse(inspect.getsource(module)).body if isinstance(node, ast.ImportFrom)]
    return {alias.name: str(node.module) for node in found for alias in node.names}


def lines() -> Iterator[str]:
    """The page."""
    yield "# Every public name"
    yield "\nMade by `python -m docs.names` from the docstrings; `help(name)` says the rest.\n"
    yield "## autograd_lite\n\n| name | |\n|:---|:---|"
    for name in sorted(set(autograd_lite.__all__), key=lambda name: (name.lower(), name)):
        yield f"| `{name}` | {told(autograd_lite, name)} |"
    for title, module in MODULES.items():
        if title == f"autograd_lite.{ENGINE[0]}":
            yield f"\n# Modules to build on\n\n{BUILT_ON}"
        about = f"{sentence(module)}.\n\n" if title.startswith("autograd_lite") else ""
        yield f"\n## {title}\n\n{about}| name | |\n|:---|:---|"
        for name in public(module):
            yield f"| `{name}` | {told(module, name)} |"
    yield "\n## The command line\n\n| command | |\n|:---|:---|"
    for name, command in COMMANDS.items():
        yield f"| `autograd-lite {name} {command.example}` | {command.says} |"


def write() -> None:
    """Write both pages; what stands above the table of the operations stays."""
    here = Path(__file__).parent
    (here / "names.md").write_text("\n".join(lines()) + "\n", encoding="utf-8")
    table, page = all_ops(long=True).markdown, here / "ops.md"
    above = page.read_text(encoding="utf-8").partition(table.partition("\n")[0])[0]
    page.write_text(above + table, encoding="utf-8")


if __name__ == "__main__":
    write()

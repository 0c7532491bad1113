"""docs/names.md, anew: every public name with the first sentence of its docstring. Run `python -m docs.names`."""

import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import autograd_lite
import nn
from autograd_lite.commands import COMMANDS
from autograd_lite.op import Op

ROOMS = ("data", "deltas", "init", "losses", "optim", "plot")
MODULES = {"nn": nn, **{f"nn.{name}": getattr(nn, name) for name in ROOMS}}


def public(module: ModuleType) -> list[str]:
    """The names that a module of nn offers: its own, and what its rooms gave it."""
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
    text = thing.meaning if isinstance(thing, Op) else inspect.getdoc(thing) or ""
    first = re.split(r"\n\n|(?<=[.:]) (?=[A-Z`])|\.\n", text)[0]
    return " ".join(first.split()).rstrip(".:").replace("|", r"\|")


def lines() -> Iterator[str]:
    """The page."""
    yield "# Every public name"
    yield "\nMade by `python -m docs.names` from the docstrings; `help(name)` says the rest.\n"
    yield "## autograd_lite\n\n| name | |\n|:---|:---|"
    for name in sorted(set(autograd_lite.__all__), key=lambda name: (name.lower(), name)):
        yield f"| `{name}` | {sentence(getattr(autograd_lite, name))} |"
    for title, module in MODULES.items():
        yield f"\n## {title}\n\n| name | |\n|:---|:---|"
        for name in public(module):
            yield f"| `{name}` | {sentence(getattr(module, name))} |"
    yield "\n## The command line\n\n| command | |\n|:---|:---|"
    for name, command in COMMANDS.items():
        yield f"| `autograd-lite {name} {command.example}` | {command.says} |"


if __name__ == "__main__":
    Path(__file__).with_name("names.md").write_text("\n".join(lines()) + "\n", encoding="utf-8")

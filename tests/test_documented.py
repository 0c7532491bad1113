"""Every public name, operation and command is documented: it says what it is, and the docs say so, too."""

import inspect
import re
from pathlib import Path

import pytest

import autograd_lite
from autograd_lite.commands import COMMANDS
from autograd_lite.options import OPTIONS

ROOT = Path(__file__).parent.parent
names = pytest.importorskip("docs.names", reason="docs are in a checkout only")

PUBLIC = [(autograd_lite, name) for name in sorted(set(autograd_lite.__all__))]
PUBLIC += [(module, name) for module in names.MODULES.values() for name in names.public(module)]
PAGE = (ROOT / "docs" / "names.md").read_text(encoding="utf-8")


def untold(thing):
    """The public methods of a class that have no docstring."""
    methods = [x for key, x in vars(thing).items() if inspect.isfunction(x) and not key.startswith("_")]
    return [method.__qualname__ for method in methods if not inspect.getdoc(method)]


def test_a_public_name_says_what_it_is():
    assert [name for module, name in PUBLIC if len(names.told(module, name).split()) < 2] == []
    assert [name for _, name in PUBLIC if f"\n| `{name}` | " not in PAGE] == [], "run: python -m docs.names"
    classes = [thing for module, name in PUBLIC if inspect.isclass(thing := getattr(module, name))]
    assert [method for thing in classes for method in untold(thing)] == []


def test_whatever_has_a_list_of_public_names_is_documented():
    rooms = Path(autograd_lite.__file__).parent
    modules = {".".join(path.relative_to(rooms.parent).with_suffix("").parts) for path in rooms.rglob("*.py")
               if re.search("^__all__ =", path.read_text(encoding="utf-8"), re.MULTILINE)}  # fmt: skip
    told = {f"{name}.__init__" if f"{name}.__init__" in modules else name for name in ("autograd_lite", *names.MODULES)}
    assert modules - told == {"autograd_lite.ops"}  # whose names are those of autograd_lite


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_says_what_it_does(name):
    assert COMMANDS[name].says
    assert f"`autograd-lite {name} {COMMANDS[name].example}`" in PAGE, "run: python -m docs.names"
    for option in COMMANDS[name].options:
        assert option == "expression" or OPTIONS[option][1].get("help") or OPTIONS[option][1].get("choices")


def test_the_help_of_an_option_names_its_default():
    for name, (_, settings) in OPTIONS.items():
        if "default" in settings and "help" in settings and name != "backend":
            default = settings["default"]
            told = default[0] if isinstance(default, list) else default
            assert re.search(rf"(^|\(){re.escape(str(told))}([);]|$)", settings["help"]), name


PAGES = ["README.md", "CONTRIBUTING.md", *(f"docs/{path.name}" for path in sorted((ROOT / "docs").glob("*.md")))]


@pytest.mark.parametrize("page", PAGES)
def test_files_that_the_docs_name_are_there(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    for link in re.findall(r"\]\(([^)#:]+)\)", text):
        assert ((ROOT / page).parent / link).exists(), link
    for path in re.findall(r"`((?:autograd_lite|nn|tests|docs|demos)/[\w/.]+)`", text):
        assert (ROOT / path).exists(), path

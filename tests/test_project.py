"""The house in order: what imports what, what an import loads, the README's commands and numbers, types, licences."""

import ast
import importlib
import io
import re
import subprocess
import sys
from contextlib import redirect_stdout
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import autograd_lite
import nn

ROOT = Path(__file__).parent.parent
PACKAGES = [Path(autograd_lite.__file__).parent, Path(nn.__file__).parent]


def syntax(path):
    """The tree of a file's syntax."""
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def imports(path):
    """The statements of a file that import, anywhere in it: in other statements, and in no expression."""
    found = [syntax(path)]
    for node in found:
        found += [x for x in ast.iter_child_nodes(node) if isinstance(x, (ast.stmt, ast.ExceptHandler, ast.match_case))]
    return [node for node in found if isinstance(node, (ast.Import, ast.ImportFrom))]


def imported(path):
    """The modules that a file imports, anywhere in it."""
    for node in imports(path):
        yield from (alias.name for alias in node.names) if isinstance(node, ast.Import) else [node.module]


MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for package in PACKAGES
    for path in package.rglob("*.py")
}


def links(name):
    """The modules of this project that a module imports, anywhere in it: at the top, in a function, for types only."""
    for node in imports(MODULES[name]):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in MODULES)
        elif node.module in MODULES:
            inner = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from (name if name in MODULES else node.module for name in inner)


def test_no_import_runs_in_a_circle():
    graph = {name: set(links(name)) for name in MODULES}
    for package in ("autograd_lite", "nn"):
        graph[package] = set()  # the package gathers what is in it; a telling room is loaded when it is asked for
    assert list(TopologicalSorter(graph).static_order())


STOREYS = ["derivatives", "backends", "telling", "pictures", "page", "exercises"]


def storey(name):
    """How high a module of the engine stands: the ground floor, the rooms in order, and what gathers all."""
    room = name.split(".")[1:]
    if not room or room in (["__main__"], ["commands"]):
        return len(STOREYS) + 1
    return STOREYS.index(room[0]) + 1 if room[0] in STOREYS else 0


def test_imports_run_downwards_only():
    for name in sorted(name for name in MODULES if name.startswith("autograd_lite")):
        for other in links(name):
            assert other.startswith("autograd_lite") or name == "autograd_lite.commands", (name, other)
            assert storey(other) <= storey(name), (name, other)


def test_the_ground_floor_stands_in_the_order_that_the_architecture_states():
    path = ROOT / "docs" / "architecture.md"
    if not path.exists():
        pytest.skip("docs are in a checkout only")
    (stated,) = re.findall(r"Imports there run (\w+(?:\s→\s\w+)+):", path.read_text(encoding="utf-8"))
    names = [f"autograd_lite.{name}" for name in re.split(r"\s→\s", stated)]
    assert len(names) > 5
    for k, name in enumerate(names):
        assert not set(names[k:]) & set(links(name)), name


def test_importing_loads_nothing_heavy():
    heavy = "{'graphviz', 'pygraphviz', 'llvmlite', 'numpy', 'matplotlib', 'tqdm'}"
    for package in ("autograd_lite", "nn"):
        code = f"import sys, {package}; print(*sorted({heavy} & set(sys.modules)))"
        result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
        assert result.stdout.strip() == ""


def test_the_engine_imports_nothing_of_nn_and_only_what_its_extras_allow():
    allowed = {
        "graphviz": ("digraph.py", "dot.py"),
        "llvmlite": ("backends",),
        "matplotlib": ("curves.py",),
        "nn": ("commands.py",),
    }
    for path in sorted(PACKAGES[0].rglob("*.py")):
        for module in imported(path):
            top = module.split(".")[0]
            assert (
                top in sys.stdlib_module_names
                or top == "autograd_lite"
                or any(place in str(path) for place in allowed.get(top, ()))
            ), (path, module)


@pytest.mark.parametrize("path", sorted(PACKAGES[1].rglob("*.py")), ids=lambda p: p.name)
def test_nn_imports_public_names_of_the_engine_only(path):
    """Those of `__all__`, which tests/test_documented.py holds to the docs: of the package, or of a module in it."""
    allowed = {"tqdm": "progress.py", "matplotlib": "plot.py"}
    for module in imported(path):
        top = module.partition(".")[0]
        assert top in sys.stdlib_module_names or top in ("nn", "autograd_lite") or allowed.get(top) == path.name, module
        if path.name in ("deltas.py", "arguments.py"):
            assert top in sys.stdlib_module_names or module.startswith("nn.proof"), "the oracle stands alone"
    for node in imports(path):
        if isinstance(node, ast.Import):
            assert not any(alias.name.startswith("autograd_lite") for alias in node.names), ast.unparse(node)
        elif str(node.module).startswith("autograd_lite"):
            public = importlib.import_module(str(node.module)).__all__
            assert {alias.name for alias in node.names} <= set(public), ast.unparse(node)


@pytest.mark.parametrize("path", sorted(PACKAGES[1].rglob("*.py")), ids=lambda p: p.name)
def test_what_is_private_stays_in_its_file(path):
    nodes = list(ast.walk(syntax(path)))
    found = [node for node in nodes if isinstance(node, ast.Attribute) and re.match("_[^_]", node.attr)]
    of_self = [node for node in found if ast.unparse(node.value) in ("self", "cls")]
    own = {node.attr for node in of_self}
    own |= {node.name for node in nodes if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
    modules = {alias.asname or alias.name for node in imports(path) for alias in node.names}
    for node in set(found) - set(of_self):
        assert node.attr in own, ast.unparse(node)
        assert isinstance(node.ctx, ast.Load), ast.unparse(node)
        assert ast.unparse(node.value) not in modules, ast.unparse(node)


def test_public_names():
    assert set(autograd_lite.__all__) >= {"Value", "draw", "no_grad", "zero_grad", "exp", "where", "gelu", "hypot"}
    assert all(getattr(autograd_lite, name) is not None for name in autograd_lite.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = autograd_lite.nothing


def test_what_is_told_is_a_function_whatever_was_imported_first():
    """Each module is the first that a fresh interpreter, or one that has forgotten the package, imports of it."""
    code = """if True:
        import importlib, sys
        for name in sys.argv[1:]:
            for loaded in [module for module in sys.modules if module.startswith("autograd_lite")]:
                del sys.modules[loaded]
            importlib.import_module(f"autograd_lite.{name}")
            import autograd_lite
            print(name, all(callable(getattr(autograd_lite, public)) for public in autograd_lite.__all__))
    """
    telling = (f"telling.{name}" for name in ("steps", "explanation", "trace", "mistakes", "cost"))
    first = ["pictures.drawing", *telling]
    command = [sys.executable, "-c", code, *first]
    result = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    assert result.stdout.split("\n")[:-1] == [f"{name} True" for name in first]


def test_data_files_come_with_sources_and_licences():
    datasets = PACKAGES[1] / "data" / "datasets"
    text = " ".join(path.read_text(encoding="utf-8") for path in datasets.glob("*.md"))
    for path in datasets.iterdir():
        assert path.suffix == ".md" or path.name in text
    assert "CC BY 4.0" in text
    assert (PACKAGES[0] / "py.typed").exists()
    assert (PACKAGES[1] / "py.typed").exists()


README = ROOT / "README.md"
in_checkout = pytest.mark.skipif(not README.exists(), reason="the README is in a checkout only")


@in_checkout
def test_the_readme_has_exactly_two_set_up_commands():
    text = README.read_text(encoding="utf-8")
    commands = re.findall(r"<!-- ([\w ]+) -->\s*```\w*\n(.*?)```", text, re.DOTALL)
    assert [name for name, _ in commands] == ["main job", "tests"]
    assert all(command.count("\n") == 1 for _, command in commands)
    assert commands[0][1].rstrip().endswith("-m demos")


@in_checkout
def test_the_readmes_examples_print_what_it_says():
    text = README.read_text(encoding="utf-8")
    examples = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    assert len(examples) >= 3
    names = {}
    for example in examples:
        expected = re.findall(r"print\(.*\)\s*# (.*)$", example, re.MULTILINE)
        printed = io.StringIO()
        with redirect_stdout(printed):
            exec(example.replace('.save("', '.source  # ("'), names)
        assert printed.getvalue().splitlines()[: len(expected)] == expected or not expected

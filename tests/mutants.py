"""Mutants: the project with one thing changed somewhere, to see whether a test notices.

    python -m tests.mutants               a sample of 60 from all of autograd_lite and nn, by the seed 0
    python -m tests.mutants 20 7          20 of them, by another seed
    python -m tests.mutants near          the 60, each with the tests alone that are likeliest to notice it

A mutant turns a comparison, a sum or a product round, leaves out a `not` or a `sorted`, makes `and` of `or`, adds 1 to
a whole number, or takes all of what was sliced. Each runs in a copy of the project until a test fails: first the tests
that bear the module's name or its folder's, or import from it, and only if they pass the whole suite. A test that never
ends has noticed; its limit is processor time, for the machine may be busy.
"""

import ast
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from heapq import nsmallest
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
PACKAGES = ("autograd_lite", "nn")
HEADS = (ast.FunctionDef, ast.ClassDef)
SECONDS, BYTES = 1200, 6 << 30  # for the whole suite, one process
TURNED: dict[type, type] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult,
    ast.And: ast.Or, ast.Or: ast.And,
}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """A file, the name of the place in it, the statement that is changed, and what it is changed into."""

    path: str
    name: str
    line: int
    before: str
    after: str
    source: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.before}  →  {self.after}"


def changed(node: ast.AST) -> ast.AST | None:
    """The node with one thing turned round, or None if there is nothing to turn."""
    if isinstance(node, ast.Compare) and type(node.ops[0]) in TURNED:
        return ast.Compare(node.left, [TURNED[type(node.ops[0])](), *node.ops[1:]], node.comparators)
    if isinstance(node, ast.BinOp) and type(node.op) in TURNED:
        return ast.BinOp(node.left, TURNED[type(node.op)](), node.right)
    if isinstance(node, ast.BoolOp):
        return ast.BoolOp(TURNED[type(node.op)](), node.values)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return node.operand
    if isinstance(node, ast.Constant) and type(node.value) is int:
        return ast.Constant(node.value + 1)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "sorted":
        return ast.Call(ast.Name("list"), node.args, [])
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice):
        return ast.Subscript(node.value, ast.Slice(), node.ctx)
    return None


def sites(tree: ast.Module) -> Iterator[tuple[ast.AST, str, int | None, ast.AST]]:
    """Where a node that can be changed hangs: its parent, the field, the place in it; annotations are left alone."""
    for parent in ast.walk(tree):
        for name, value in ast.iter_fields(parent):
            if name in ("annotation", "returns") or isinstance(parent, ast.FormattedValue):
                continue
            for place, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
                if isinstance(child, ast.AST) and changed(child) is not None:
                    yield parent, name, place, child


def places(path: Path) -> dict[str, Any]:
    """Where a file can be changed, but for the heads of functions and classes: each by a name that stays its own.

    The name tells the function, the statement and the change in it, and no line or number, so that what changes
    elsewhere in the project, or in the file, leaves it as it is.
    """
    tree = ast.parse(path.read_text(encoding="utf-8"))
    statements: dict[ast.AST, ast.stmt] = {}
    functions: dict[ast.AST, str] = {}
    for node in ast.walk(tree):  # the innermost comes last
        if isinstance(node, ast.stmt):
            statements.update(dict.fromkeys(ast.walk(node), node))
        if isinstance(node, HEADS):
            functions.update(dict.fromkeys(ast.walk(node), f"{functions.get(node, '')}.{node.name}"))
    found: dict[str, Any] = {}
    twins: Counter[str] = Counter()
    told = cache(headline)
    for site in sites(tree):
        child = site[-1]
        statement = statements[child]
        if not isinstance(statement, HEADS):
            change = f"{ast.unparse(child)}  →  {ast.unparse(changed(child))}"
            name = f"{functions.get(child, '')}: {told(statement)}: {change}"
            found[f"{name} #{twins[name]}"] = (*site, statement, tree)
            twins[name] += 1
    return found


def mutant(path: Path, name: str) -> Mutant:
    """The file, changed at the place of that name."""
    parent, field, place, child, statement, tree = places(path)[name]
    before = headline(statement)
    _hang(parent, field, place, changed(child))
    ast.fix_missing_locations(tree)
    changed_to = headline(statement)
    return Mutant(path.relative_to(ROOT).as_posix(), name, child.lineno, before, changed_to, ast.unparse(tree))


def _hang(parent: ast.AST, name: str, place: int | None, child: ast.AST | None) -> None:
    if place is None:
        setattr(parent, name, child)
    else:
        getattr(parent, name)[place] = child


def headline(statement: ast.stmt) -> str:
    """A statement on one line; of an `if` or a loop its first."""
    return ast.unparse(statement).splitlines()[0].strip()


def sample(count: int, seed: int) -> list[Mutant]:
    """So many mutants, from all over the project: those whose names, mixed with the seed, have the smallest digests.

    So each is chosen or not by itself: a change of the code leaves all others in the sample, but for the last.
    """

    def digest(place: tuple[Path, str]) -> bytes:
        path, name = place
        return sha256(f"{seed} {path.relative_to(ROOT).as_posix()} {name}".encode()).digest()

    paths = (path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
    return [mutant(*place) for place in nsmallest(count, ((p, name) for p in paths for name in places(p)), key=digest)]


def noticed(chosen: Mutant, copy: Path, only_near: bool = False) -> str:
    """The test that notices, "" if none does; the copy of the project is as it was afterwards."""
    path = copy / chosen.path
    original = path.read_text(encoding="utf-8")
    path.write_text(chosen.source, encoding="utf-8")
    try:
        return failure(copy, near(chosen, copy)) or ("" if only_near else failure(copy, []))
    finally:
        path.write_text(original, encoding="utf-8")


def near(chosen: Mutant, copy: Path) -> list[str]:
    """The tests that are likely to notice, the likeliest first."""
    path = Path(chosen.path)
    stem, room = path.stem, path.parent.name
    tests = {test: test.read_text(encoding="utf-8") for test in sorted((copy / "tests").glob("test_*.py"))}
    named = [test for test in tests if stem in test.stem.split("_")]
    patterns = [rf"^(from|import) .*\b{stem}\b"]
    if room not in PACKAGES:
        named += [test for test in tests if room in test.stem.split("_")]
        patterns.append(rf"^(from|import) .*\b{room}\b")
    for pattern in patterns:
        named += [test for test, text in tests.items() if re.search(pattern, text, re.MULTILINE)]
    return [str(test) for test in dict.fromkeys(named)]


def failure(copy: Path, tests: list[str]) -> str:
    """The first of these tests that fails, or of all of them; "" if none does."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-n0", "-p", "no:cacheprovider", "--tb=no", *tests]
    process = subprocess.Popen(
        command, cwd=copy, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True, text=True,
        env={**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": ""},
    )  # fmt: skip
    try:
        printed = within_limits(process)
        if process.returncode in (0, 5):  # 5: there is no test
            return ""
        return (re.findall(r"^(?:FAILED|ERROR) (\S+)", printed, re.MULTILINE) or [f"exit code {process.returncode}"])[0]
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def within_limits(process: subprocess.Popen[str]) -> str:
    """What the process prints; it is killed where it takes too much memory or processor time.

    The system's own limits would hold for its children as well, and a browser or a sanitizer reserves terabytes.
    """
    while True:
        try:
            return process.communicate(timeout=0.5)[0]
        except subprocess.TimeoutExpired:
            if any(taken > limit for taken, limit in zip(taken_by(process.pid), (SECONDS, BYTES), strict=True)):
                process.kill()


def taken_by(process: int) -> tuple[float, float]:
    """The seconds of processor time and the bytes that a process has taken, where the system tells it."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return 0.0, 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"), int(fields[21]) * os.sysconf("SC_PAGE_SIZE")


def run(count: int, seed: int, only_near: bool = False) -> Iterator[tuple[Mutant, str]]:
    """Each mutant of a sample, and the test that notices, of all tests or of those that are near; "" if none does."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "project"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".git", ".venv", ".*_cache", ".hypothesis", "output"))
        if not only_near and (test := failure(copy, [])):
            raise RuntimeError(f"{test} fails before anything is changed")
        for chosen in sample(count, seed):
            yield chosen, noticed(chosen, copy, only_near)


if __name__ == "__main__":
    only_near = "near" in sys.argv
    numbers = [int(argument) for argument in sys.argv[1:] if argument.isdigit()]
    for chosen, test in run(*numbers, *[60, 0][len(numbers) :], only_near):
        print(f"noticed by {test}" if test else "SURVIVES", chosen, sep="  ", flush=True)

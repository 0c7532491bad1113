"""The tests notice whatever is wrong in the table of ops: `python -m pytest -m slow`, for some minutes."""

import subprocess
import sys
from pathlib import Path

import pytest

from autograd_lite.ops import TABLE
from tests.mutants import places, run

MUTATIONS = [(name, str(place)) for name, op in TABLE.items() for place in range(op.arity + 1)]


def exit_code(*arguments: str) -> int:
    command = [sys.executable, "-m", "tests.mutation", *arguments]
    return subprocess.run(command, cwd=Path(__file__).parent.parent, capture_output=True).returncode


@pytest.mark.slow
def test_nothing_wrong_passes():
    assert exit_code() == 0


@pytest.mark.slow
@pytest.mark.parametrize(("name", "place"), MUTATIONS)
def test_anything_wrong_is_noticed(name, place):
    assert exit_code(name, place) == 1  # pytest's code for tests that failed; an error of ours would be another


BEFORE = """
def first(x):
    return x + 1 if x < 2 else x + 1


def second(x):
    return not x
"""


def test_a_place_keeps_its_name_whatever_changes_elsewhere(tmp_path):
    path = tmp_path / "module.py"
    path.write_text(BEFORE)
    before = list(places(path))
    path.write_text("LIMIT = 3\n" + BEFORE.replace("def second(x):", "def second(x):\n    x = x * 5"))
    after = list(places(path))
    assert set(before) < set(after)
    assert len([name for name in before if name.startswith(".first: return")]) == 6  # two + 1, two 1, <, and 2
    assert ".second: return not x: not x  →  x #0" in before


# Mutants that no test can notice, by the statement before and after, and why.
HARMLESS = {
    "steps, step = ([0] * len(lattice.axes), 1)  →  steps, step = ([1] * len(lattice.axes), 1)": "each is set before "
    "it is read",
    "points = [x, x + 0.1 * max(1.0, abs(x))]  →  points = [x, x + 0.1 / max(1.0, abs(x))]": "where the secant method "
    "ends does not depend on where it begins",
    "output = self.output.get(number, -1)  →  output = self.output.get(number, -2)": "whatever is below 0 is no output",
    "LIMIT = 300  →  LIMIT = 301": "a bound on the effort for a formula; no formula has just so many parts",
    "self._memory = ctypes.create_string_buffer(8 * count + 64)  →  "
    "self._memory = ctypes.create_string_buffer(8 * count + 65)": "a byte more than is used",
}


@pytest.mark.slow
def test_a_sample_of_the_whole_project_is_noticed():
    survived = [str(mutant) for mutant, noticed in run(60, seed=0) if not noticed]
    assert [line for line in survived if line.partition(": ")[2] not in HARMLESS] == []

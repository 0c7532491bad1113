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
    "ax.plot(numbers, gradients, 's-', color=COLOURS[1], label='‖∂C/∂w‖ of the mean cost')  →  ax.plot(numbers, "
    "gradients, 's-', color=COLOURS[2], label='‖∂C/∂w‖ of the mean cost')": "of which colour a line is",
    "coarse = frozenset(shapes) if len(shapes) > 1 else shapes.pop()  →  coarse = frozenset(shapes) if "
    "len(shapes) >= 1 else shapes.pop()": "a key alone: a set of one shape tells as much as the shape",
    "self.position = [*range(n_inputs), *[0] * (n - n_inputs)]  →  self.position = [*range(n_inputs), *[1] * (n "
    "- n_inputs)]": "constants have one place until a statement reads them, whichever",
    "CELL = 28  →  CELL = 29": "how wide a column may be is a matter of taste",
    "N_POINTS = 7  →  N_POINTS = 8": "how many points a formula is tried at: 7 tell formulas apart, so do 8",
    "self.scratch_size = self.memory.size + self.memory.chunk * (2 if n_targets else 1) + self.lanes  →  "
    "self.scratch_size = self.memory.size + self.memory.chunk * (2 if n_targets else 2) + self.lanes": "a little "
    "more memory than is used",
    "pick = _row('pick', floats.pick, _pick_partials, (0, 3), (-3, 3), (-3, 3), (-3, 3), definition=_picked, "
    "n_slots=2, selects=True, meaning='the number whose place among the others, from 0, the first one is')  →  "
    "pick = _row('pick', floats.pick, _pick_partials, (0, 3), (-4, 3), (-3, 3), (-3, 3), definition=_picked, "
    "n_slots=2, selects=True, meaning='the number whose place among the others, from 0, the first one is')": "an "
    "interval to sample from in tests",
    "hypot: Op = _row('hypot', math.hypot, lambda a, b, out: (share_of_length(a, b, out), share_of_length(b, a, "
    "out)), (0.2, 3), (0.2, 3), meaning='the length sqrt(x*x + y*y), without overflow on the way')  →  hypot: Op "
    "= _row('hypot', math.hypot, lambda a, b, out: (share_of_length(a, b, out), share_of_length(b, a, out)), "
    "(0.2, 4), (0.2, 3), meaning='the length sqrt(x*x + y*y), without overflow on the way')": "an interval to sample "
    "from in tests",
}


@pytest.mark.slow
def test_a_sample_of_the_whole_project_is_noticed():
    survived = [str(mutant) for mutant, noticed in run(60, seed=0) if not noticed]
    assert [line for line in survived if line.partition(": ")[2] not in HARMLESS] == []

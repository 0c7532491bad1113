"""The tests notice whatever is wrong in the table of ops: `python -m pytest -m slow`, for some minutes."""

import subprocess
import sys

import pytest

from autograd_lite.ops import TABLE
from tests.mutants import ROOT, places, run

MUTATIONS = [(name, str(place)) for name, op in TABLE.items() for place in range(op.arity + 1)]


def exit_code(*arguments: str) -> int:
    command = [sys.executable, "-m", "tests.mutation", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True).returncode


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


# Mutants that no test can notice, by the file, the name of the place in it, and why.
HARMLESS = {
    ("nn/diagnosis.py", ".GradientReport.plot: ax.plot(numbers, gradients, 's-', color=COLOURS[1], "
    "label='‖∂C/∂w‖ of the mean cost'): 1  →  2 #0"): "of which colour a line is",
    ("autograd_lite/telling/explanation.py", ": CELL = 28: 28  →  29 #0"): "how wide a column may be is a matter of "
    "taste",
    ("autograd_lite/exercises/formula.py", ": N_POINTS = 7: 7  →  8 #0"): "how many points a formula is tried at: 7 "
    "tell formulas apart, so do 8",
    ("autograd_lite/backends/llvm/batch.py", ".Batch.__init__: self.scratch_size = self.memory.size + "
    "self.memory.chunk * (2 if n_targets else 1) + self.lanes: 1  →  2 #0"): "a little more memory than is used",
    ("autograd_lite/reading.py", "._read: reader: FrameType | None = sys._getframe(1): 1  →  2 #0"): "whoever calls it "
    "is a method of the same file, which is passed over anyhow",
}  # fmt: skip


@pytest.mark.parametrize("path", sorted({path for path, _ in HARMLESS}))
def test_what_is_listed_as_harmless_can_still_be_changed(path):
    assert {name for listed, name in HARMLESS if listed == path} <= places(ROOT / path).keys()


@pytest.mark.slow
def test_a_sample_of_the_whole_project_is_noticed():
    survived = [mutant for mutant, noticed in run(60, seed=0) if not noticed]
    assert [str(mutant) for mutant in survived if (mutant.path, mutant.name) not in HARMLESS] == []

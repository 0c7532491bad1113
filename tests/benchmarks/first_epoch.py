"""What passes from the call of `fit` to the end of the first epoch: CPU seconds, stage by stage, and memory.

    python -m tests.benchmarks.first_epoch [net …]

micrograd's demo net on 100 points, and Nielsen's nets on 50,000 rows of 784 numbers (random, of MNIST's size, NumPy
arrays of doubles, 313 MB that the person has anyway). Each figure is of a fresh process: with no machine code on disk,
once more, keeping it there, and with what was kept. A stage's seconds are its own, without those of the stages that it
calls. Other people's load makes CPU seconds longer, too, so beside them stands `unit`: what a fixed piece of Python
takes in the same process, before and after.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any

NETS = ["2-16-16-1", "784-30-10", "784-100-10"]

# The stages, by what each of them calls.
STAGES = {
    "data": ["nn.train.fit.pose"],
    "record": ["nn.train.problem.Problem.record", "nn.train.epochs.faithful"],
    "adjoint": ["autograd_lite.tape.Tape.adjoint"],
    "loops": ["autograd_lite.backends.llvm.training.rolled"],
    "code": ["autograd_lite.backends.llvm.training.Training.__init__"],
    "machine code": ["autograd_lite.backends.llvm.training.Library"],
    "guard": ["nn.train.guard.Guard.look_before", "nn.train.guard.Guard.look"],
    "epoch": ["autograd_lite.backends.llvm.training.Training.advance"],
}


class Stages:
    """CPU seconds of each stage, which are its own: not those of a stage that it calls."""

    def __init__(self) -> None:
        self.seconds = dict.fromkeys(["rest", *STAGES], 0.0)
        self._under_way = ["rest"]
        self._since = time.process_time()
        for stage, places in STAGES.items():
            for place in places:
                self._watch(stage, place)

    def _watch(self, stage: str, place: str) -> None:
        """Let a function or method, named by its path, be a stage."""
        path, _, name = place.rpartition(".")
        try:
            owner: Any = import_module(path)
        except ImportError:
            module, _, kind = path.rpartition(".")
            owner = getattr(import_module(module), kind)
        setattr(owner, name, self._timed(stage, getattr(owner, name)))

    def _timed(self, stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*args: Any, **kwargs: Any) -> Any:
            self._turn()
            self._under_way.append(stage)
            try:
                return function(*args, **kwargs)
            finally:
                self._turn()
                self._under_way.pop()

        return timed

    def _turn(self) -> None:
        now = time.process_time()
        self.seconds[self._under_way[-1]] += now - self._since
        self._since = now

    def total(self) -> dict[str, float]:
        """The seconds of each stage, and all together."""
        self._turn()
        return self.seconds | {"all": sum(self.seconds.values())}


def unit() -> float:
    """CPU seconds of a fixed piece of Python that makes tuples and looks them up, as recording does."""
    started, known = time.process_time(), {}
    for i in range(100_000):
        known[i % 977, (i, i + 1)] = known.get((i % 977, (i, i + 2)), i)
    return time.process_time() - started


def first_epoch(net: str) -> dict[str, Any]:
    """The stages of one call of `fit`, in this process."""
    import numpy as np

    from nn import MLP, fit

    sizes, generator = [int(size) for size in net.split("-")], np.random.default_rng(1)
    if sizes[0] == 2:
        model = MLP(2, sizes[1:], seed=1)
        xs, ys = generator.random((100, 2)), generator.choice([-1.0, 1.0], 100)
        settings: dict[str, Any] = {"loss": "hinge"}
    else:
        model = MLP(sizes[0], sizes[1:], "sigmoid", "sigmoid", seed=1)
        xs, ys = generator.random((50_000, sizes[0])), np.eye(sizes[-1])[generator.integers(0, sizes[-1], 50_000)]
        settings = {"loss": "quadratic", "batch_size": 10}
    before, stages = unit(), Stages()
    fit(model, xs, ys, epochs=1, progress=False, **settings)
    found: dict[str, Any] = stages.total()
    found["unit"] = (before + unit()) / 2
    found["MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return found


def main(*nets: str) -> None:
    """Print a table: a row a run, a column a stage."""
    with tempfile.TemporaryDirectory() as folder:
        for net in nets or NETS:
            for name, cache in (("no code on disk", "off"), ("code is kept", folder), ("code on disk", folder)):
                command = [sys.executable, "-m", "tests.benchmarks.first_epoch", "--one", net]
                run = subprocess.run(command, env=os.environ | {"AUTOGRAD_LITE_CACHE": cache}, stdout=subprocess.PIPE)
                found = json.loads(run.stdout)
                print(f"{net}, {name}: " + ", ".join(f"{stage} {x:.3g}" for stage, x in found.items()))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(first_epoch(sys.argv[2])))
    else:
        main(*sys.argv[1:])

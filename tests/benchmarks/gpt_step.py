"""A small GPT of scalars beside the same by hand: in NumPy, in C, and on a pure-Python engine of scalars.

    env -u OPENBLAS_CORETYPE OPENBLAS_NUM_THREADS=1 python -m tests.benchmarks.gpt_step [rounds]

The model of demos.gpt with 26 letters, 16 numbers a token and four heads, 4,192 parameters. First the gradient of one
document of eight tokens: seconds until it is native code, with no code on disk and with it there, and microseconds a
gradient, all peers in turn in each round, in CPU time of this process; before that all are held to one loss and
gradient to 1e-12. Then training on 1,000 names of all lengths, one a step, by Adam; of the pure-Python engine twenty,
and its time is scaled up by the number of tokens.
"""

import itertools
import os
import statistics
import sys
import tempfile
import time
from array import array
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from autograd_lite import Value, trace
from autograd_lite.backends.llvm.rows import Program
from autograd_lite.collector import uncollected
from autograd_lite.tape import Tape
from demos.gpt import GPT, surprise
from demos.names import invent
from nn import fit, optim
from tests.benchmarks import microgpt
from tests.benchmarks.gpt_by_hand import FLAGS, ByC, ByNumPy, Sizes

LETTERS, SIZES, NAME = "abcdefghijklmnopqrstuvwxyz", Sizes(27, 16, 16, 4), "abcdefg"
NAMES, NUMBERS = 1000, 20  # how many documents are learned, and how many on the pure-Python engine


def model() -> GPT:
    """The model, the same each time."""
    return GPT(LETTERS, SIZES.width, SIZES.heads, SIZES.length)


@uncollected()
def graph(gpt: GPT, name: str) -> Tape:
    """The tape of what a name costs; the parameters, the tokens and those to come are inputs.

    As `record` and `fit` do, it holds Python's collector of cycles back.
    """
    rows = [list(map(Value, row)) for row in gpt.sample(name)]
    return trace([surprise(gpt(rows[0]), rows[1])], [*gpt.parameters(), *rows[0], *rows[1]])


def compiled() -> tuple[Tape, Program]:
    """The gradient's tape and its program, with the time of each step printed, without and with code on disk."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["AUTOGRAD_LITE_CACHE"] = folder
        for name in ("compiled anew", "code from disk"):
            gpt, times = model(), [time.process_time()]
            tape = graph(gpt, NAME)
            times.append(time.process_time())
            adjoint = tape.adjoint(n_gradients=len(gpt.parameters()))
            times.append(time.process_time())
            program = Program(adjoint, exact=False)
            program.run(*adjoint.example)  # compiled when it is first wanted
            times.append(time.process_time())
            steps = [b - a for a, b in itertools.pairwise(times)]
            print(f"{name:<16} recorded {steps[0]:.2f} s, adjoint {steps[1]:.2f} s, code {steps[2]:.2f} s")
    return adjoint, program


def peers(folder: Path) -> dict[str, tuple[Callable[[], float], Any]]:
    """For each peer a function that gives the loss, and where the gradient stands then."""
    adjoint, program = compiled()
    inputs, outputs = array("d", adjoint.example), array("d", bytes(8 * len(adjoint.outputs)))
    rows, results = memoryview(inputs), memoryview(outputs)

    def ours() -> float:
        program.map(rows, results, 1)
        return results[0]

    weights, n = np.array([p.data for p in model().parameters()]), len(NAME) + 1
    tokens, after = np.array([26, 0, 1, 2, 3, 4, 5, 6]), np.array([0, 1, 2, 3, 4, 5, 6, 26])
    found: dict[str, tuple[Callable[[], float], Any]] = {"ours": (ours, np.frombuffer(outputs)[1:])}
    by_numpy = ByNumPy(SIZES, weights, n)
    found["NumPy by hand"] = (lambda: by_numpy(tokens, after)), by_numpy.gradient
    for flags in FLAGS:
        by_c = ByC(SIZES, weights, n, folder, flags)
        found[f"C, {' '.join(flags)}"] = (lambda by_c=by_c: by_c(tokens, after)), by_c.gradient  # type: ignore[misc]
    return found


def agree(found: dict[str, tuple[Callable[[], float], Any]]) -> None:
    """Hold all peers, and the pure-Python engine, to one loss and one gradient."""
    gpt = microgpt.GPT(LETTERS, SIZES.width, SIZES.heads, SIZES.length)
    loss = gpt.loss(NAME)
    loss.backward()
    gradient = np.array([p.grad for p in gpt.parameters])
    for name, (call, where) in found.items():
        assert abs(call() - loss.data) < 1e-12, name
        assert np.abs(where - gradient).max() < 1e-12, name


def gradients(rounds: int) -> None:
    """Print the microseconds a gradient of each peer, with quartiles, and how many times ours."""
    with tempfile.TemporaryDirectory() as folder:
        found = peers(Path(folder))
        agree(found)
        times: dict[str, list[float]] = {name: [] for name in found}
        for _ in range(rounds):
            for name, (call, _) in found.items():
                started = time.process_time()
                for _ in range(500):
                    call()
                times[name].append((time.process_time() - started) / 500 * 1e6)
    for name, each in times.items():
        low, middle, high = statistics.quantiles(each, n=4)
        ratio = statistics.median(a / b for a, b in zip(times["ours"], each, strict=True))
        print(f"{name:<56} {middle:7.1f} µs ({low:.1f} … {high:.1f}); ours takes {ratio:.2f} of it")


def training() -> None:
    """Print the seconds of 1,000 documents, ours with all that comes before the first step, and the other's."""
    names, gpt = invent(NAMES), model()
    xs, ys = zip(*[gpt.sample(name, max(map(len, names)) + 1) for name in names], strict=True)
    times = [time.process_time()]
    os.environ["AUTOGRAD_LITE_CACHE"] = "off"
    fit(
        gpt, xs, ys, surprise, optim.Adam(gpt.parameters(), lr=0.01, betas=(0.9, 0.99)), epochs=2, batch_size=1,
        callback=lambda _: times.append(time.process_time()),
    )  # fmt: skip
    whole, steps = times[1] - times[0], times[2] - times[1]
    started, few = time.process_time(), names[:NUMBERS]
    microgpt.learn(microgpt.GPT(LETTERS, SIZES.width, SIZES.heads, SIZES.length), few)
    other = (time.process_time() - started) * sum(len(name) + 1 for name in names) / sum(len(name) + 1 for name in few)
    print(f"{NAMES:,} names: {whole:.2f} s, of these {whole - steps:.2f} s before the first step; pure Python", end=" ")
    print(f"{other:.0f} s, {other / whole:.0f} times that, and {other / steps:.0f} times the steps alone")


if __name__ == "__main__":
    gradients(int(sys.argv[1]) if len(sys.argv) > 1 else 9)
    training()

"""`fit` and C in turns, for machines that others use: a step of the demo net, and what fit takes of the time of C.

    python -m tests.benchmarks.beside_c [rounds]

The tasks of `replay_step`. Each round measures the trainer that fit runs and the C with each set of flags for some
steps, in CPU time; a figure is a median over the rounds, and the C that counts is the one with the smallest.
"""

import statistics
import sys
import time
from collections.abc import Callable

from autograd_lite import record
from autograd_lite.backends import Batches, find
from nn import MLP, data, optim
from nn.train.epochs import _penalty_of_one
from nn.train.problem import pose
from tests.benchmarks.peers import FLAGS, L2, LR, Task, steps_in_c
from tests.benchmarks.replay_step import TASKS

SAMPLES = 6_000  # that a measurement takes, or so


def steps_of_fit(task: Task) -> Callable[[int], object]:
    """What does so many steps by the trainer that fit runs."""
    xs, ys = data.moons(n=task.n, noise=0.1, seed=1)
    model = MLP(2, [16, 16, 1], task.activation, seed=1)
    sgd = optim.SGD(model.parameters(), lr=LR)
    problem = pose(model, xs, [2 * y - 1 for y in ys], "hinge", L2)
    update = record(sgd.rule, [0.0] * len(sgd.settings), 0.0, 0.0, [0.0] * len(sgd.states))
    tapes = problem.record(sgd.params), _penalty_of_one(problem), update
    batches = Batches(problem.samples.inputs, task.n, task.batch_size, targets=problem.samples.targets)
    trainer = find("llvm").trainer(*tapes, batches)
    trainer.load([p.data for p in sgd.params], sgd.states)
    trainer.settings[:] = sgd.settings
    return trainer.advance


def microseconds(run: Callable[[int], object], steps: int) -> float:
    """CPU microseconds a step."""
    started = time.process_time()
    run(steps)
    return (time.process_time() - started) / steps * 1e6


def main(rounds: int = 120) -> None:
    """Print a row for each task."""
    print(f"{'median µs a step':<18}{'fit':>9}{'C':>9}   fit takes of C: median, quartiles")
    for name, task in TASKS.items():
        runs = [steps_of_fit(task), *(steps_in_c(task, flags) for flags in FLAGS)]
        steps = max(8, min(3_000, SAMPLES // task.batch_size))
        for run in runs:
            run(steps)
        ours, *theirs = zip(*([microseconds(run, steps) for run in runs] for _ in range(rounds)), strict=True)
        best = min(theirs, key=statistics.median)
        low, middle, high = statistics.quantiles([a / b for a, b in zip(ours, best, strict=True)], n=4)
        medians = f"{statistics.median(ours):>9.2f}{statistics.median(best):>9.2f}"
        print(f"{name:<18}{medians}   {middle:.2f}  {low:.2f} … {high:.2f}", flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

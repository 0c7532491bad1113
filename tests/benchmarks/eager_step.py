"""One training step of micrograd's demo net, consecutive steps: this engine beside micrograd and a leaner one.

    python -m tests.benchmarks.eager_step

2-16-16-1 ReLU, 100 samples, hinge loss and L2, 337 parameters, the whole batch as one graph. The leaner one is that of
microgpt.py: slots, a tuple of children and one of slopes, under micrograd's net. Each engine runs in a process of its
own, in turn, with Python's collector as it comes and with it off; medians of CPU time and their ratios are printed.
micrograd's graphs are cyclic garbage that only the collector can free: with the collector off, the graphs of all are
freed between the steps, untimed. With the collector on, freeing is part of a step.
"""

import gc
import random
import statistics
import subprocess
import sys
import time

ROUNDS, STEPS = 3, 5
ENGINES = {
    "micrograd": ("micrograd.engine", "micrograd.nn"),
    "leaner": ("tests.benchmarks.microgpt", "micrograd.nn"),
    "autograd_lite": ("autograd_lite", "nn"),
}


def measure(engine: str, collector: bool) -> float:
    """The median CPU seconds of a step."""
    value_module, nn_module = (__import__(name, fromlist=["*"]) for name in ENGINES[engine])
    if engine == "leaner":
        value_module.Value = nn_module.Value = value_module.Number
    sys.setrecursionlimit(20_000)  # micrograd sorts its graph by recursion
    random.seed(1337)
    model = nn_module.MLP(2, [16, 16, 1])
    from nn import data

    xs, labels = data.moons(n=100, noise=0.1, seed=1)
    if not collector:
        gc.disable()
    seconds = []
    for _ in range(STEPS + 1):
        started = time.process_time()
        inputs = [list(map(value_module.Value, row)) for row in xs]
        scores = list(map(model, inputs))
        losses = [(1 + (1 - 2 * label) * score).relu() for label, score in zip(labels, scores, strict=True)]
        total = sum(losses) * (1.0 / len(losses)) + 1e-4 * sum(p * p for p in model.parameters())
        model.zero_grad()
        total.backward()
        for p in model.parameters():
            p.data -= 0.05 * p.grad
        seconds.append(time.process_time() - started)
        if not collector:
            inputs = scores = losses = total = None
            gc.collect()
    return statistics.median(seconds[1:])


def main() -> None:
    """Print a line for each state of the collector."""
    print("CPU seconds a step, medians   micrograd    leaner   autograd_lite   ratios")
    for collector in (True, False):
        runs: dict[str, list[float]] = {engine: [] for engine in ENGINES}
        for _ in range(ROUNDS):
            for engine in ENGINES:
                command = [sys.executable, "-m", "tests.benchmarks.eager_step", engine, str(int(collector))]
                runs[engine].append(float(subprocess.run(command, capture_output=True, text=True, check=True).stdout))
        micrograd, leaner, ours = (statistics.median(runs[engine]) for engine in ENGINES)
        name = "collector as it comes" if collector else "collector off"
        ratios = f"{micrograd / ours:.1f}×, {leaner / ours:.1f}×"
        print(f"{name:<28}  {micrograd:>9.4f}  {leaner:>8.4f}  {ours:>14.4f}   {ratios}", flush=True)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(measure(sys.argv[1], sys.argv[2] == "1"))
    else:
        main()

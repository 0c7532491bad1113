"""A small GPT of scalars: seconds until its gradient is native code, and microseconds a gradient.

    python -m tests.benchmarks.gpt_step

The model of demos.gpt with 16 numbers a token and four heads, one document of eight tokens. The softmax takes no
maximum off, because a maximum read as a number would be fixed in the tape. CPU seconds of this process; what was
compiled before is taken from disk the second time.
"""

import os
import statistics
import tempfile
import time
from array import array
from typing import Any

import demos.gpt
from autograd_lite.backends.llvm.rows import Program
from autograd_lite.tape import trace


def softmax(logits: list[Any]) -> list[Any]:
    """Shares that add up to 1."""
    powers = [z.exp() for z in logits]
    total = sum(powers)
    return [power / total for power in powers]


def main() -> None:
    """Print one line for each of two times, and the gradient's."""
    demos.gpt.softmax = softmax
    model = demos.gpt.GPT("abcdefghijklmnopqrstuvwxyz", 16, 4, 16)
    parameters = model.parameters
    with tempfile.TemporaryDirectory() as folder:
        os.environ["AUTOGRAD_LITE_CACHE"] = folder
        for name in ("compiled anew", "code from disk"):
            started = time.process_time()
            tape = trace([model.loss("abcdefg")], parameters)
            recorded = time.process_time()
            adjoint = tape.adjoint()
            differentiated = time.process_time()
            program = Program(adjoint, exact=False)
            steps = (recorded - started, differentiated - recorded, time.process_time() - differentiated)
            print(f"{name}: recorded {steps[0]:.2f} s, adjoint {steps[1]:.2f} s, code {steps[2]:.2f} s")
    numbers = memoryview(array("d", [p.data for p in parameters]))
    results = memoryview(array("d", bytes(8 * len(adjoint.outputs))))
    times = []
    for _ in range(500):
        started = time.perf_counter()
        program.map(numbers, results, 1)
        times.append((time.perf_counter() - started) * 1e6)
    low, middle, high = statistics.quantiles(times, n=4)
    print(
        f"{len(parameters):,} parameters, {len(adjoint.instructions):,} instructions: "
        f"{middle:.1f} µs a gradient ({low:.1f} … {high:.1f})"
    )


if __name__ == "__main__":
    main()

"""What `model.predict` of 10,000 rows of MNIST's size takes: CPU seconds, the first call and later ones.

    python -m tests.benchmarks.prediction

A net of 784-30-10 and random numbers between 0 and 1, an array of NumPy. The first call records the model and makes
machine code of it, with none on disk.
"""

import os
import time

import numpy as np

from nn import MLP


def main() -> None:
    """Print the seconds."""
    os.environ["AUTOGRAD_LITE_CACHE"] = "off"
    model = MLP(784, [30, 10], "sigmoid", "sigmoid", seed=1)
    rows = np.random.default_rng(1).random((10_000, 784))
    for call in ("first", "second", "third", "fourth"):
        started = time.process_time()
        model.predict(rows)
        print(f"{call:<8}{time.process_time() - started:6.2f} s")


if __name__ == "__main__":
    main()

"""The derivation's own experiment: a net of sigmoid neurons reads handwriting, trained from the graph of one sample.

    python -m demos.mnist PATH [--net 30|100|chapter3] [--epochs 30]

PATH is a folder with the four files of MNIST (Y. LeCun, C. Cortes, C. Burges), plain or gzip. You will see Nielsen's
network of chapter 1 (quadratic cost, batches of 10, η = 3, standard normal start) on 50,000 images, with its accuracy
on the 10,000 test images after every epoch, beside what his book reports; or the net of his chapter 3.
"""

import argparse
import math
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from demos.output import title
from nn import MLP, History, answers, data, fit, losses, optim

TRAINING = 50_000  # of 60,000; Nielsen keeps the others for choosing hyperparameters
PUBLISHED = "M. Nielsen, Neural Networks and Deep Learning, chapters 1 and 3"


class Experiment(NamedTuple):
    """A net and how it is trained: λ is that of C = C₀ + λ/2n Σp², over weights and biases here."""

    hidden: int
    loss: Any
    init: str | Callable[..., Any]
    lr: float
    penalty: float
    published: str


def narrow(generator: Any, n_in: int, n_out: int) -> tuple[list[float], float]:
    """Weights normal with variance 1 / n_in, bias standard normal: Nielsen's second start."""
    return [generator.gauss(0.0, 1.0 / math.sqrt(n_in)) for _ in range(n_in)], generator.gauss(0.0, 1.0)


# Summed over the outputs, and right where the largest output is: each output is a yes or no of its own.
CROSS_ENTROPY = losses.Loss("cross_entropy_of_sigmoids", losses.binary_cross_entropy.cost, answers.same_largest)
EXPERIMENTS = {
    "30": Experiment(30, "quadratic", "normal", 3.0, 0.0, "95.42 %"),
    "100": Experiment(100, "quadratic", "normal", 3.0, 0.0, "96.59 %"),
    "chapter3": Experiment(100, CROSS_ENTROPY, narrow, 0.5, 5.0, "97.92 %"),
}


def main(path: str | Path, net: str = "30", epochs: int = 30, progress: bool | None = True) -> History:
    """Train on the images in a folder, and return the history; its validation set are the test images."""
    experiment = EXPERIMENTS[net]
    title(f"MNIST: 784-{experiment.hidden}-10, {experiment.loss}", "手写数字")
    xs, ys = load(path, "train", TRAINING)
    test_xs, test_ys = load(path, "t10k")
    model = MLP(len(xs[0]), [experiment.hidden, 10], "sigmoid", "sigmoid", init=experiment.init, seed=0)
    sgd = optim.SGD(model.parameters(), lr=experiment.lr)
    history = fit(
        model, xs, ys, experiment.loss, sgd, epochs, batch_size=10, l2=experiment.penalty / (2 * len(xs)),
        validation=(test_xs, test_ys), progress=progress,
    )  # fmt: skip
    for epoch, accuracy in enumerate(history.validation_accuracy, start=1):
        print(f"epoch {epoch:>2}: {accuracy:.2%} of the test images", end="\n" if epoch % 2 == 0 else "     ")
    best = max(history.validation_accuracy)
    print(f"\nbest {best:.2%}, published {experiment.published} ({PUBLISHED})")
    print(f"{history.seconds:.1f} s on the {history.backend} backend, {history.samples_per_second:,.0f} samples/s")
    return history


def load(path: str | Path, part: str, most: int | None = None) -> tuple[Sequence[Sequence[float]], list[list[float]]]:
    """Images as rows of numbers from 0 to 1, and digits as rows with a single 1."""
    images, digits = (data.read_idx(find(path, part, kind)) for kind in ("images", "labels"))
    if len(images) != len(digits) or len(images[0]) != 784 or not set(digits) <= set(range(10)):
        raise ValueError(
            f"mnist: expected as many labels from 0 to 9 as images of 28 × 28 in {str(path)!r} for {part}, got "
            f"{len(digits)} labels, {len(images)} images of {len(images[0])} pixels"
        )
    answers = [[float(k == digit) for k in range(10)] for digit in range(10)]
    return data.scaled(images[:most], 255), [answers[digit] for digit in digits[:most]]


def find(path: str | Path, part: str, kind: str) -> Path:
    """The file of a part, under the names that it is passed around by."""
    folder, dimensions = Path(path), 3 if kind == "images" else 1
    names = [f"{part}-{kind}{mark}idx{dimensions}-ubyte{end}" for mark in "-." for end in ("", ".gz")]
    for name in names:
        if (folder / name).is_file():
            return folder / name
    raise FileNotFoundError(
        f"mnist: expected {names[0]} (or {', '.join(names[1:])}) in {str(path)!r}; the four files of MNIST "
        "(train and t10k, images and labels) belong into one folder, which is the argument"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser("python -m demos.mnist", description="Nielsen's networks on MNIST.")
    parser.add_argument("path", help="the folder with the four files")
    parser.add_argument("--net", choices=EXPERIMENTS, default="30")
    parser.add_argument("--epochs", type=int, default=30)
    chosen = parser.parse_args()
    try:
        main(chosen.path, chosen.net, chosen.epochs)
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        sys.exit(2)

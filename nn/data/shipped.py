"""Two small real sets that come along, in the order of their files: `split` them before use.

datasets/SOURCES.md says where they come from.
"""

from importlib.resources import as_file, files

from nn.data.labels import Labels
from nn.data.table import read_csv

Rows = list[list[float]]


def iris() -> tuple[Rows, list[int]]:
    """150 iris flowers, as Fisher printed them in 1936: four lengths in cm, and the species.

    A row is sepal length, sepal width, petal length, petal width. The classes are 0 setosa, 1 versicolor and
    2 virginica, 50 of each, one after the other; `ys.classes` has the names.
    """
    return _shipped("iris.csv")


def digits() -> tuple[Rows, list[int]]:
    """1797 handwritten digits: images of 8 × 8 pixels, row by row from the top left, and the digit 0 … 9.

    A pixel is between 0 (paper) and 1 (ink): the sixteenths of its area that were dark. These are the test images of
    "Optical Recognition of Handwritten Digits" (E. Alpaydin and C. Kaynak, 1998), of 13 writers.
    """
    images, ys = _shipped("digits.csv.gz")
    return [[pixel / 16.0 for pixel in image] for image in images], ys


def _shipped(name: str) -> tuple[Rows, list[int]]:
    """The rows and class indices of a CSV file in datasets/, in a wheel or a zip, too."""
    with as_file(files("nn.data") / "datasets" / name) as path:
        xs, ys = read_csv(path)
    return xs, ys if isinstance(ys, Labels) else [int(y) for y in ys]

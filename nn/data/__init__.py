"""Data sets made by formulas, real ones that come along, and readers of IDX and CSV files.

A set is a pair `(xs, ys)`: rows of numbers, and a class index (0, 1, …) or a measurement a row.
"""

from nn.data.idx import read_idx as read_idx
from nn.data.preparing import split as split
from nn.data.preparing import standardize as standardize
from nn.data.scaling import scaled as scaled
from nn.data.shipped import digits as digits
from nn.data.shipped import iris as iris
from nn.data.table import read_csv as read_csv
from nn.data.toys import circles as circles
from nn.data.toys import moons as moons
from nn.data.toys import spirals as spirals
from nn.data.toys import xor as xor

__all__ = [
    "circles",
    "digits",
    "iris",
    "moons",
    "read_csv",
    "read_idx",
    "scaled",
    "spirals",
    "split",
    "standardize",
    "xor",
]

"""Data sets made by formulas, real ones that come along, and readers of IDX and CSV files."""

from nn.data.sets import *  # noqa: F403
from nn.data.sets import __all__ as __all__

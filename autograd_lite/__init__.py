"""autograd_lite: a scalar autodiff engine in which the graph you can see is the program that runs."""

from autograd_lite.modes import no_grad as no_grad
from autograd_lite.ops import *  # noqa: F403  (one public function a row of the table)
from autograd_lite.ops import FUNCTIONS as _FUNCTIONS
from autograd_lite.value import Value as Value
from autograd_lite.value import zero_grad as zero_grad

__version__ = "0.1.0"
__all__ = ["Value", "no_grad", "zero_grad", *_FUNCTIONS]

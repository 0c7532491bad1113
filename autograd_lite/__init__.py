"""autograd_lite: a scalar autodiff engine in which the graph you can see is the program that runs."""

from typing import TYPE_CHECKING, Any

from autograd_lite.modes import no_grad as no_grad
from autograd_lite.ops import *  # noqa: F403  (one public function a row of the table)
from autograd_lite.ops import FUNCTIONS as _FUNCTIONS
from autograd_lite.scopes import scope as scope
from autograd_lite.tape import Tape as Tape
from autograd_lite.tape import record as record
from autograd_lite.value import Value as Value
from autograd_lite.value import zero_grad as zero_grad

if TYPE_CHECKING:
    from autograd_lite.drawing import draw as draw

__version__ = "0.1.0"
__all__ = ["Value", "Tape", "draw", "no_grad", "record", "scope", "zero_grad", *_FUNCTIONS]


def __getattr__(name: str) -> Any:
    """Load `draw` when it is first asked for: the graphviz package takes longer to import than all the rest."""
    if name == "draw":
        from autograd_lite.drawing import draw

        return draw
    raise AttributeError(f"module 'autograd_lite' has no attribute {name!r}")

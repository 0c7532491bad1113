"""autograd_lite: a scalar autodiff engine in which the graph you can see is the program that runs."""

from importlib import import_module as _import_module
from typing import TYPE_CHECKING, Any

from autograd_lite.modes import no_grad as no_grad
from autograd_lite.ops import *  # noqa: F403  (one public function a row of the table)
from autograd_lite.ops import FUNCTIONS as _FUNCTIONS
from autograd_lite.tape import Tape as Tape
from autograd_lite.tape import record as record
from autograd_lite.value import Value as Value
from autograd_lite.value import zero_grad as zero_grad

if TYPE_CHECKING:
    from autograd_lite.cost import count_operations as count_operations
    from autograd_lite.drawing import draw as draw
    from autograd_lite.explanation import explain as explain
    from autograd_lite.steps import Step as Step
    from autograd_lite.steps import backward_steps as backward_steps
    from autograd_lite.trace import trace_table as trace_table
    from autograd_lite.wrong_passes import mistakes as mistakes

# What is told about a graph is loaded when it is first asked for: it takes longer to import than all the rest.
_TOLD = {
    "Step": "steps",
    "backward_steps": "steps",
    "count_operations": "cost",
    "draw": "drawing",
    "explain": "explanation",
    "mistakes": "wrong_passes",
    "trace_table": "trace",
}

__version__ = "0.1.0"
__all__ = ["Tape", "Value", "no_grad", "record", "zero_grad", *_FUNCTIONS, *_TOLD]


def __getattr__(name: str) -> Any:
    """Load one of `_TOLD`."""
    if name in _TOLD:
        return getattr(_import_module(f"autograd_lite.{_TOLD[name]}"), name)
    raise AttributeError(f"module 'autograd_lite' has no attribute {name!r}")

"""autograd_lite: a scalar autodiff engine in which the graph you can see is the program that runs."""

from functools import cache as _cache
from importlib import import_module as _import_module
from typing import TYPE_CHECKING, Any

from autograd_lite.backends import compiled as _compiled  # noqa: F401  (it offers Tape.compile)
from autograd_lite.backends.loops import recovery as _recovery  # noqa: F401  (it offers Tape.loops)
from autograd_lite.by_hand import Step as Step
from autograd_lite.derivatives.anomaly import detect_anomaly as detect_anomaly
from autograd_lite.derivatives.check import check_grads as check_grads
from autograd_lite.derivatives.functional import grad as grad
from autograd_lite.derivatives.functional import gradients as gradients
from autograd_lite.derivatives.functional import hessian as hessian
from autograd_lite.derivatives.functional import hvp as hvp
from autograd_lite.derivatives.functional import jacobian as jacobian
from autograd_lite.derivatives.functional import jvp as jvp
from autograd_lite.derivatives.functional import value_and_grad as value_and_grad
from autograd_lite.derivatives.functional import vjp as vjp
from autograd_lite.graph import toposort as toposort
from autograd_lite.lists import log_softmax as log_softmax
from autograd_lite.lists import softmax as softmax
from autograd_lite.modes import enable_grad as enable_grad
from autograd_lite.modes import no_grad as no_grad
from autograd_lite.op import OFFERS as _OFFERS
from autograd_lite.op import Op as _Op
from autograd_lite.ops import *  # noqa: F403  (one public function a row of the table)
from autograd_lite.ops import FUNCTIONS as _FUNCTIONS
from autograd_lite.recording import record as record
from autograd_lite.scopes import scope as scope
from autograd_lite.tape import OFFERS as _TAPE_OFFERS
from autograd_lite.tape import Tape as Tape
from autograd_lite.tape import trace as trace
from autograd_lite.value import Value as Value
from autograd_lite.value import zero_grad as zero_grad

if TYPE_CHECKING:
    from autograd_lite.page.exploring import explore as explore
    from autograd_lite.pictures.drawing import draw as draw
    from autograd_lite.telling.cost import count_operations as count_operations
    from autograd_lite.telling.defining import define as define
    from autograd_lite.telling.explanation import explain as explain
    from autograd_lite.telling.mistakes import mistakes as mistakes
    from autograd_lite.telling.steps import backward_steps as backward_steps
    from autograd_lite.telling.trace import trace_table as trace_table

# What is told about a graph is loaded when it is first asked for: it takes longer to import than all the rest.
_TOLD = {
    "backward_steps": "telling.steps",
    "count_operations": "telling.cost",
    "define": "telling.defining",
    "draw": "pictures.drawing",
    "explain": "telling.explanation",
    "explore": "page.exploring",
    "mistakes": "telling.mistakes",
    "trace_table": "telling.trace",
}

__version__ = "0.2.0"
_DERIVATIVES = ["grad", "gradients", "hessian", "hvp", "jacobian", "jvp", "value_and_grad", "vjp", "check_grads"]
__all__ = [
    "Step",
    "Tape",
    "Value",
    "detect_anomaly",
    "enable_grad",
    "no_grad",
    "record",
    "scope",
    "toposort",
    "trace",
    "zero_grad",
    *_DERIVATIVES,
    *_FUNCTIONS,
    "log_softmax",
    "softmax",
    *_TOLD,
]


def _equations(loops: Any) -> Any:
    return _import_module("autograd_lite.telling.equations.told").equations(loops)


def _identifiers(loops: Any) -> Any:
    return _import_module("autograd_lite.telling.equations.identifiers").identifiers(loops)


_TAPE_OFFERS["equations"] = _equations
_TAPE_OFFERS["identifiers"] = _identifiers


@_cache
def _told(op: _Op) -> str:
    """What help() shows of a function of the table, and every `grad(tanh)` takes over."""
    text: str = _import_module("autograd_lite.telling.reference").one_op(op).text
    return text


_OFFERS["help"] = _told


def __getattr__(name: str) -> Any:
    """Load one of `_TOLD`."""
    if name in _TOLD:
        return getattr(_import_module(f"autograd_lite.{_TOLD[name]}"), name)
    raise AttributeError(f"module 'autograd_lite' has no attribute {name!r}")

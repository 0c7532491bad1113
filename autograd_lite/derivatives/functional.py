"""Derivatives of functions: `grad`, `jacobian`, `hessian`, `jvp`, `vjp`, `hvp`, and `gradients` of a graph.

A function is run on variables made for that run; what comes out is a graph, along which derivatives are pulled back
(reverse mode) or pushed forward (forward mode). Nobody's `grad` is touched. Arguments and results are numbers or
nested lists, tuples and dicts of them, and an answer has the structure of the argument.

Floats in, floats out. A `Value` among the arguments makes the answer Values, which can be differentiated again, and so
does the variable of an outer derivative that f closes over: derivatives nest to any order and in any mixture, and
never confuse their variables, because these are different nodes. Any other Value that f closes over is a constant to
it, as it is to `record`. Under `no_grad` derivatives are taken all the same, and Values come out as leaves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from autograd_lite.derivatives.linearize import pull
from autograd_lite.derivatives.variables import Argnums, check_function, float_or_value, matching, running
from autograd_lite.errors import as_flag, shown
from autograd_lite.modes import recording
from autograd_lite.reading import tell
from autograd_lite.structure import flatten, rebuild
from autograd_lite.value import Value

Function = Callable[..., Any]


def gradients(y: Value, xs: Any, create_graph: bool = False) -> Any:
    """∂y/∂x for each Value x in xs, in the structure of xs: the gradients of a graph that is there already.

    An x that y does not depend on has 0. With `create_graph` they are Values with a graph of their own, else floats.
    Raises TypeError if y, or something in xs, is not a Value.
    """
    inputs = flatten(xs, "gradients")
    for name, x in [("y", y), *(("xs", x) for x in inputs)]:
        if not isinstance(x, Value):
            raise TypeError(f"gradients: expected {name} to be a Value, got {shown(x)}")
    create_graph = as_flag(create_graph, "gradients", "create_graph")
    if not create_graph:
        tell("a gradient of {}, taken without create_graph,", y)
    pulled = pull([y], inputs, [1.0], create_graph and recording())
    return rebuild(xs, (float_or_value(x, as_value=create_graph) for x in pulled))


def grad(f: Function, argnums: Argnums = 0) -> Function:
    """The gradient of f, as a function of f's arguments. Reverse mode.

    `argnums` says by which argument, or by which several; of several the answer is a tuple. Keyword arguments are
    passed on. At floats it gives a float, through which nothing is handed on to other Values that f uses, such as
    parameters: where that is wanted, give a Value. The gradient raises TypeError if f does not return one number.
    """
    derivative = _value_and_grad("grad", f, argnums)
    return wraps(f)(lambda *args, **kwargs: derivative(*args, **kwargs)[1])


def value_and_grad(f: Function, argnums: Argnums = 0) -> Function:
    """The function that gives the pair of `f(*args)` and `grad(f)(*args)`, from one run of f."""
    return wraps(f)(_value_and_grad("value_and_grad", f, argnums))


def _value_and_grad(name: str, f: Function, argnums: Argnums) -> Function:
    check_function(name, f, argnums)

    def derivative(*args: Any, **kwargs: Any) -> tuple[Any, Any]:
        with running(name, f, args, argnums, kwargs) as run:
            run.check_scalar()
            return run.value, run.like_arguments(run.pull([1.0]))

    return derivative


def jacobian(f: Function, argnums: Argnums = 0) -> Function:
    """The Jacobian of f: in the structure of f's result, and in each place of it in that of the argument.

    All columns are pushed forward in one sweep where f has no more inputs than outputs; else rows are pulled back.
    """
    check_function("jacobian", f, argnums)

    @wraps(f)
    def derivative(*args: Any, **kwargs: Any) -> Any:
        with running("jacobian", f, args, argnums, kwargs) as run:
            rows = run.columns(run.outputs) if len(run.inputs) <= len(run.outputs) else run.rows()
            return run.like_result(map(run.like_arguments, rows))

    return derivative


def hessian(f: Function, argnums: Argnums = 0) -> Function:
    """The Hessian of f: in the structure of the argument, twice over. Forward over reverse.

    The gradient is written as a graph, and one sweep pushes all columns along it, each only where it is not 0.
    """
    check_function("hessian", f, argnums)

    @wraps(f)
    def derivative(*args: Any, **kwargs: Any) -> Any:
        with running("hessian", f, args, argnums, kwargs) as run:
            return run.like_arguments(map(run.like_arguments, run.columns(run.gradient())))

    return derivative


def jvp(f: Function, primals: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, Any]:
    """f(*primals), and the derivative of f there in the direction `tangents`. Forward mode.

    Raises ValueError unless tangents, one an argument, have the structure of primals.
    """
    check_function("jvp", f)
    for name, arguments in (("primals", primals), ("tangents", tangents)):
        if not isinstance(arguments, (list, tuple)):
            raise TypeError(
                f"jvp: expected {name} to be a list or tuple, one entry an argument, got {shown(arguments)}"
            )
    direction = matching("jvp: tangents", list(primals), list(tangents))
    with running("jvp", f, primals, range(len(primals))) as run:
        return run.value, run.like_result(run.push(run.outputs, direction))


def vjp(f: Function, *primals: Any) -> tuple[Any, Function]:
    """f(*primals), and the pullback there. Reverse mode.

    The pullback takes a cotangent in the structure of f's result and gives a tuple: for each argument the sum over the
    results of cotangent · ∂result/∂argument.
    """
    check_function("vjp", f)
    with running("vjp", f, primals, range(len(primals))) as run:
        value = run.value

    def pullback(cotangent: Any) -> Any:
        return run.like_arguments(run.pull(matching("pullback: cotangent", run.result, cotangent)))

    return value, pullback


def hvp(f: Function, x: Any, v: Any) -> Any:
    """The Hessian of f at x times v, in the structure of x, for a few times the cost of f(x). Forward over reverse.

    Raises ValueError unless v has the structure of x.
    """
    check_function("hvp", f)
    direction = matching("hvp: v", x, v)
    with running("hvp", f, (x,)) as run:
        return run.like_arguments(run.push(run.gradient(), direction))

"""Elementary functions on vectors of doubles, as LLVM IR that is correct to 1 ulp.

    kernels.bind_libm()                                       # once a process, before a module is linked
    if kernels.supports(name):
        function = kernels.declare(module, name, lanes)       # an assembly.Function
        result = builder.call(function, [x])                  # x, result: <lanes x double>

`declare` adds the function to the module once (internal linkage, one to three vectors in, one out) and gives the same
one the next time. Names are those of the rows in `ops.TABLE`, and so are the answers for nan, ±inf and ±0.

Where a function has no vector form, or a lane lies outside the range of the one it has, the C library is called lane
by lane. So it is for everything where the processor has no fused multiply-add, which the vector forms are built on:
`declare(…, fma=False)`, and the default on such a host.
"""

import ctypes
import sys
from collections.abc import Callable
from functools import cache
from typing import Any

from llvmlite import binding

from autograd_lite.backends.llvm import kernels_exp, kernels_log, kernels_power, kernels_trig
from autograd_lite.backends.llvm.assembly import DOUBLE, SHORT, Function, FunctionType, Module, vector
from autograd_lite.backends.llvm.builder import Builder
from autograd_lite.backends.llvm.lanes import Bits, Lanes, any_lane, intrinsic, two_sum, where
from autograd_lite.errors import shown
from autograd_lite.slopes import TANH_HALF

Kernel = Callable[..., Lanes]

# The C functions and how many numbers each takes.
UNARY = "exp expm1 log log1p sin cos tan asin acos atan sinh cosh tanh erf erfc"
ARITY = {"power": 2, "lower_power": 3, "atan2": 2, "hypot": 2}  # of the kernels of more than one number
LIBM = {**dict.fromkeys(UNARY.split(), 1), "pow": 2, "atan2": 2, "hypot": 2}


def _square_root(x: Lanes) -> Lanes:
    return intrinsic("sqrt", x)


VECTOR: dict[str, Kernel] = {
    "sqrt": _square_root,
    "exp": kernels_exp.exp,
    "expm1": kernels_exp.expm1,
    "tanh_tail": kernels_exp.tanh_tail,
    "sigmoid_tail": kernels_exp.sigmoid_tail,
    "sinh": kernels_exp.sinh,
    "cosh": kernels_exp.cosh,
    "log": kernels_log.log,
    "log1p": kernels_log.log1p,
    "softplus": kernels_log.softplus,
    "sin": kernels_trig.sin,
    "cos": kernels_trig.cos,
    "tan": kernels_trig.tan,
    "power": kernels_power.power,
    "lower_power": kernels_power.lower_power,
}

# Which lanes the vector form does not cover.
OUTSIDE: dict[str, Callable[..., Bits]] = {
    **dict.fromkeys(("sin", "cos", "tan"), kernels_trig.outside),
    "log": kernels_log.outside_log,
    "power": kernels_power.outside,
    "lower_power": kernels_power.outside_lower,
    "log1p": kernels_log.outside_log1p,
}


def _each_lane(name: str) -> Kernel:
    """The kernel that calls a C function lane by lane."""

    def kernel(*inputs: Lanes) -> Lanes:
        builder, kind = inputs[0].builder, inputs[0].value.type
        function = _c_function(builder.module, name)
        result = kind.undefined
        for lane in range(kind.count):
            position = SHORT(lane)
            numbers = [builder.extract_element(x.value, position) for x in inputs]
            result = builder.insert_element(result, builder.call(function, numbers), position)
        return Lanes(builder, result)

    return kernel


def _c_function(module: Module, name: str) -> Any:
    function = module.globals.get(name)
    if function is None:
        function = Function(module, FunctionType(DOUBLE, [DOUBLE] * LIBM[name]), name)
        function.attributes += ["nounwind", "memory(none)"]  # errno is nobody's business here
    return function


def _sigmoid_tail_each_lane(x: Lanes) -> Lanes:
    e = _each_lane("exp")(-abs(x))
    return e / (1.0 + e)


def _tanh_tail_each_lane(x: Lanes) -> Lanes:
    e = _each_lane("exp")(abs(x) * -2.0)
    return where(abs(x) < TANH_HALF, _each_lane("tanh")(x), 2.0 * e / (1.0 + e))


def _softplus_each_lane(x: Lanes) -> Lanes:
    return where(x > 0.0, x, 0.0) + _each_lane("log1p")(_each_lane("exp")(-abs(x)))


def _lower_power_each_lane(a: Lanes, b: Lanes, k: Lanes) -> Lanes:
    exponent = two_sum(b, -k)
    sign = _each_lane("pow")((a.filled(1.0).bits | (a.bits & kernels_power.SIGN)).doubles, exponent.low)
    found, more = _each_lane("pow")(a, exponent.high) * sign, exponent.low * _each_lane("log")(abs(a))
    return where(abs(more) < 1.0, found * (1.0 + more), found)


SCALAR: dict[str, Kernel] = {name: _each_lane(name) for name in LIBM if name not in ("pow", "tanh")} | {
    "power": _each_lane("pow"),
    "lower_power": _lower_power_each_lane,
    "sqrt": _square_root,
    "sigmoid_tail": _sigmoid_tail_each_lane,
    "tanh_tail": _tanh_tail_each_lane,
    "softplus": _softplus_each_lane,
}


def supports(name: str) -> bool:
    """Whether there is a kernel for the op of this name."""
    return name in SCALAR


def declare(module: Module, name: str, lanes: int, fma: bool | None = None) -> Function:
    """The function of this op on vectors of `lanes` doubles, defined in the module on first use.

    `fma` says whether the processor the module is for has a fused multiply-add; by default this host is asked. Raises
    ValueError for a name without a kernel.
    """
    if not supports(name):
        raise ValueError(f"declare: expected one of {', '.join(SCALAR)}, got {shown(name)}")
    if name not in VECTOR or not (host_has_fma() if fma is None else fma):
        return _define(module, f"{name}.each_lane", lanes, name, SCALAR[name])
    if name not in OUTSIDE:
        return _define(module, name, lanes, name, VECTOR[name])
    fallback = _define(module, f"{name}.each_lane", lanes, name, SCALAR[name])
    fallback.attributes = ["noinline"]
    return _define(module, name, lanes, name, _guarded(VECTOR[name], OUTSIDE[name], fallback))


def _define(module: Module, label: str, lanes: int, name: str, kernel: Kernel) -> Function:
    full_name = f"{label}.v{lanes}"
    known: Function | None = module.globals.get(full_name)
    if known is not None:
        return known
    kind, arity = vector(lanes), ARITY.get(name, 1)
    function = Function(module, FunctionType(kind, [kind] * arity), full_name)
    function.linkage = "internal"
    builder = Builder(function.append_basic_block())
    builder.ret(kernel(*(Lanes(builder, x) for x in function.args)).value)
    return function


def _guarded(kernel: Kernel, outside: Callable[..., Bits], fallback: Function) -> Kernel:
    """The kernel where it covers every lane, and otherwise the fallback."""

    def guarded(*inputs: Lanes) -> Lanes:
        builder = inputs[0].builder
        with builder.if_then(any_lane(outside(*inputs)), likely=False):
            builder.ret(builder.call(fallback, [x.value for x in inputs]))
        return kernel(*inputs)

    return guarded


@cache
def host_has_fma() -> bool:
    """Whether this processor has a fused multiply-add on vectors of doubles, as every 64-bit ARM has."""
    architecture = binding.get_process_triple().split("-")[0]
    return architecture in ("aarch64", "arm64") or bool(host_features().get("fma"))


@cache
def host_features() -> Any:
    """What this processor has, by LLVM's names."""
    return binding.get_host_cpu_features()


@cache
def bind_libm() -> None:
    """Tell LLVM the addresses of the C library's functions in this process."""
    library = ctypes.CDLL("ucrtbase" if sys.platform == "win32" else None)  # Python itself is linked with it, mostly
    if not all(hasattr(library, name) for name in LIBM):
        from ctypes.util import find_library  # takes longer to import than all kernels, and is hardly ever wanted

        library = ctypes.CDLL(find_library("m"))  # which starts a program to look for it
    for name in LIBM:
        binding.add_symbol(name, ctypes.cast(getattr(library, name), ctypes.c_void_p).value)

"""Compile a kernel into a loop over arrays, for the tests and the benchmark of `autograd_lite.backends.kernels`."""

import ctypes
from collections.abc import Callable
from typing import Any

import numpy as np
from llvmlite import binding

from autograd_lite.backends.llvm import kernels
from autograd_lite.backends.llvm.assembly import VOID, WORD, Function, FunctionType, Module, vector
from autograd_lite.backends.llvm.builder import Builder

Array = Any


def compile_loop(name: str, lanes: int, fma: bool | None = None) -> Callable[..., Array]:
    """The op of this name as a function of one or two arrays whose length is a multiple of `lanes`."""
    binding.initialize_native_target()
    binding.initialize_native_asmprinter()
    kernels.bind_libm()
    engine = _compiled(str(_loop_module(name, lanes, fma)))
    arity = len(kernels.declare(Module(), name, lanes).args)
    prototype = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * (arity + 1), ctypes.c_int64)
    loop = prototype(engine.get_function_address("loop"))

    def run(*arrays: Array, out: Array = None) -> Array:
        result = np.empty(len(arrays[0])) if out is None else out
        columns = [np.ascontiguousarray(a, dtype=np.float64) for a in arrays]
        loop(*(a.ctypes.data for a in columns), result.ctypes.data, len(result) // lanes)
        return result

    run.engine = engine  # type: ignore[attr-defined]  # the machine code lives as long as its engine
    return run


def _loop_module(name: str, lanes: int, fma: bool | None) -> Module:
    module = Module()
    kernel = kernels.declare(module, name, lanes, fma)
    function_type = FunctionType(VOID, [vector(lanes).as_pointer()] * (len(kernel.args) + 1) + [WORD])
    function = Function(module, function_type, "loop")
    *sources, target, count = function.args
    builder = Builder(function.append_basic_block())
    start, body, end = builder.block, builder.append_basic_block(), builder.append_basic_block()
    builder.branch(body)
    builder.position_at_end(body)
    index = builder.phi(WORD)
    inputs = [builder.load(builder.gep(p, [index]), align=8) for p in sources]
    builder.store(builder.call(kernel, inputs), builder.gep(target, [index]), align=8)
    following = builder.add(index, WORD(1))
    index.add_incoming(WORD(0), start)
    index.add_incoming(following, body)
    builder.cbranch(builder.icmp_signed("<", following, count), body, end)
    builder.position_at_end(end)
    builder.ret_void()
    return module


def _compiled(text: str) -> Any:
    machine = binding.Target.from_default_triple().create_target_machine(
        cpu=binding.get_host_cpu_name(), features=binding.get_host_cpu_features().flatten(), opt=3
    )
    module = binding.parse_assembly(text)
    module.triple, module.data_layout = machine.triple, str(machine.target_data)
    options = binding.create_pipeline_tuning_options(speed_level=3)
    builder = binding.create_pass_builder(machine, options)
    builder.getModulePassManager().run(module, builder)
    engine = binding.create_mcjit_compiler(module, machine)
    engine.finalize_object()
    return engine

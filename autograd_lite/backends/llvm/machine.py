"""The processor of this machine: how wide its vectors are, and LLVM modules compiled for it."""

from __future__ import annotations

import ctypes
import platform
import sys
from collections.abc import Callable
from functools import cache
from typing import Any

import llvmlite
from llvmlite import binding

from autograd_lite.backends.llvm import kernels, store
from autograd_lite.backends.llvm.assembly import Function, Module


@cache
def width() -> int:
    """How many doubles a vector register of this processor holds."""
    features = kernels.host_features()
    return 8 if features.get("avx512f") else 4 if features.get("avx") else 2


class Library:
    """A module as machine code, which lives as long as this object; keep it while a function of it is in use."""

    def __init__(self, module: Module) -> None:
        kernels.bind_libm()
        near = _stays_near() and not any(_is_foreign(function) for function in module.functions)
        machine, code = _machine(near), str(module)
        kept = store.path_of(code, _description())
        known = store.load(kept)
        parsed = binding.parse_assembly(code if known is None else "")
        parsed.triple, parsed.data_layout = machine.triple, str(machine.target_data)
        # No pass over the IR: a tape has neither branches nor repeated work, and passes cost more than they win.
        self._engine = binding.create_mcjit_compiler(parsed, machine, use_lmm=near or None)
        if known is not None:
            self._engine.add_object_file(binding.ObjectFileRef.from_data(known))
        elif kept is not None:
            self._engine.set_object_cache(notify_func=lambda _, made: store.save(kept, made))
        self._engine.finalize_object()

    def function(self, name: str, result: Any, *arguments: Any) -> Callable[..., Any]:
        """The function of this name, with ctypes' types of its result and arguments."""
        return ctypes.CFUNCTYPE(result, *arguments)(self._engine.get_function_address(name))


@cache
def _stays_near() -> bool:
    """Whether a module that calls nothing outside may find its constants and functions by how far they are away.

    That takes half the instructions of finding them by their addresses, and asks for all of it in one piece of memory.
    Of a processor without fused multiply-add LLVM may call functions of its own; other systems were not tried.
    """
    features = kernels.host_features()
    return sys.platform == "linux" and platform.machine() == "x86_64" and bool(features.get("fma"))


def _is_foreign(function: Function) -> bool:
    """Whether a function is neither of the module nor an instruction by LLVM's name."""
    return function.is_declaration and not function.name.startswith("llvm.")


@cache
def _description() -> str:
    """All that machine code depends on beside its IR."""
    features, near = kernels.host_features().flatten(), _stays_near()
    return f"{llvmlite.__version__} {near} {binding.get_process_triple()} {binding.get_host_cpu_name()} {features}"


def _machine(near: bool = False) -> Any:
    binding.initialize_native_target()
    binding.initialize_native_asmprinter()
    return binding.Target.from_default_triple().create_target_machine(
        cpu=binding.get_host_cpu_name(),
        features=kernels.host_features().flatten(),
        opt=1,
        reloc="pic" if near else "default",
        codemodel="small" if near else "jitdefault",
    )


class Doubles:
    """Zeroed memory for doubles that starts at a cache line, as vectors are fastest; `address` is where."""

    def __init__(self, count: int) -> None:
        self._memory = ctypes.create_string_buffer(8 * count + 64)
        self.address = (ctypes.addressof(self._memory) + 63) // 64 * 64
        self.array = self.part(0, count)

    def part(self, start: int, count: int) -> Any:
        """Some of the doubles, as a ctypes array on the same memory."""
        return (ctypes.c_double * count).from_address(self.address + 8 * start)

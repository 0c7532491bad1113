"""Machine code for processors that are not here: every row of the table, and the loops of a training step."""

import re
from array import array
from dataclasses import replace

import pytest

pytest.importorskip("llvmlite", reason="llvmlite is not installed (the jit extra)")

from llvmlite import binding

from autograd_lite import record
from autograd_lite.backends import Batches
from autograd_lite.backends.llvm import lowering, machine, training
from autograd_lite.backends.llvm.assembly import Module
from autograd_lite.ops import TABLE
from tests.nets import net, numbers


def machine_for(triple, cpu=""):
    binding.initialize_all_targets()
    binding.initialize_all_asmprinters()
    try:
        return binding.Target.from_triple(triple).create_target_machine(cpu=cpu, opt=1)
    except RuntimeError:
        pytest.skip(f"this llvmlite cannot write code for {triple}")


@pytest.mark.parametrize(("triple", "fused"), [("aarch64-unknown-linux-gnu", "fmla"), ("x86_64-unknown-linux-gnu", "")])
def test_code_for_other_processors(triple, fused):
    """Every row of the table becomes machine code where vectors hold two doubles."""
    target = machine_for(triple)

    def everything(*xs):
        return sum(op(*xs[: op.arity]) for op in TABLE.values())

    module = Module()
    block = lowering.Block.of(record(everything, 0.5, 0.6, 0.7).adjoint(), 0, 2, adds=False, fuse=True)
    block.define(module).linkage = "external"
    parsed = binding.parse_assembly(str(module))
    parsed.triple = triple
    assert fused in target.emit_assembly(parsed)


class WrittenError(Exception):
    """A module is written, and not to be compiled for the machine that runs the tests."""


@pytest.mark.parametrize(
    ("triple", "cpu", "lanes", "fused"),
    [
        ("aarch64-unknown-linux-gnu", "", 2, r"fmla\s+v\d+\.2d, v\d+\.2d, v\d+"),
        ("x86_64-unknown-linux-gnu", "haswell", 4, r"vfmadd\d+pd\s.*%ymm"),
        ("x86_64-unknown-linux-gnu", "skylake-avx512", 8, r"vfmadd\d+pd\s.*%zmm"),
    ],
    ids=["NEON", "AVX2", "AVX-512"],
)
def test_loops_for_other_processors(triple, cpu, lanes, fused, monkeypatch):
    """The products of a training step become fused multiply-adds on whole vectors, whatever their width."""
    target, written = machine_for(triple, cpu), []

    def library(module):
        written.append(str(module))
        raise WrittenError

    monkeypatch.setattr(training, "Library", library)
    monkeypatch.setattr(machine, "width", lambda: lanes)
    flat = record(lambda p: p * 0.0, 1.0).adjoint()
    update = record(lambda lr, p, gradient: [p - lr * gradient], 1.0, 1.0, 1.0)
    tape = net([5, 8, 8], "relu")
    sample = replace(tape, outputs=(tape.outputs[0], *tape.outputs))
    with pytest.raises(WrittenError):
        training.Training(sample, flat, update, Batches(array("d", numbers(13 * 4)), 4, 4))
    parsed = binding.parse_assembly(written[0])
    parsed.triple = triple
    assert len(re.findall(fused, target.emit_assembly(parsed))) > 20
